#include "services/automation/webhook_channel.hpp"

#include <fmt/format.h>

#include "libs/domain/endpoint/endpoint.hpp"
#include "libs/outbound/standard_webhooks.hpp"

namespace dealog::automation {
namespace {

using effect::Ending;
using effect::SettleEffect;

// Of the answer only its status counts; more is not read.
constexpr std::size_t kAnswerBytes = 64 * 1024;

// Every 2xx is a yes. Redirects are not followed: whoever moved says so to an administrator. Other
// refusals may be a mistake that is mended soon, so they are tried again; 410 is final.
SettleEffect settled(const outbound::WebAnswer& answer) {
  SettleEffect out{.answer = answer.status, .reason = {}, .retry_after = answer.retry_after};
  if (answer.status >= 200 && answer.status < 300) return out;
  out.ending = answer.status == 410 ? Ending::kRefused : Ending::kAgain;
  out.reason = answer.status == 429 ? "rate_limited" : fmt::format("status_{}", answer.status);
  return out;
}

}  // namespace

SettleEffect WebhookChannel::send(const EffectId& id, const effect::State& state) {
  const auto endpoint = folds_.current<endpoint::State>(state.endpoint);
  if (!endpoint) return {.ending = Ending::kAgain, .reason = endpoint.error().code};
  const Timestamp now = clock_.now();
  const std::string key = id.text();
  auto headers =
      outbound::webhook_headers(key, now, state.text, endpoint::signing_secrets(**endpoint, now));
  if (!headers) return {.ending = Ending::kRefused, .reason = headers.error().code};
  headers->emplace_back("Content-Type", "application/json");
  const auto [answer, went_out] = clients_.send({.method = "POST",
                                                 .url = (*endpoint)->url,
                                                 .headers = *std::move(headers),
                                                 .body = state.text,
                                                 .answer_bytes = kAnswerBytes,
                                                 .answer_timeout = kWebhookTimeout,
                                                 .stop = &stop_});
  if (answer) return settled(*answer);
  const Error& error = answer.error();
  if (went_out) return {.ending = Ending::kUnknown, .reason = error.code};
  // An address that may not be called does not become one by waiting: somebody should see it.
  const bool forbidden = error.kind == ErrorKind::kInvalid || error.code == "address_refused";
  return {.ending = forbidden ? Ending::kRefused : Ending::kAgain, .reason = error.code};
}

}  // namespace dealog::automation
