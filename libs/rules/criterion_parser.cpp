#include "libs/rules/criterion_parser.hpp"

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

struct ComparisonKey {
  std::string_view key;
  Comparison comparison;
};
constexpr ComparisonKey kComparisons[] = {
    {"equal", Comparison::kEqual},      {"not_equal", Comparison::kNotEqual},
    {"at_least", Comparison::kAtLeast}, {"at_most", Comparison::kAtMost},
    {"more", Comparison::kMore},        {"less", Comparison::kLess},
    {"one_of", Comparison::kOneOf}};

constexpr CriterionKind kKinds[] = {CriterionKind::kField,
                                    CriterionKind::kTouch,
                                    CriterionKind::kTask,
                                    CriterionKind::kQuote,
                                    CriterionKind::kInvoice,
                                    CriterionKind::kDocument,
                                    CriterionKind::kAcknowledgement,
                                    CriterionKind::kParticipant,
                                    CriterionKind::kDiscount,
                                    CriterionKind::kPaidShare,
                                    CriterionKind::kBalanceCleared,
                                    CriterionKind::kAll,
                                    CriterionKind::kAny,
                                    CriterionKind::kNot};

// Reads one criterion; `ok` falls as soon as a part of it cannot be read.
class CriterionReader {
 public:
  explicit CriterionReader(const Regulation& regulation) : regulation_(regulation) {}

  // The criterion, or nothing when a part of it was reported.
  std::optional<Criterion> read(const YamlPlace& place);

 private:
  void read_kind(YamlMap& map, const YamlPlace& value);
  void read_field(YamlMap& map, const YamlPlace& value);
  void read_touch(const YamlPlace& place);
  void read_task(const YamlPlace& place);
  void read_invoice(const YamlPlace& place);
  void read_document(const YamlPlace& place);
  void read_discount(const YamlPlace& place);
  void read_paid(const YamlPlace& place);
  void read_children(const YamlPlace& place);

  // Takes a value that was read, or notes that it was not.
  template <class T, class U>
  void take(std::optional<T> value, U& to) {
    if (value) {
      to = std::move(*value);
    } else {
      ok_ = false;
    }
  }
  void take_flag(YamlMap& map, std::string_view key, bool& to) {
    if (const auto place = map.optional(key)) take(place->boolean(), to);
  }
  void take_codes(YamlMap& map, std::string_view key, std::vector<std::string>& to) {
    if (const auto place = map.optional(key)) to = place->codes();
  }

  const Regulation& regulation_;
  Criterion criterion_;
  bool ok_ = true;
};

std::optional<Criterion> CriterionReader::read(const YamlPlace& place) {
  YamlMap map(place, "a criterion: a map such as {field: amount} or {quote: sent}");
  std::optional<YamlPlace> value;
  int kinds = 0;
  std::string names;
  for (const CriterionKind kind : kKinds) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", kind_name(kind));
    if (const auto found = map.optional(kind_name(kind))) {
      ++kinds;
      value = found;
      criterion_.kind = kind;
    }
  }
  if (const auto code = map.optional("code")) take(code->code(".:"), criterion_.code);
  if (const auto message = map.optional("message")) {
    take(message->local_text(limits::kTitleBytes), criterion_.message);
  }
  if (kinds == 1) read_kind(map, *value);
  const bool all_known = map.finish();
  if (kinds > 1) place.error("one criterion asks one thing; write the others as their own items");
  if (kinds == 0 && map.is_map() && all_known) {
    place.error(fmt::format("expected what the criterion asks, one of: {}", names));
  }
  if (kinds != 1 || !ok_ || !all_known) return std::nullopt;
  if (criterion_.code.empty()) criterion_.code = criterion_code(criterion_);
  return std::move(criterion_);
}

void CriterionReader::read_kind(YamlMap& map, const YamlPlace& value) {
  switch (criterion_.kind) {
    case CriterionKind::kField:
      return read_field(map, value);
    case CriterionKind::kTouch:
      return read_touch(value);
    case CriterionKind::kTask:
      return read_task(value);
    case CriterionKind::kQuote:
      return take(value.code(), criterion_.state);
    case CriterionKind::kInvoice:
      return read_invoice(value);
    case CriterionKind::kDocument:
      return read_document(value);
    case CriterionKind::kAcknowledgement:
    case CriterionKind::kParticipant:
      return take(value.code(), criterion_.name);
    case CriterionKind::kDiscount:
      return read_discount(value);
    case CriterionKind::kPaidShare:
      return read_paid(value);
    case CriterionKind::kBalanceCleared:
      if (!value.is_scalar() || value.node().text != "cleared") {
        value.expected("the word 'cleared'");
        ok_ = false;
      }
      return;
    case CriterionKind::kAll:
    case CriterionKind::kAny:
    case CriterionKind::kNot:
      return read_children(value);
  }
}

void CriterionReader::read_field(YamlMap& map, const YamlPlace& value) {
  take(value.code("."), criterion_.name);
  int comparisons = 0;
  for (const ComparisonKey& known : kComparisons) {
    const auto place = map.optional(known.key);
    if (!place) continue;
    if (++comparisons > 1) {
      place->error("one criterion compares once; write the other comparison as its own item");
      ok_ = false;
      continue;
    }
    criterion_.comparison = known.comparison;
    if (known.comparison != Comparison::kOneOf) {
      take(parse_field_value(*place, criterion_.name, regulation_),
           criterion_.values.emplace_back());
      continue;
    }
    const auto items = place->list(limits::kPageItems);
    if (items.empty()) {
      place->error("expected at least one value to compare with");
      ok_ = false;
    }
    for (const YamlPlace& item : items) {
      take(parse_field_value(item, criterion_.name, regulation_), criterion_.values.emplace_back());
    }
  }
}

