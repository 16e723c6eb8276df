#include "projections/leaks/silence.hpp"

#include <boost/json.hpp>

namespace dealog::views {

std::optional<Timestamp> silent_from(std::string_view settings_json, Timestamp last_heard) {
  boost::system::error_code error;
  const auto settings = boost::json::parse(settings_json, error);
  if (error || !settings.is_object()) return std::nullopt;
  const auto* hours = settings.get_object().if_contains("silent_after_hours");
  if (hours == nullptr || !hours->is_int64() || hours->get_int64() <= 0) return std::nullopt;
  return last_heard + std::chrono::hours(hours->get_int64());
}

}  // namespace dealog::views
