#include "libs/connectors/field_mapping.hpp"

#include <algorithm>
#include <array>

#include "libs/base/json_pointer.hpp"
#include "libs/base/text.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/connectors/parse/times.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 19> kTargets{
    "name",    "first_name", "middle_name", "last_name", "phone",    "email",       "messenger",
    "company", "title",      "comment",     "amount",    "currency", "occurred_at", "external_id",
    "form_id", "page",       "order_id",    "signal",    "deal"};

constexpr std::array<std::pair<std::string_view, Transform::Kind>, 7> kTransforms{{
    {"trim", Transform::Kind::kTrim},
    {"lower", Transform::Kind::kLower},
    {"phone", Transform::Kind::kPhone},
    {"email", Transform::Kind::kEmail},
    {"money_major", Transform::Kind::kMoneyMajor},
    {"money", Transform::Kind::kMoneyMajor},
    {"money_minor", Transform::Kind::kMoneyMinor},
}};

// Collects every wrong place, so that a person mends the settings once.
struct Reader {
  std::vector<FieldError> errors = {};

  void wrong(const std::string& pointer, std::string code, std::string message) {
    errors.push_back({pointer, std::move(code), std::move(message)});
  }

  void path(FieldRule& rule, const json::value& value, const std::string& pointer) {
    if (!value.is_string()) return wrong(pointer, "not_a_string", "a path is a string");
    auto parsed = Path::parse(std::string_view(value.get_string()));
    if (!parsed) return wrong(pointer, parsed.error().code, parsed.error().message);
    rule.paths.push_back(std::move(*parsed));
  }

  void paths(FieldRule& rule, const json::value& value, const std::string& pointer) {
    if (!value.is_array()) return path(rule, value, pointer);
    const auto& list = value.get_array();
    if (list.empty() || list.size() > kRulePaths) {
      return wrong(pointer, "invalid_length", "give 1 to 20 paths");
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      path(rule, list[i], pointer + "/" + std::to_string(i));
    }
  }

  void date(FieldRule& rule, const json::object& object, const std::string& pointer) {
    const json::value* format = object.if_contains("date");
    const json::value* zone = object.if_contains("zone");
    if (!format || !format->is_string() || object.size() != (zone ? 2u : 1u) ||
        (zone && !zone->is_string())) {
      return wrong(pointer, "unknown_transform", "expected {\"date\": format, \"zone\"?: zone}");
    }
    Transform transform{Transform::Kind::kDate, std::string(format->get_string()), {}};
    if (transform.format != "iso" && transform.format != "unix") {
      if (const auto ok = check_time_pattern(transform.format); !ok) {
        return wrong(pointer + "/date", ok.error().code, ok.error().message);
      }
    }
    if (zone) {
      transform.zone = zone->get_string();
      if (const auto ok = check_time_zone(transform.zone); !ok) {
        return wrong(pointer + "/zone", ok.error().code, ok.error().message);
      }
    }
    rule.transforms.push_back(std::move(transform));
  }

  void transforms(FieldRule& rule, const json::value& value, const std::string& pointer) {
    if (!value.is_array() || value.get_array().size() > kRuleTransforms) {
      return wrong(pointer, "not_a_list", "transforms are a list of at most 10");
    }
    for (std::size_t i = 0; i < value.get_array().size(); ++i) {
      const auto& step = value.get_array()[i];
      const std::string own = pointer + "/" + std::to_string(i);
      if (step.is_object()) {
        date(rule, step.get_object(), own);
        continue;
      }
      const auto it = std::find_if(kTransforms.begin(), kTransforms.end(), [&](const auto& known) {
        return step.is_string() && known.first == std::string_view(step.get_string());
      });
      if (it == kTransforms.end()) {
        wrong(
            own, "unknown_transform",
            "a transform is trim, lower, phone, email, money_major, money_minor or {\"date\": …}");
      } else {
        rule.transforms.push_back({it->second, {}, {}});
      }
    }
  }

  void rule(FieldRule& rule, const json::value& value, const std::string& pointer) {
    if (!value.is_object()) return paths(rule, value, pointer);
    for (const auto& [key, member] : value.get_object()) {
      const std::string own = pointer + "/" + std::string(key);
      if (key == "path" || key == "first_of") {
        paths(rule, member, own);
      } else if (key == "constant" && member.is_string()) {
        rule.constant = std::string(member.get_string());
      } else if (key == "transforms") {
        transforms(rule, member, own);
      } else {
        wrong(own, "unknown_member", "a rule has path or first_of, constant, transforms");
      }
    }
    if (rule.paths.empty() && !rule.constant) {
      wrong(pointer, "required", "a rule needs a path or a constant");
    }
  }
};

bool is_target(std::string_view name) {
  if (std::find(kTargets.begin(), kTargets.end(), name) != kTargets.end()) return true;
  for (const std::string_view prefix : {"utm_", "answers."}) {
    if (name.starts_with(prefix) && name.size() > prefix.size() && name.size() <= 200) return true;
  }
  return false;
}

}  // namespace

Result<FieldMapping> FieldMapping::parse(const json::value& value, const std::string& pointer) {
  Reader reader;
  FieldMapping mapping;
  if (!value.is_object()) {
    reader.wrong(pointer, "not_an_object", "fields is an object of our field → theirs");
  } else if (value.get_object().size() > kMappingRules) {
    reader.wrong(pointer, "invalid_length", "at most 100 fields are mapped");
  } else {
    for (const auto& [key, member] : value.get_object()) {
      FieldRule rule{std::string(key), {}, {}, {}};
      const std::string own = pointer + pointer_step(key);
      if (!is_target(key)) {
        reader.wrong(own, "unknown_field",
                     "Dealog has no such field; use name, phone, email, comment, amount, …, "
                     "utm_… or answers.…");
      }
      reader.rule(rule, member, own);
      mapping.rules.push_back(std::move(rule));
    }
  }
  if (reader.errors.empty()) return mapping;
  return fail(Error{ErrorKind::kInvalid, "invalid_settings", "the mapping of fields has mistakes",
                    std::move(reader.errors)});
}

json::object FieldMapping::to_json() const {
  json::object out;
  for (const auto& rule : rules) {
    json::object object;
    json::array paths, transforms;
    for (const auto& path : rule.paths) paths.emplace_back(path.text);
    if (!paths.empty()) object["first_of"] = std::move(paths);
    if (rule.constant) object["constant"] = *rule.constant;
    for (const auto& step : rule.transforms) {
      if (step.kind == Transform::Kind::kDate) {
        json::object date{{"date", step.format}};
        if (!step.zone.empty()) date["zone"] = step.zone;
        transforms.emplace_back(std::move(date));
        continue;
      }
      const auto it = std::find_if(kTransforms.begin(), kTransforms.end(),
                                   [&](const auto& known) { return known.second == step.kind; });
      transforms.emplace_back(it->first);
    }
    if (!transforms.empty()) object["transforms"] = std::move(transforms);
    out[rule.target] = std::move(object);
  }
  return out;
}

}  // namespace dealog::connectors
