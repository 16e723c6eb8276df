#include "libs/connectors/deal_table/deal_table.hpp"

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/deal_table/columns.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/charset_guess.hpp"
#include "libs/connectors/parse/csv.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/posted_file.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::deal_table {
namespace {

using Row = std::vector<std::string>;
using Columns = std::map<Column, std::size_t>;

class RowReader {
 public:
  RowReader(const Columns& columns, const Row& row, const SourceSettings& settings)
      : columns_(columns), row_(row), settings_(settings) {}

  std::string_view text(Column column) const {
    const auto found = columns_.find(column);
    if (found == columns_.end() || found->second >= row_.size()) return {};
    return trim(row_[found->second]);
  }

  // 2026-03-05, 05.03.2026, with or without a time; in the zone of the source.
  Result<std::optional<Timestamp>> time(Column column, std::string_view name) const {
    const std::string_view told = text(column);
    if (told.empty()) return std::nullopt;
    for (const auto* pattern : {"%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"}) {
      if (const auto time = parse_time_as(told, pattern, settings_.time_zone)) return *time;
    }
    const auto time = parse_time(told, settings_.time_zone);
    if (time) return *time;
    return fail(ErrorKind::kInvalid, "invalid_time", fmt::format("{} is no date", name));
  }

  Result<std::optional<Money>> amount() const {
    const std::string_view told = text(Column::kAmount);
    if (told.empty()) return std::nullopt;
    const std::string_view named = text(Column::kCurrency);
    const auto amount = parse_amount(told, named.empty() ? settings_.currency : std::string(named));
    if (amount) return *amount;
    return fail(ErrorKind::kInvalid, amount.error().code, "the amount is none");
  }

 private:
  const Columns& columns_;
  const Row& row_;
  const SourceSettings& settings_;
};

std::string short_text(std::string_view text) {
  return std::string(utf8_prefix(text, kShortTextBytes));
}

// What the row tells of the deal itself; where it stands is added by those who know the row.
Result<StageFact> deal_of(const RowReader& in, const SourceSettings& settings) {
  StageFact deal;
  deal.title = short_text(in.text(Column::kTitle));
  deal.company = short_text(in.text(Column::kCompany));
  deal.person = make_contact(in.text(Column::kPerson), in.text(Column::kPhone),
                             in.text(Column::kEmail), settings.country);
  deal.owner = short_text(in.text(Column::kOwner));
  deal.amount = TRY(in.amount());
  deal.currency_assumed = in.text(Column::kCurrency).empty();
  return deal;
}

StagePlace place_of(const RowReader& in) {
  StagePlace place{.pipeline = short_text(in.text(Column::kPipeline)),
                   .to = short_text(in.text(Column::kStage)),
                   .status_to = short_text(in.text(Column::kStatus))};
  place.outcome = outcome_named(place.status_to);
  if (place.outcome.empty()) place.outcome = outcome_named(place.to);
  return place;
}

Result<Fact> fact_of(const RowReader& in, const SourceSettings& settings) {
  const std::string id = short_text(in.text(Column::kId));
  if (id.empty()) return fail(ErrorKind::kInvalid, "field_missing", "the id is missing");
  StageFact deal = TRY(deal_of(in, settings));
  deal.opened_at = TRY(in.time(Column::kOpened, "the day of opening"));
  const auto closed_at = TRY(in.time(Column::kClosed, "the day of closing"));
  if (deal.opened_at && closed_at && *closed_at < *deal.opened_at) {
    return fail(ErrorKind::kInvalid, "closed_before_opened", "it is closed before it is opened");
  }
  deal.stage = place_of(in);
  const StagePlace& place = deal.stage;
  const bool stands = place != StagePlace{};  // else the row tells only that it was opened
  if (stands) deal.lost_reason = short_text(in.text(Column::kLostReason));
  const bool closed = !place.outcome.empty();
  return Fact{.key = stands
                         ? fmt::format("csv:{}:{}/{}/{}:{}", id, place.pipeline, place.to,
                                       place.status_to, deal.amount ? deal.amount->decimal() : "")
                         : "csv:" + id + ":opened",
              .external_id = id,
              .occurred_at = closed && closed_at ? closed_at : deal.opened_at,
              .sequence = {},
              .content = deal};
}

Fact odd_row(const RowReader& in, std::size_t number, const Error& error) {
  return {.key = fmt::format("csv:row:{}", number),
          .external_id = short_text(in.text(Column::kId)),
          .occurred_at = {},
          .sequence = {},
          .content = IgnoreFact{error.message, "row", {}}};
}

Result<std::vector<Fact>> read(const Delivery& delivery, const SourceSettings& settings) {
  const std::string bytes = TRY(posted_file(delivery));
  const HeaderValue type = parse_header_value(delivery.content_type());
  std::string charset = type.parameter("charset");
  if (charset.empty()) charset = settings.charset;
  const std::string file = text_of(bytes, charset);
  std::string_view text = file;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const char separator = csv_separator(text);
  const Row header = TRY(take_csv_row(text, separator, 1));
  const Columns columns = find_columns(header, settings.columns);
  if (!columns.contains(Column::kId)) {
    return fail(ErrorKind::kInvalid, "field_missing",
                "no column is the id of a deal; name it in the setting `columns`: {\"<column>\": "
                "\"id\"}");
  }
  std::vector<Fact> facts;
  for (std::size_t number = 2; !trim(text).empty(); ++number) {
    if (number > kDealRows + 1) {
      return fail(ErrorKind::kTooLarge, "too_many_rows",
                  fmt::format("a file may hold {} deals; send it in parts, each with the row of "
                              "names",
                              kDealRows));
    }
    const Row row = TRY(take_csv_row(text, separator, number));
    if (row.size() == 1 && trim(row[0]).empty()) continue;
    const RowReader in(columns, row, settings);
    auto fact = fact_of(in, settings);
    facts.push_back(fact ? *std::move(fact) : odd_row(in, number, fact.error()));
    facts.back().item = number;
  }
  if (facts.empty()) return fail(ErrorKind::kInvalid, "no_rows", "the file holds no deal");
  return facts;
}

class DealTable final : public Provider {
 public:
  std::string_view name() const override { return "csv"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto file = posted_file(delivery);
    if (!file) return {Reception::Kind::kStore, body_key("csv", delivery), {}, file.error()};
    return {Reception::Kind::kStore, "csv:sha256:" + to_hex(sha256(*file))};
  }
  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }
  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") {
      return std::vector<Fact>{Fact{.key = "csv:ping", .content = IgnoreFact{"connection_check"}}};
    }
    return read(delivery, settings);
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    return check_key(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const DealTable kProvider;
  return kProvider;
}

}  // namespace dealog::connectors::deal_table