void CriterionReader::read_touch(const YamlPlace& place) {
  YamlMap map(place, "a map with kind, direction, outcome, answers_customer, since_entering_stage");
  take_codes(map, "kind", criterion_.touch.kinds);
  take_codes(map, "direction", criterion_.touch.directions);
  take_codes(map, "outcome", criterion_.touch.outcomes);
  take_flag(map, "answers_customer", criterion_.touch.answers_customer);
  take_flag(map, "since_entering_stage", criterion_.touch.since_entering_stage);
  const bool all_known = map.finish();
  ok_ = ok_ && map.is_map() && all_known;
}

void CriterionReader::read_task(const YamlPlace& place) {
  YamlMap map(place, "a map with kind, open, in_future, since_entering_stage, with");
  take_codes(map, "kind", criterion_.task.kinds);
  take_flag(map, "open", criterion_.task.open);
  take_flag(map, "in_future", criterion_.task.in_future);
  take_flag(map, "since_entering_stage", criterion_.task.since_entering_stage);
  take_codes(map, "with", criterion_.task.with);
  const bool all_known = map.finish();
  ok_ = ok_ && map.is_map() && all_known;
}

void CriterionReader::read_invoice(const YamlPlace& place) {
  if (place.is_scalar()) return take(place.code(), criterion_.state);
  YamlMap map(place, "a state (issued, sent, paid) or a map with kind and state");
  if (const auto kind = map.optional("kind")) take(kind->code(), criterion_.name);
  if (const auto state = map.required("state", "issued, sent or paid")) {
    take(state->code(), criterion_.state);
  } else {
    ok_ = false;
  }
  const bool all_known = map.finish();
  ok_ = ok_ && all_known;
}

void CriterionReader::read_document(const YamlPlace& place) {
  if (place.is_scalar()) return take(place.code(), criterion_.name);
  YamlMap map(place, "a kind of document or a map with kind and signed");
  if (const auto kind = map.required("kind", "contract, acceptance or other")) {
    take(kind->code(), criterion_.name);
  } else {
    ok_ = false;
  }
  bool is_signed = false;
  take_flag(map, "signed", is_signed);
  criterion_.state = is_signed ? "signed" : "";
  const bool all_known = map.finish();
  ok_ = ok_ && all_known;
}

void CriterionReader::read_discount(const YamlPlace& place) {
  if (place.is_scalar() && place.node().text == "within_policy") {
    criterion_.basis_points = regulation_.discount_basis_points;
    if (criterion_.code.empty()) criterion_.code = "discount:within_policy";
    return;
  }
  if (place.is_scalar() && place.node().text.find('%') != std::string::npos) {
    return take(place.percent(), criterion_.basis_points);
  }
  place.expected("'within_policy' or a percentage such as 10 %");
  ok_ = false;
}

void CriterionReader::read_paid(const YamlPlace& place) {
  if (place.is_scalar() && place.node().text == "required_prepayment") {
    criterion_.basis_points = -1;
    return;
  }
  if (place.is_scalar() && place.node().text.find('%') != std::string::npos) {
    return take(place.percent(), criterion_.basis_points);
  }
  place.expected("'required_prepayment' or a percentage such as 50 %");
  ok_ = false;
}

void CriterionReader::read_children(const YamlPlace& place) {
  if (criterion_.kind == CriterionKind::kNot) {
    criterion_.children.push_back(parse_criterion(place, regulation_));
  } else {
    criterion_.children = parse_criteria(place, regulation_);
    if (criterion_.children.empty() && place.is_list()) {
      place.error("expected at least one criterion");
    }
  }
  ok_ = ok_ && !criterion_.children.empty();
  for (const Criterion& child : criterion_.children) ok_ = ok_ && !child.code.empty();
}

}  // namespace

std::optional<FieldType> type_of_field(std::string_view field, const Regulation& regulation) {
  if (const FieldWord* word = find_field(field)) return word->type;
  if (!field.starts_with("custom.")) return std::nullopt;
  const CustomField* custom = regulation.custom_field(field.substr(7));
  return custom ? std::optional(field_type(custom->type)) : std::nullopt;
}

std::optional<FieldValue> parse_field_value(const YamlPlace& place, std::string_view field,
                                            const Regulation& regulation) {
  switch (type_of_field(field, regulation).value_or(FieldType::kText)) {
    case FieldType::kMoney:
      return place.money();
    case FieldType::kNumber:
      return place.whole_number();
    case FieldType::kDate:
      return place.date();
    case FieldType::kBool:
      return place.boolean();
    case FieldType::kText:
    case FieldType::kReference:
      break;
  }
  return place.text("a text", limits::kTitleBytes);
}

Criterion parse_criterion(const YamlPlace& place, const Regulation& regulation) {
  return CriterionReader(regulation).read(place).value_or(Criterion{});
}

std::vector<Criterion> parse_criteria(const YamlPlace& place, const Regulation& regulation) {
  std::vector<Criterion> criteria;
  for (const YamlPlace& item : place.list(kCriteriaOfList)) {
    criteria.push_back(parse_criterion(item, regulation));
  }
  return criteria;
}

}  // namespace dealog::rules
