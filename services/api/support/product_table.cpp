#include "services/api/support/product_table.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/charset_guess.hpp"
#include "libs/connectors/parse/csv.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::api {
namespace {

using Row = std::vector<std::string>;

enum Column : std::size_t {
  kCode,
  kTitle,
  kListPrice,
  kFloorPrice,
  kCurrency,
  kVat,
  kUnit,
  kGroup,
  kWorkType,
  kActive,
  kColumns,
};

struct ColumnName {
  std::string_view name;
  Column column;
};
constexpr auto kNames = std::to_array<ColumnName>({
    {"code", kCode},
    {"sku", kCode},
    {"артикул", kCode},
    {"код", kCode},
    {"title", kTitle},
    {"name", kTitle},
    {"название", kTitle},
    {"наименование", kTitle},
    {"list_price", kListPrice},
    {"price", kListPrice},
    {"цена", kListPrice},
    {"floor_price", kFloorPrice},
    {"минимальная цена", kFloorPrice},
    {"currency", kCurrency},
    {"валюта", kCurrency},
    {"vat_percent", kVat},
    {"vat", kVat},
    {"ндс", kVat},
    {"unit", kUnit},
    {"единица", kUnit},
    {"ед. изм.", kUnit},
    {"group", kGroup},
    {"группа", kGroup},
    {"work_type", kWorkType},
    {"active", kActive},
});
constexpr std::array<std::string_view, kColumns> kCodes = {
    "code",        "title", "list_price", "floor_price", "currency",
    "vat_percent", "unit",  "group",      "work_type",   "active"};
constexpr std::string_view kDefaultCurrency = "RUB";

using Places = std::array<std::optional<std::size_t>, kColumns>;

Places places_of(const Row& header) {
  Places places;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string name = fold_case(trim(header[i]));
    const auto* const found = std::ranges::find(kNames, name, &ColumnName::name);
    if (found != kNames.end() && !places[found->column]) places[found->column] = i;
  }
  return places;
}

class RowReader {
 public:
  RowReader(const Places& places, const Row& row, std::size_t number, InputCheck& check)
      : places_(places), row_(row), number_(number), check_(check) {}

  use_cases::ProductRow read() {
    use_cases::ProductRow out{.row = number_, .product = {}};
    auto& [code, description, price] = out.product;
    code = text(kCode);
    description = {text(kTitle), text(kUnit), text(kGroup), text(kWorkType)};
    if (const auto list = money(kListPrice)) price.list = *list;
    price.floor = money(kFloorPrice);
    price.vat_basis_points = vat();
    out.active = active();
    return out;
  }

 private:
  std::string text(Column column) const {
    const auto place = places_[column];
    return place && *place < row_.size() ? std::string(trim(row_[*place])) : std::string();
  }
  void wrong(Column column, std::string_view code, std::string_view ru, std::string_view en) {
    check_.add(fmt::format("/rows/{}/{}", number_, kCodes[column]), code, ru, en);
  }

  std::optional<Money> money(Column column) {
    const std::string told = text(column);
    if (told.empty()) return std::nullopt;
    const std::string currency = text(kCurrency);
    const auto amount = connectors::parse_amount(
        told, currency.empty() ? kDefaultCurrency : std::string_view(currency));
    if (amount) return *amount;
    wrong(column, amount.error().code, "это не цена вида 60000.00", "not a price like 60000.00");
    return std::nullopt;
  }

  std::optional<std::int32_t> vat() {
    std::string told = fold_case(text(kVat));
    if (told.empty()) return std::nullopt;
    if (told == "none" || told == "без ндс") return product::kWithoutVat;
    if (told.ends_with('%'))
      told = std::string(trim(std::string_view(told).substr(0, told.size() - 1)));
    // A percentage with two digits has the form of an amount.
    const auto rate = connectors::parse_amount(told, kDefaultCurrency);
    if (rate && rate->minor <= 10'000) return static_cast<std::int32_t>(rate->minor);
    wrong(kVat, "invalid_rate", "ставка вида 20, «без НДС» или пусто", "a rate like 20, or none");
    return std::nullopt;
  }

  bool active() {
    const std::string told = fold_case(text(kActive));
    if (told.empty() || told == "yes" || told == "true" || told == "1" || told == "да") return true;
    if (told == "no" || told == "false" || told == "0" || told == "нет") return false;
    wrong(kActive, "unknown_value", "yes или no", "yes or no");
    return true;
  }

  const Places& places_;
  const Row& row_;
  const std::size_t number_;
  InputCheck& check_;
};

}  // namespace

Result<std::vector<use_cases::ProductRow>> read_product_table(std::string_view body,
                                                              Language language) {
  const std::string file = connectors::text_of(body, "");
  std::string_view text = file;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const char separator = connectors::csv_separator(text);
  const Row header = TRY(connectors::take_csv_row(text, separator, 1));
  const Places places = places_of(header);
  for (const Column column : {kCode, kTitle, kListPrice}) {
    if (places[column]) continue;
    return refuse(language, ErrorKind::kInvalid, "field_missing",
                  fmt::format("в таблице нет столбца {}", kCodes[column]),
                  fmt::format("the table has no column {}", kCodes[column]));
  }
  InputCheck check(language);
  std::vector<use_cases::ProductRow> rows;
  for (std::size_t number = 2; !trim(text).empty(); ++number) {
    const Row row = TRY(connectors::take_csv_row(text, separator, number));
    if (std::ranges::all_of(row, [](const auto& cell) { return trim(cell).empty(); })) continue;
    if (rows.size() == use_cases::kImportedProducts) {
      return refuse(language, ErrorKind::kTooLarge, "too_many_rows",
                    fmt::format("в одной таблице не больше {} товаров; пошлите её частями, каждую "
                                "со строкой названий",
                                use_cases::kImportedProducts),
                    fmt::format("a table may hold {} products; send it in parts, each with the row "
                                "of names",
                                use_cases::kImportedProducts));
    }
    rows.push_back(RowReader(places, row, number, check).read());
  }
  TRY(check.result());
  return rows;
}

}  // namespace dealog::api
