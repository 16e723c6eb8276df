#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/base/limits.hpp"
#include "libs/rules/criterion_parser.hpp"

namespace dealog::rules {
namespace {

std::string value_code(const FieldValue& value) {
  struct Visitor {
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(bool yes) const { return yes ? "true" : "false"; }
    std::string operator()(const Money& money) const {
      return money.decimal() + std::string(money.currency.code());
    }
    std::string operator()(const Date& date) const { return date.text(); }
  };
  return std::visit(Visitor{}, value);
}

std::string_view sign(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
    case Comparison::kOneOf:
      return "=";
    case Comparison::kNotEqual:
      return "!=";
    case Comparison::kAtLeast:
      return ">=";
    case Comparison::kAtMost:
      return "<=";
    case Comparison::kMore:
      return ">";
    case Comparison::kLess:
      return "<";
    case Comparison::kPresent:
      break;
  }
  return "";
}

// The parts of a code, the empty ones left out: "touch:call:connected".
std::string joined(std::initializer_list<std::string> parts) {
  std::string code;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!code.empty()) code += ':';
    code += part;
  }
  return code;
}

std::string either(const std::vector<std::string>& codes) {
  return fmt::format("{}", fmt::join(codes, "|"));
}

std::string when(bool flag, std::string_view word) { return std::string(flag ? word : ""); }

std::string field_code(const Criterion& criterion) {
  std::vector<std::string> values;
  for (const FieldValue& value : criterion.values) values.push_back(value_code(value));
  return fmt::format("field:{}{}{}", criterion.name, sign(criterion.comparison), either(values));
}

std::string full_code(const Criterion& criterion) {
  const std::string kind(kind_name(criterion.kind));
  switch (criterion.kind) {
    case CriterionKind::kField:
      return field_code(criterion);
    case CriterionKind::kTouch:
      return joined({kind, either(criterion.touch.kinds), either(criterion.touch.directions),
                     either(criterion.touch.outcomes),
                     when(criterion.touch.answers_customer, "answers_customer"),
                     when(criterion.touch.since_entering_stage, "since_entering_stage")});
    case CriterionKind::kTask:
      return joined({kind, either(criterion.task.kinds),
                     when(criterion.task.in_future, "in_future"),
                     when(criterion.task.since_entering_stage, "since_entering_stage")});
    case CriterionKind::kDiscount:
      return fmt::format("{}:within_{}", kind, criterion.basis_points);
    case CriterionKind::kPaidShare:
      return criterion.basis_points < 0 ? kind + ":required_prepayment"
                                        : fmt::format("{}:{}", kind, criterion.basis_points);
    case CriterionKind::kBalanceCleared:
      return kind + ":cleared";
    case CriterionKind::kAll:
    case CriterionKind::kAny:
    case CriterionKind::kNot: {
      std::vector<std::string> codes;
      for (const Criterion& child : criterion.children) codes.push_back(child.code);
      return fmt::format("{}({})", kind, fmt::join(codes, ","));
    }
    case CriterionKind::kQuote:
    case CriterionKind::kInvoice:
    case CriterionKind::kDocument:
    case CriterionKind::kAcknowledgement:
    case CriterionKind::kParticipant:
      break;
  }
  return joined({kind, criterion.name, criterion.state});
}

// FNV-1a: the same on every machine and for ever, because codes stand in events.
std::uint32_t fingerprint(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

}  // namespace

std::string_view comparison_name(Comparison comparison) {
  switch (comparison) {
    case Comparison::kPresent:
      return "present";
    case Comparison::kEqual:
      return "equal";
    case Comparison::kNotEqual:
      return "not_equal";
    case Comparison::kAtLeast:
      return "at_least";
    case Comparison::kAtMost:
      return "at_most";
    case Comparison::kMore:
      return "more";
    case Comparison::kLess:
      return "less";
    case Comparison::kOneOf:
      return "one_of";
  }
  return "";
}

std::string criterion_code(const Criterion& criterion) {
  const std::string code = full_code(criterion);
  if (code.size() <= limits::kCodeBytes) return code;
  // Values of fields may hold any text; a code is cut at a byte that no UTF-8 letter spans.
  std::size_t kept = limits::kCodeBytes - 9;
  while (kept > 0 && (static_cast<unsigned char>(code[kept]) & 0xC0) == 0x80) --kept;
  return fmt::format("{}~{:08x}", code.substr(0, kept), fingerprint(code));
}

}  // namespace dealog::rules
