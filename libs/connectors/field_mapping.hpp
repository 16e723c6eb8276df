// Which field of a foreign form is which of ours: data, written by the person who connects it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/base/result.hpp"
#include "libs/connectors/parse/tree.hpp"

namespace dealog::connectors {

inline constexpr std::size_t kMappingRules = 100;
inline constexpr std::size_t kRulePaths = 20;  // alternatives of one rule
inline constexpr std::size_t kRuleTransforms = 10;

// One step on the way of a value, in the order written.
struct Transform {
  enum class Kind {
    kTrim,        // "trim"
    kLower,       // "lower"
    kPhone,       // "phone": E.164 where it is a valid number, else as typed
    kEmail,       // "email": lower-cased where it is an address, else as typed
    kMoneyMajor,  // "money_major", "money": 1200,50
    kMoneyMinor,  // "money_minor": 120050
    kDate,        // {"date": "%d.%m.%Y %H:%M" | "iso" | "unix", "zone"?}
  };
  Kind kind = Kind::kTrim;
  std::string format;  // of a date
  std::string zone;    // of a date; empty means the source's

  bool operator==(const Transform&) const = default;
};

// One entry of `fields`: {"phone": "contact.tel"}, {"phone": ["tel", "phone"]},
// {"title": {"constant": "Заявка с сайта"}},
// {"occurred_at": {"first_of": ["sent", "created"], "transforms": [{"date": "%d.%m.%Y"}]}}.
struct FieldRule {
  std::string target;                   // one of kTargets, "utm_…", or "answers.…"
  std::vector<Path> paths;              // the first that holds something counts
  std::optional<std::string> constant;  // when no path holds anything
  std::vector<Transform> transforms;

  bool operator==(const FieldRule&) const = default;
};

struct FieldMapping {
  std::vector<FieldRule> rules;  // empty: fields are recognised by their names

  // Errors: kInvalid "invalid_settings" with a pointer below `pointer` for each wrong place.
  static Result<FieldMapping> parse(const boost::json::value& value, const std::string& pointer);
  boost::json::object to_json() const;
  bool operator==(const FieldMapping&) const = default;
};

}  // namespace dealog::connectors
