#include "libs/documents/wording.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "libs/base/number_text.hpp"
#include "libs/base/text.hpp"
#include "libs/documents/amount_in_words.hpp"

namespace dealog::documents {
namespace {

std::string_view say(Language language, std::string_view ru, std::string_view en) {
  return language == Language::kRu ? ru : en;
}

// `units` of 10^-digits without the zeros at the end.
std::string short_decimal(std::int64_t units, int digits, Language language) {
  std::int64_t one = 1;
  for (int i = 0; i < digits; ++i) one *= 10;
  std::string fraction = fmt::format("{:0{}}", units % one, digits);
  while (fraction.ends_with('0')) fraction.pop_back();
  std::string text = std::to_string(units / one);
  if (!fraction.empty()) text += "." + fraction;
  return grouped(text, language);
}

void join(std::string& out, std::string_view part) {
  if (part.empty()) return;
  if (!out.empty()) out += ", ";
  out += part;
}

void join_named(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) join(out, fmt::format("{} {}", name, value));
}

std::string seller_line(const DocumentData& data) {
  const Seller& seller = data.seller;
  std::string out = seller.name;
  join_named(out, say(data.language, "ИНН", "tax ID"), seller.tax_id);
  join_named(out, say(data.language, "КПП", "KPP"), seller.tax_registration);
  join_named(out, say(data.language, "ОГРН", "reg. No."), seller.registration);
  join(out, seller.address);
  join_named(out, say(data.language, "тел.", "phone"), seller.phone);
  return out;
}

std::string buyer_line(const DocumentData& data) {
  std::string out = data.buyer.name;
  join_named(out, say(data.language, "ИНН", "tax ID"), data.buyer.tax_id);
  return out;
}

std::string vat_note(const DocumentData& data) {
  const auto shares = vat_by_rate(data);
  std::string out;
  for (const VatShare& share : shares) {
    if (!out.empty()) out += "; ";
    if (share.basis_points == kWithoutVat) {
      out += say(data.language, out.empty() ? "Без НДС" : "без НДС",
                 out.empty() ? "Not subject to VAT" : "not subject to VAT");
      if (shares.size() > 1) out += ": " + amount_text(share.total, data.language);
      continue;
    }
    const std::string rate = percent_text(share.basis_points, data.language);
    const std::string vat = amount_text(share.vat, data.language);
    const std::string_view name = out.empty()
                                      ? say(data.language, "В том числе НДС", "Including VAT")
                                      : say(data.language, "НДС", "VAT");
    out += fmt::format("{} {} %: {}", name, rate, vat);
  }
  return out;
}

std::string invoice_kind(const DocumentData& data) {
  const Language language = data.language;
  if (data.invoice_kind == "prepayment")
    return std::string(say(language, "предоплата", "prepayment"));
  if (data.invoice_kind == "interim") {
    return std::string(say(language, "промежуточный платёж", "interim payment"));
  }
  if (data.invoice_kind == "final") {
    return std::string(say(language, "окончательный расчёт", "final payment"));
  }
  return data.invoice_kind;
}

std::string optional_date(const std::optional<Date>& date, Language language) {
  return date ? date_text(*date, language) : std::string();
}

std::string prepayment(const DocumentData& data) {
  if (data.prepayment_basis_points <= 0) return {};
  return amount_text(share_of(total_of(data), data.prepayment_basis_points), data.language);
}

std::string prepayment_percent(const DocumentData& data) {
  if (data.prepayment_basis_points <= 0) return {};
  return percent_text(data.prepayment_basis_points, data.language);
}

using Value = std::string (*)(const DocumentData&);
using D = DocumentData;

const std::map<std::string_view, Value>& values() {
  static const std::map<std::string_view, Value> all = {
      {"number", [](const D& d) { return d.number; }},
      {"date", [](const D& d) { return date_text(d.issued_on, d.language); }},
      {"revision",
       [](const D& d) { return d.revision > 1 ? std::to_string(d.revision) : std::string(); }},
      {"subject", [](const D& d) { return d.subject; }},
      {"seller.name", [](const D& d) { return d.seller.name; }},
      {"seller.tax_id", [](const D& d) { return d.seller.tax_id; }},
      {"seller.tax_registration", [](const D& d) { return d.seller.tax_registration; }},
      {"seller.registration", [](const D& d) { return d.seller.registration; }},
      {"seller.address", [](const D& d) { return d.seller.address; }},
      {"seller.phone", [](const D& d) { return d.seller.phone; }},
      {"seller.email", [](const D& d) { return d.seller.email; }},
      {"seller.bank", [](const D& d) { return d.seller.bank; }},
      {"seller.bic", [](const D& d) { return d.seller.bic; }},
      {"seller.account", [](const D& d) { return d.seller.account; }},
      {"seller.correspondent_account", [](const D& d) { return d.seller.correspondent_account; }},
      {"seller.swift", [](const D& d) { return d.seller.swift; }},
      {"seller.signatory", [](const D& d) { return d.seller.signatory; }},
      {"seller.signatory_position", [](const D& d) { return d.seller.signatory_position; }},
      {"seller.signatory_basis", [](const D& d) { return d.seller.signatory_basis; }},
      {"seller.accountant", [](const D& d) { return d.seller.accountant; }},
      {"seller.line", seller_line},
      {"buyer.name", [](const D& d) { return d.buyer.name; }},
      {"buyer.tax_id", [](const D& d) { return d.buyer.tax_id; }},
      {"buyer.line", buyer_line},
      {"total", [](const D& d) { return amount_text(total_of(d), d.language); }},
      {"total.words", [](const D& d) { return amount_in_words(total_of(d), d.language); }},
      {"vat", [](const D& d) { return amount_text(vat_of(d), d.language); }},
      {"vat.note", vat_note},
      {"lines.count", [](const D& d) { return std::to_string(d.lines.size()); }},
      {"valid_until", [](const D& d) { return optional_date(d.valid_until, d.language); }},
      {"due_date", [](const D& d) { return optional_date(d.due_date, d.language); }},
      {"prepayment", prepayment},
      {"prepayment.percent", prepayment_percent},
      {"invoice.kind", invoice_kind},
  };
  return all;
}

// Calls `literal` and `name` for the parts of a text in order; false from either stops with what
// they left in `problem`.
template <class Literal, class Name>
std::string walk(std::string_view text, const Literal& literal, const Name& name) {
  while (!text.empty()) {
    const auto brace = text.find_first_of("{}");
    literal(text.substr(0, brace));
    if (brace == std::string_view::npos) return {};
    text.remove_prefix(brace);
    if (text.starts_with("{{") || text.starts_with("}}")) {
      literal(text.substr(0, 1));
      text.remove_prefix(2);
      continue;
    }
    if (text[0] == '}') return "a '}' without its '{'; write '}}' for the sign itself";
    const auto end = text.find('}');
    if (end == std::string_view::npos) {
      return "a '{' without its '}'; write '{{' for the sign itself";
    }
    if (std::string problem = name(text.substr(1, end - 1)); !problem.empty()) return problem;
    text.remove_prefix(end + 1);
  }
  return {};
}

// Names that share the beginning up to the point, or all groups.
std::string known_names_like(std::string_view wrong) {
  std::string out;
  const auto point = wrong.find('.');
  const std::string_view group = wrong.substr(0, point == std::string_view::npos ? 0 : point + 1);
  for (const auto known : placeholder_names()) {
    if (known.starts_with(group)) join(out, known);
  }
  return out.empty() && !group.empty() ? known_names_like("") : out;
}

}  // namespace

