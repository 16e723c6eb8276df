#include "libs/connectors/arrival_settings.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libs/base/id.hpp"
#include "libs/base/text.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;

constexpr std::size_t kMapEntries = 500;
constexpr std::size_t kNameBytes = 200;
constexpr std::size_t kAddresses = 200;
constexpr int kMaxCallBackMinutes = 7 * 24 * 60;
constexpr int kMaxSilentHours = 366 * 24;

constexpr std::array<std::string_view, 9> kNames = {
    "newcomers",          "known",         "call_back_minutes",
    "silent_after_hours", "users",         "stages",
    "lost_reason",        "our_addresses", "files"};

// One of two words.
std::string read_choice(const json::value& value, std::string_view no, std::string_view yes,
                        bool& out) {
  const bool text = value.is_string();
  if (text && value.get_string() == no) {
    out = false;
  } else if (text && value.get_string() == yes) {
    out = true;
  } else {
    return std::string(no) + " or " + std::string(yes);
  }
  return {};
}

bool is_name(const json::value& value) {
  return value.is_string() && !value.get_string().empty() &&
         value.get_string().size() <= kNameBytes;
}

bool read_names(const json::value& value, std::map<std::string, std::string>& out,
                bool (*valid)(std::string_view)) {
  if (!value.is_object() || value.get_object().size() > kMapEntries) return false;
  std::map<std::string, std::string> names;
  for (const auto& [name, member] : value.get_object()) {
    if (name.empty() || name.size() > kNameBytes || !is_name(member)) return false;
    if (!valid(std::string_view(member.get_string()))) return false;
    names[to_lower_ascii(name)] = std::string(member.get_string());
  }
  out = std::move(names);
  return true;
}

bool read_addresses(const json::value& value, std::vector<std::string>& out) {
  if (!value.is_array() || value.get_array().size() > kAddresses) return false;
  std::vector<std::string> addresses;
  for (const auto& member : value.get_array()) {
    if (!is_name(member)) return false;
    const std::string_view address(member.get_string());
    if (!address.contains('@')) return false;
    addresses.push_back(to_lower_ascii(address));
  }
  out = std::move(addresses);
  return true;
}

}  // namespace

bool is_arrival_setting(std::string_view name) {
  return std::ranges::find(kNames, name) != kNames.end();
}

std::string read_arrival_setting(std::string_view name, const json::value& value,
                                 ArrivalSettings& out) {
  if (name == "newcomers") {
    return read_choice(value, "ignore", "open_deal", out.newcomers_open_deals);
  }
  if (name == "known") return read_choice(value, "touch", "open_deal", out.known_open_another);
  if (name == "files") return read_choice(value, "leave", "fetch", out.fetches_files);
  if (name == "users") {
    const auto is_user = [](std::string_view text) { return UserId::parse(text).has_value(); };
    if (read_names(value, out.users, is_user)) return {};
    return "an object from the sender's names of your people to usr_…";
  }
  if (name == "stages") {
    if (read_names(value, out.stages, [](std::string_view) { return true; })) return {};
    return "an object from the sender's stages to codes of stages here";
  }
  if (name == "our_addresses") {
    if (read_addresses(value, out.our_addresses)) return {};
    return "a list of addresses (sales@example.ru) and domains (@example.ru)";
  }
  if (name == "lost_reason") {
    if (!is_name(value)) return "the code of a loss reason";
    out.lost_reason = std::string(value.get_string());
    return {};
  }
  const bool silence = name == "silent_after_hours";
  const int most = silence ? kMaxSilentHours : kMaxCallBackMinutes;
  if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > most) {
    return fmt::format("whole {}, 0 to {}", silence ? "hours" : "minutes", most);
  }
  (silence ? out.silent_after_hours : out.call_back_minutes) = static_cast<int>(value.get_int64());
  return {};
}

std::string stage_here(const ArrivalSettings& settings, const StagePlace& place) {
  for (const auto& name : {place.pipeline + "/" + place.to, place.to}) {
    const auto found = settings.stages.find(to_lower_ascii(name));
    if (found != settings.stages.end()) return found->second;
  }
  return {};
}

bool lacks_stage(const ArrivalSettings& settings, const StagePlace& place) {
  return place.outcome.empty() && !place.to.empty() && stage_here(settings, place).empty();
}

Error stage_not_mapped(const StagePlace& place) {
  return {.kind = ErrorKind::kUnprocessable,
          .code = "stage_not_mapped",
          .message = fmt::format("stage {}/{} has no counterpart here: name it in the source's "
                                 "setting `stages`, then replay the delivery or import again",
                                 place.pipeline, place.to)};
}

void add_arrival_settings(json::object& out, const ArrivalSettings& settings) {
  const ArrivalSettings usual;
  if (!settings.newcomers_open_deals) out["newcomers"] = "ignore";
  if (settings.known_open_another) out["known"] = "open_deal";
  if (!settings.fetches_files) out["files"] = "leave";
  if (settings.call_back_minutes != usual.call_back_minutes) {
    out["call_back_minutes"] = settings.call_back_minutes;
  }
  if (settings.silent_after_hours != 0) out["silent_after_hours"] = settings.silent_after_hours;
  if (!settings.users.empty()) out["users"] = json::value_from(settings.users);
  if (!settings.stages.empty()) out["stages"] = json::value_from(settings.stages);
  if (settings.lost_reason != usual.lost_reason) out["lost_reason"] = settings.lost_reason;
  if (!settings.our_addresses.empty()) {
    out["our_addresses"] = json::value_from(settings.our_addresses);
  }
}

}  // namespace dealog::connectors
