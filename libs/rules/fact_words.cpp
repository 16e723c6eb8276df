// Criteria as facts, for the conditions of rules: a gate says what is to be done, a rule when it
// acts.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/rules/describe.hpp"
#include "libs/rules/value_words.hpp"

namespace dealog::rules {
namespace {

struct ComparisonWords {
  std::string_view ru, en, date_ru, date_en;
};
ComparisonWords words_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::kPresent:
    case Comparison::kEqual:
      return {"это", "is", "это", "is"};
    case Comparison::kNotEqual:
      return {"не", "is not", "не", "is not"};
    case Comparison::kAtLeast:
      return {"не меньше", "is at least", "не раньше", "is not before"};
    case Comparison::kAtMost:
      return {"не больше", "is at most", "не позже", "is not after"};
    case Comparison::kMore:
      return {"больше", "is more than", "позже", "is after"};
    case Comparison::kLess:
      return {"меньше", "is less than", "раньше", "is before"};
    case Comparison::kOneOf:
      return {"одно из", "is one of", "одно из", "is one of"};
  }
  return {};
}

class FactWords {
 public:
  FactWords(Language language, const Naming& naming) : language_(language), naming_(naming) {}

  std::string fact(const Criterion& criterion) const {
    switch (criterion.kind) {
      case CriterionKind::kField:
        return field(criterion, true);
      case CriterionKind::kAll:
        return list(criterion, pick(language_, " и ", " and "));
      case CriterionKind::kAny:
        return list(criterion, pick(language_, " или ", " or "));
      case CriterionKind::kNot:
        return none(criterion);
      default:
        return fmt::format("{} {}", pick(language_, "сделано:", "this is done:"), deed(criterion));
    }
  }

 private:
  std::string deed(const Criterion& criterion) const {
    return in_quotes(describe_in(criterion, language_, *naming_.regulation, naming_.elsewhere),
                     language_);
  }
  std::string field(const Criterion& criterion, bool filled) const {
    const std::string name = field_name(criterion.name, language_, naming_);
    if (criterion.comparison == Comparison::kPresent) {
      return language_ == Language::kRu
                 ? fmt::format("{} {}", filled ? "заполнено:" : "не заполнено:", name)
                 : fmt::format("{} {}", name, filled ? "is filled in" : "is not filled in");
    }
    std::vector<std::string> values;
    bool date = false;
    for (const FieldValue& value : criterion.values) {
      date = date || std::holds_alternative<Date>(value);
      values.push_back(value_text(value, criterion.name, language_, naming_));
    }
    const ComparisonWords words = words_of(criterion.comparison);
    return fmt::format(
        "{}{} {} {}", name, pick(language_, ":", ""),
        date ? pick(language_, words.date_ru, words.date_en) : pick(language_, words.ru, words.en),
        fmt::join(values, ", "));
  }
  std::string list(const Criterion& criterion, std::string_view between) const {
    std::vector<std::string> parts;
    for (const Criterion& child : criterion.children) parts.push_back(fact(child));
    return fmt::format("({})", fmt::join(parts, between));
  }
  std::string none(const Criterion& criterion) const {
    if (criterion.children.empty()) return {};
    const Criterion& child = criterion.children.front();
    const bool presence =
        child.kind == CriterionKind::kField && child.comparison == Comparison::kPresent;
    if (presence) return field(child, false);
    const bool deeds = child.kind != CriterionKind::kField && child.kind != CriterionKind::kAll &&
                       child.kind != CriterionKind::kAny && child.kind != CriterionKind::kNot;
    if (deeds) {
      return fmt::format("{} {}", pick(language_, "не сделано:", "this is not done:"), deed(child));
    }
    return fmt::format("{} {}", pick(language_, "неверно, что", "it is not so that"), fact(child));
  }

  const Language language_;
  const Naming naming_;
};

}  // namespace

std::string describe_fact(const Criterion& criterion, Language language,
                          const Regulation& regulation, const Elsewhere* elsewhere) {
  return FactWords(language, {&regulation, elsewhere}).fact(criterion);
}

}  // namespace dealog::rules