std::string number_text(const Money& amount, Language language) {
  return grouped(amount.decimal(), language);
}

std::string amount_text(const Money& amount, Language language) {
  return money_text(amount, language, Fraction::kAlways);
}

std::string quantity_text(std::int64_t thousandths, Language language) {
  return short_decimal(thousandths, 3, language);
}

std::string percent_text(std::int32_t basis_points, Language language) {
  return short_decimal(basis_points, 2, language);
}

std::string date_text(Date date, Language language) {
  constexpr std::array<std::string_view, 12> kRu = {"января",   "февраля", "марта",  "апреля",
                                                    "мая",      "июня",    "июля",   "августа",
                                                    "сентября", "октября", "ноября", "декабря"};
  constexpr std::array<std::string_view, 12> kEn = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const std::string text = date.text();  // YYYY-MM-DD
  const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0')) - 1;
  const int day = (text[8] - '0') * 10 + (text[9] - '0');
  const std::string year = text.substr(0, 4);
  return language == Language::kRu ? fmt::format("{} {} {} г.", day, kRu[month], year)
                                   : fmt::format("{} {} {}", day, kEn[month], year);
}

const std::vector<std::string_view>& placeholder_names() {
  static const auto names = [] {
    std::vector<std::string_view> all;
    for (const auto& [name, value] : values()) all.push_back(name);
    return all;
  }();
  return names;
}

bool is_placeholder(std::string_view name) { return values().contains(name); }

std::string placeholder_value(std::string_view name, const DocumentData& data) {
  const auto found = values().find(name);
  return found == values().end() ? std::string() : found->second(data);
}

std::string expand(std::string_view text, const DocumentData& data) {
  std::string out;
  walk(
      text, [&](std::string_view literal) { out += literal; },
      [&](std::string_view name) {
        out += placeholder_value(name, data);
        return std::string();
      });
  return out;
}

std::string check_placeholders(std::string_view text) {
  return walk(
      text, [](std::string_view) {},
      [](std::string_view name) {
        if (is_placeholder(name)) return std::string();
        return fmt::format("there is no placeholder {}; known: {}", quoted(name),
                           known_names_like(name));
      });
}

}  // namespace dealog::documents
