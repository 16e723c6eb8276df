#include "services/api/render/json.hpp"

namespace dealog::api {

json::value render(const Money& money) {
  if (money.currency.empty()) return nullptr;
  return json::object{{"amount", money.decimal()}, {"currency", money.currency.code()}};
}

json::value render(const std::optional<Money>& money) {
  return money ? render(*money) : json::value(nullptr);
}

json::array render(const std::vector<Money>& amounts) {
  json::array out;
  for (const Money& amount : amounts) out.push_back(render(amount));
  return out;
}

json::value render(Timestamp time) {
  return time.is_zero() ? json::value(nullptr) : json::value(json::string(time.rfc3339()));
}

json::value render(const std::optional<Timestamp>& time) {
  return time ? render(*time) : json::value(nullptr);
}

json::value render(const SealedText& text) {
  if (text.is_shown()) return json::string(text.value);
  return veil(text.state);
}

json::value veil(TextState state) {
  switch (state) {
    case TextState::kMasked:
      return json::object{{"masked", true}};
    case TextState::kErased:
      return json::object{{"erased", true}};
    case TextState::kLost:
      return json::object{{"key_lost", true}};
    case TextState::kAbsent:
    case TextState::kShown:
      return nullptr;
  }
  return nullptr;
}

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

std::string decimal_text(std::int64_t units, int digits) {
  const bool negative = units < 0;
  std::string text = std::to_string(negative ? -units : units);
  const auto places = static_cast<std::size_t>(digits);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  text.insert(text.size() - places, 1, '.');
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return negative ? "-" + text : text;
}

}  // namespace dealog::api
