#include "services/automation/telegram_channel.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/domain/person/person.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::automation {
namespace {

namespace json = boost::json;
using effect::Ending;
using effect::SettleEffect;

constexpr std::size_t kAnswerBytes = 64 * 1024;
// 4096 characters are taken; of four bytes each at most, so that none is cut in two.
constexpr std::size_t kTextBytes = 4096;

bool is_chat(std::string_view value) {
  return !value.empty() && value.size() <= 20 &&
         std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

Result<std::string> chat_of(const Folds& folds, const effect::State& state) {
  if (!state.user.empty()) {
    const auto user = TRY(folds.current<user::State>(state.user));
    return user->active ? user->telegram : std::string();
  }
  if (state.person.empty()) return std::string();
  const auto stream = TRY(use_cases::present_person(folds, state.person));
  const auto person = TRY(folds.current<person::State>(stream));
  for (const auto& contact : person->contacts) {
    if (contact.kind == "telegram" && is_chat(contact.value)) return contact.value;
  }
  return std::string();
}

// {"ok":false,"parameters":{"retry_after":7}}
std::optional<std::chrono::seconds> asked_patience(const std::string& body) {
  boost::system::error_code wrong;
  const auto parsed = json::parse(body, wrong);
  if (wrong) return std::nullopt;
  const auto* value = parsed.find_pointer("/parameters/retry_after", wrong);
  if (wrong || value == nullptr || !value->is_int64() || value->as_int64() < 0) return std::nullopt;
  return std::chrono::seconds(value->as_int64());
}

SettleEffect settled(const outbound::WebAnswer& answer) {
  SettleEffect out{.answer = answer.status, .reason = {}};
  if (answer.status == 200) return out;
  out.reason = answer.status == 403 ? "blocked" : fmt::format("status_{}", answer.status);
  const bool again = answer.status == 429 || answer.status >= 500;
  out.ending = again ? Ending::kAgain : Ending::kRefused;
  out.retry_after = asked_patience(answer.body);
  return out;
}

}  // namespace

SettleEffect TelegramChannel::send(const EffectId&, const effect::State& state) {
  const auto chat = chat_of(folds_, state);
  if (!chat) return {.ending = Ending::kAgain, .reason = chat.error().code};
  if (chat->empty()) return {.ending = Ending::kRefused, .reason = "no_chat"};
  const json::object body{{"chat_id", std::stoll(*chat)},
                          {"text", std::string(utf8_prefix(state.text, kTextBytes))}};
  const auto [answer, went_out] =
      clients_.send({.method = "POST",
                     .url = fmt::format("{}/bot{}/sendMessage", settings_.api_url, settings_.token),
                     .headers = {{"Content-Type", "application/json"}},
                     .body = json::serialize(body),
                     .answer_bytes = kAnswerBytes,
                     .stop = &stop_});
  if (answer) return settled(*answer);
  return {.ending = went_out ? Ending::kUnknown : Ending::kAgain, .reason = answer.error().code};
}

}  // namespace dealog::automation
