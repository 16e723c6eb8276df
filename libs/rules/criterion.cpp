#include "libs/rules/criterion.hpp"

#include <algorithm>
#include <compare>

#include "libs/base/text.hpp"
#include "libs/rules/open_fields.hpp"

namespace dealog::rules {
namespace {

bool is_present(const std::optional<FieldValue>& value) {
  if (!value) return false;
  const auto* text = std::get_if<std::string>(&*value);
  return !text || !trim(*text).empty();
}

// How two values of one type stand; unordered when they cannot be compared at all.
std::partial_ordering compare(const FieldValue& left, const FieldValue& right) {
  if (left.index() != right.index()) return std::partial_ordering::unordered;
  if (const auto* money = std::get_if<Money>(&left)) {
    const Money& other = std::get<Money>(right);
    if (money->currency != other.currency) return std::partial_ordering::unordered;
    return money->minor <=> other.minor;
  }
  return left <=> right;
}

bool compares(Comparison comparison, const FieldValue& left, const std::vector<FieldValue>& right) {
  if (comparison == Comparison::kOneOf) {
    return std::ranges::any_of(right, [&](const FieldValue& v) { return compare(left, v) == 0; });
  }
  if (right.empty()) return false;
  const auto order = compare(left, right.front());
  if (order == std::partial_ordering::unordered) return false;
  switch (comparison) {
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kNotEqual:
      return order != 0;
    case Comparison::kAtLeast:
      return order >= 0;
    case Comparison::kAtMost:
      return order <= 0;
    case Comparison::kMore:
      return order > 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kPresent:
    case Comparison::kOneOf:
      break;
  }
  return true;
}

// Whether `paid` covers `needed`. What nobody has named yet (no currency) is never covered.
bool covers(const Money& paid, const Money& needed) {
  if (needed.currency.empty()) return false;
  if (paid.currency != needed.currency && !(paid.currency.empty() && paid.is_zero())) return false;
  return paid.minor >= needed.minor;
}

bool paid_share_holds(const Criterion& criterion, const Facts& facts) {
  const std::int32_t share =
      criterion.basis_points < 0 ? facts.prepayment_basis_points() : criterion.basis_points;
  return covers(facts.paid(), share_of(facts.agreed(), share));
}

bool field_holds(const Criterion& criterion, const std::optional<FieldValue>& value) {
  if (!is_present(value)) return false;
  return criterion.comparison == Comparison::kPresent ||
         compares(criterion.comparison, *value, criterion.values);
}

enum class Truth { kNo, kYes, kUnknown };

Truth as_far_as_known(const Criterion& criterion, const OpenFields& fields) {
  if (criterion.kind == CriterionKind::kField) {
    if (!fields.knows(criterion.name)) return Truth::kUnknown;
    return field_holds(criterion, fields.field(criterion.name)) ? Truth::kYes : Truth::kNo;
  }
  bool any_yes = false, any_no = false, any_unknown = false;
  for (const Criterion& child : criterion.children) {
    const Truth truth = as_far_as_known(child, fields);
    any_yes |= truth == Truth::kYes;
    any_no |= truth == Truth::kNo;
    any_unknown |= truth == Truth::kUnknown;
  }
  switch (criterion.kind) {
    case CriterionKind::kAll:
      return any_no ? Truth::kNo : any_unknown ? Truth::kUnknown : Truth::kYes;
    case CriterionKind::kAny:
      return any_yes ? Truth::kYes : any_unknown ? Truth::kUnknown : Truth::kNo;
    case CriterionKind::kNot:
      return any_yes ? Truth::kNo : any_unknown ? Truth::kUnknown : Truth::kYes;
    default:
      return Truth::kUnknown;
  }
}

}  // namespace

bool surely_fails(const Criterion& criterion, const OpenFields& fields) {
  return as_far_as_known(criterion, fields) == Truth::kNo;
}

std::string_view kind_name(CriterionKind kind) {
  switch (kind) {
    case CriterionKind::kField:
      return "field";
    case CriterionKind::kTouch:
      return "touch";
    case CriterionKind::kTask:
      return "task";
    case CriterionKind::kQuote:
      return "quote";
    case CriterionKind::kInvoice:
      return "invoice";
    case CriterionKind::kDocument:
      return "document";
    case CriterionKind::kAcknowledgement:
      return "acknowledgement";
    case CriterionKind::kParticipant:
      return "participant";
    case CriterionKind::kDiscount:
      return "discount";
    case CriterionKind::kPaidShare:
      return "paid";
    case CriterionKind::kBalanceCleared:
      return "balance";
    case CriterionKind::kAll:
      return "all";
    case CriterionKind::kAny:
      return "any";
    case CriterionKind::kNot:
      return "not";
  }
  return "";
}

bool holds(const Criterion& criterion, const Facts& facts) {
  const auto child_holds = [&](const Criterion& child) { return holds(child, facts); };
  switch (criterion.kind) {
    case CriterionKind::kField:
      return field_holds(criterion, facts.field(criterion.name));
    case CriterionKind::kTouch:
      return facts.has_touch(criterion.touch);
    case CriterionKind::kTask:
      return facts.has_task(criterion.task);
    case CriterionKind::kQuote:
      return facts.quote_reached(criterion.state);
    case CriterionKind::kInvoice:
      return facts.invoice_reached(criterion.name, criterion.state);
    case CriterionKind::kDocument:
      return facts.has_document(criterion.name, criterion.state == "signed");
    case CriterionKind::kAcknowledgement:
      return facts.has_acknowledgement(criterion.name);
    case CriterionKind::kParticipant:
      return facts.has_participant(criterion.name);
    case CriterionKind::kDiscount:
      return facts.discount_within(criterion.basis_points);
    case CriterionKind::kPaidShare:
      return paid_share_holds(criterion, facts);
    case CriterionKind::kBalanceCleared:
      return covers(facts.paid(), facts.agreed());
    case CriterionKind::kAll:
      return std::ranges::all_of(criterion.children, child_holds);
    case CriterionKind::kAny:
      return std::ranges::any_of(criterion.children, child_holds);
    case CriterionKind::kNot:
      return std::ranges::none_of(criterion.children, child_holds);
  }
  return false;
}

std::vector<Verdict> judge(const std::vector<Criterion>& criteria, const Facts& facts) {
  std::vector<Verdict> verdicts;
  verdicts.reserve(criteria.size());
  for (const Criterion& criterion : criteria) {
    verdicts.push_back({criterion.code,
                        std::string(kind_name(criterion.kind)),
                        holds(criterion, facts),
                        {describe(criterion, Language::kRu), describe(criterion, Language::kEn)}});
  }
  return verdicts;
}

}  // namespace dealog::rules
