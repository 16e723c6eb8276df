#include "libs/connectors/deal_table/columns.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "libs/base/text.hpp"

namespace dealog::connectors::deal_table {
namespace {

using Name = std::pair<std::string_view, Column>;

// The first of each meaning is its code.
constexpr std::array kNames = {
    Name{"id", Column::kId},
    Name{"opportunity_id", Column::kId},
    Name{"deal_id", Column::kId},
    Name{"lead_id", Column::kId},
    Name{"номер", Column::kId},
    Name{"title", Column::kTitle},
    Name{"name", Column::kTitle},
    Name{"deal", Column::kTitle},
    Name{"deal_name", Column::kTitle},
    Name{"deal_title", Column::kTitle},
    Name{"opportunity", Column::kTitle},
    Name{"product", Column::kTitle},
    Name{"название_сделки", Column::kTitle},
    Name{"название", Column::kTitle},
    Name{"сделка", Column::kTitle},
    Name{"stage", Column::kStage},
    Name{"deal_stage", Column::kStage},
    Name{"этап_сделки", Column::kStage},
    Name{"этап", Column::kStage},
    Name{"стадия", Column::kStage},
    Name{"pipeline", Column::kPipeline},
    Name{"воронка", Column::kPipeline},
    Name{"status", Column::kStatus},
    Name{"статус", Column::kStatus},
    Name{"amount", Column::kAmount},
    Name{"value", Column::kAmount},
    Name{"deal_value", Column::kAmount},
    Name{"close_value", Column::kAmount},
    Name{"budget", Column::kAmount},
    Name{"бюджет", Column::kAmount},
    Name{"сумма", Column::kAmount},
    Name{"currency", Column::kCurrency},
    Name{"валюта", Column::kCurrency},
    Name{"opened", Column::kOpened},
    Name{"created", Column::kOpened},
    Name{"created_at", Column::kOpened},
    Name{"create_date", Column::kOpened},
    Name{"deal_created", Column::kOpened},
    Name{"add_time", Column::kOpened},
    Name{"engage_date", Column::kOpened},
    Name{"дата_создания", Column::kOpened},
    Name{"дата_создания_сделки", Column::kOpened},
    Name{"closed", Column::kClosed},
    Name{"closed_at", Column::kClosed},
    Name{"close_date", Column::kClosed},
    Name{"close_time", Column::kClosed},
    Name{"дата_закрытия", Column::kClosed},
    Name{"owner", Column::kOwner},
    Name{"sales_agent", Column::kOwner},
    Name{"deal_owner", Column::kOwner},
    Name{"ответственный", Column::kOwner},
    Name{"person", Column::kPerson},
    Name{"contact", Column::kPerson},
    Name{"contact_name", Column::kPerson},
    Name{"контакт", Column::kPerson},
    Name{"основной_контакт", Column::kPerson},
    Name{"phone", Column::kPhone},
    Name{"телефон", Column::kPhone},
    Name{"email", Column::kEmail},
    Name{"e-mail", Column::kEmail},
    Name{"почта", Column::kEmail},
    Name{"company", Column::kCompany},
    Name{"account", Column::kCompany},
    Name{"organization", Column::kCompany},
    Name{"компания", Column::kCompany},
    Name{"lost_reason", Column::kLostReason},
    Name{"loss_reason", Column::kLostReason},
    Name{"причина_отказа", Column::kLostReason},
};

// "Deal - Created at" and "deal_created_at" are one spelling.
std::string spelled(std::string_view header) {
  std::string out;
  for (const char c : fold_case(trim(header))) {
    if (c == ' ' || c == '_') {
      if (!out.empty() && out.back() != '_') out += '_';
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<Column> coded(std::string_view code) {
  const auto found = std::ranges::find(kNames, code, &Name::first);
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<Column> column_named(std::string_view header) { return coded(spelled(header)); }

std::map<Column, std::size_t> find_columns(const std::vector<std::string>& header,
                                           const std::map<std::string, std::string>& named) {
  std::map<Column, std::size_t> columns;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto own = named.find(fold_case(trim(header[i])));
    if (own == named.end()) continue;
    if (const auto column = coded(own->second)) columns.emplace(*column, i);
  }
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (const auto column = column_named(header[i])) columns.emplace(*column, i);
  }
  return columns;
}

std::string outcome_named(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kWon = {
      "won", "closed won", "closedwon", "success", "успешно реализовано", "выиграна", "оплачено"};
  static constexpr std::array<std::string_view, 7> kLost = {
      "lost",      "closed lost", "closedlost", "failed", "закрыто и не реализовано",
      "проиграна", "отказ"};
  const std::string folded = fold_case(trim(word));
  if (std::ranges::find(kWon, folded) != kWon.end()) return "won";
  if (std::ranges::find(kLost, folded) != kLost.end()) return "lost";
  return {};
}

}  // namespace dealog::connectors::deal_table
