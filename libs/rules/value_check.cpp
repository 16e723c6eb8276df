#include "libs/rules/value_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/id.hpp"
#include "libs/base/limits.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

// Of these it is only known that they are filled in: what they say is sealed elsewhere.
constexpr std::string_view kSealedElsewhere[] = {"person.name", "person.phone", "person.email",
                                                 "company.name", "company.tax_id"};

std::string money_mistake(const FieldValue& value, const Regulation& regulation) {
  const auto* money = std::get_if<Money>(&value);
  if (money == nullptr || money->currency.empty()) {
    return "expected an amount with its currency, such as 60000.00 RUB";
  }
  if (!regulation.currency.empty() && money->currency != regulation.currency) {
    return fmt::format("expected an amount in {}, the currency of the regulation, found {}",
                       regulation.currency.code(), money->currency.code());
  }
  if (money->minor < 0) return "expected an amount not below zero";
  return {};
}

std::string text_mistake(std::string_view field, const std::string& text,
                         const Regulation& regulation) {
  if (field == "work_type" && !regulation.work_type(text)) {
    std::vector<std::string_view> codes;
    for (const WorkType& type : regulation.work_types) codes.push_back(type.code);
    return fmt::format("unknown type of work '{}'{}", text,
                       codes.empty() ? "; `work_types` lists none" : suggestion(text, codes));
  }
  if (field == "source" && text.size() > limits::kCodeBytes) {
    return fmt::format("expected a source of at most {} bytes", limits::kCodeBytes);
  }
  if (field == "owner" && !UserId::parse(text)) return "expected the id of a user: usr_…";
  if (field == "person" && !PersonId::parse(text)) return "expected the id of a person: per_…";
  if (field == "company" && !CompanyId::parse(text)) return "expected the id of a company: com_…";
  if (std::ranges::find(kSealedElsewhere, field) != std::end(kSealedElsewhere)) {
    return fmt::format("only whether '{}' is filled in can be asked: what it says is sealed",
                       field);
  }
  return {};
}

}  // namespace

std::string value_mistake(std::string_view field, const FieldValue& value,
                          const Regulation& regulation) {
  const auto type = type_of_field(field, regulation);
  if (!type) return {};
  const auto* text = std::get_if<std::string>(&value);
  switch (*type) {
    case FieldType::kMoney:
      return money_mistake(value, regulation);
    case FieldType::kNumber:
      return std::holds_alternative<std::int64_t>(value) ? "" : "expected a whole number";
    case FieldType::kDate:
      return std::holds_alternative<Date>(value) ? "" : "expected a date such as 2026-12-31";
    case FieldType::kBool:
      return std::holds_alternative<bool>(value) ? "" : "expected true or false";
    case FieldType::kText:
    case FieldType::kReference:
      return text == nullptr ? "expected a text" : text_mistake(field, *text, regulation);
  }
  return {};
}

}  // namespace dealog::rules
