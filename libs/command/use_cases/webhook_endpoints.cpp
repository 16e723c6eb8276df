#include "libs/command/use_cases/webhook_endpoints.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "dealog/v1/effect_events.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/domain/rule/rule.hpp"

namespace dealog::use_cases {
namespace {

namespace json = boost::json;

template <class Command>
Result<void> change(Unit& unit, const EndpointId& id, const Command& command) {
  const auto* state = TRY(unit.load<endpoint::State>(id.text()));
  unit.emit(id.text(), TRY(endpoint::decide(*state, command, unit.language())));
  return {};
}

json::value or_null(std::string text) {
  return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

json::value money_json(const Money& money) {
  if (money.currency.empty()) return nullptr;
  return {{"amount", money.decimal()}, {"currency", std::string(money.currency.code())}};
}

// {"type","timestamp","data"}, as Standard Webhooks wants it. Nothing that is sealed.
std::string body_of(const CallOfRule& call, const deal::State& deal, Timestamp now) {
  const auto* contact = deal.contact();
  const json::value body{
      {"type", "rule.fired"},
      {"timestamp", now.rfc3339()},
      {"data",
       {{"rule",
         {{"id", rule::id_of(call.pipeline, call.rule).text()},
          {"code", call.rule},
          {"version", call.regulation_version}}},
        {"deal",
         {{"id", call.deal.text()},
          {"pipeline", deal.pipeline},
          {"stage", deal.stage()},
          {"outcome", std::string(deal::outcome_name(deal.outcome))},
          {"amount", money_json(deal.amount)},
          {"balance", money_json(deal.balance())},
          {"owner", or_null(deal.owner.is_nil() ? "" : deal.owner.text())},
          {"person", or_null(contact == nullptr ? "" : contact->person.text())},
          {"company", or_null(deal.company.is_nil() ? "" : deal.company.text())}}}}}};
  return json::serialize(body);
}

}  // namespace

std::string new_secret() {
  return std::string(endpoint::kSecretPrefix) + to_base64(random_bytes(endpoint::kSecretBytes));
}

Result<EndpointId> create_endpoint(Unit& unit, const endpoint::CreateEndpoint& command) {
  if (TRY(unit.hold_tag(endpoint::code_tag(command.code)))) {
    return refuse(unit.language(), ErrorKind::kConflict, "endpoint_exists",
                  "адрес с таким кодом уже есть", "another endpoint has this code");
  }
  const auto id = unit.new_id<EndpointId>("endpoint");
  TRY(change(unit, id, command));
  return id;
}

Result<void> change_endpoint(Unit& unit, const EndpointId& id,
                             const endpoint::ChangeEndpoint& command) {
  return change(unit, id, command);
}

Result<void> rotate_secret(Unit& unit, const EndpointId& id,
                           const endpoint::RotateSecret& command) {
  const auto* state = TRY(unit.load<endpoint::State>(id.text()));
  unit.emit(id.text(), TRY(endpoint::decide(*state, command, unit.now(), unit.language())));
  return {};
}

Result<void> disable_endpoint(Unit& unit, const EndpointId& id, std::string_view reason) {
  return change(unit, id, endpoint::DisableEndpoint{std::string(reason)});
}

Result<void> enable_endpoint(Unit& unit, const EndpointId& id) {
  return change(unit, id, endpoint::EnableEndpoint{});
}

Result<void> plan_webhook(Unit& unit, const CallOfRule& call, std::size_t cause) {
  const auto created = TRY(unit.last_with_tag(endpoint::code_tag(call.endpoint)));
  if (!created) {
    return refuse(unit.language(), ErrorKind::kUnprocessable, "endpoint_not_found",
                  fmt::format("нет адреса для вебхуков {}", quoted(call.endpoint)),
                  fmt::format("there is no endpoint {}", quoted(call.endpoint)));
  }
  const auto* deal = TRY(unit.glance<deal::State>(call.deal.text()));
  const effect::PlanEffect plan{.channel = effect::Channel::kWebhook,
                                .kind = "call_webhook",
                                .trigger = call.trigger,
                                .deal = call.deal.text(),
                                .rule = call.rule,
                                .pipeline = call.pipeline,
                                .endpoint = created->stream,
                                .text = body_of(call, *deal, unit.now())};
  const auto id =
      unit.computed_id<EffectId>(fmt::format("effect/{}/{}", call.place, plan.endpoint));
  unit.emit(id.text(), {effect::plan(plan)}, cause);
  return {};
}

Result<void> retry_dead_letter(Unit& unit, const EffectId& id) {
  const auto* state = TRY(unit.load<effect::State>(id.text()));
  if (effect::needs_a_person(state->status) && !state->endpoint.empty()) {
    const auto* endpoint = TRY(unit.load<endpoint::State>(state->endpoint));
    if (!endpoint->disabled.empty()) {
      return refuse(unit.language(), ErrorKind::kConflict, "endpoint_disabled",
                    "адрес отключён; сначала включите его: POST /v1/webhook-endpoints/" +
                        state->endpoint + "/enable",
                    "the endpoint is disabled; enable it first: POST /v1/webhook-endpoints/" +
                        state->endpoint + "/enable");
    }
  }
  return retry_effect(unit, id);
}

Result<std::size_t> replay_endpoint(Unit& unit, const EndpointId& id, Position after,
                                    const std::vector<EffectId>& effects) {
  const auto* state = TRY(unit.load<endpoint::State>(id.text()));
  if (!state->exists()) TRY(enable_endpoint(unit, id));  // says what is wrong
  std::size_t count = 0;
  for (const EffectId& effect : effects) {
    const auto* known = TRY(unit.load<effect::State>(effect.text()));
    const bool ended =
        effect::needs_a_person(known->status) || known->status == effect::Status::kDelivered;
    if (!ended || known->endpoint != id.text()) continue;
    TRY(retry_effect(unit, effect, true));
    ++count;
  }
  v1::WebhookReplayRequested event;
  event.set_after(after.value);
  event.set_effects(static_cast<std::uint32_t>(count));
  unit.emit(id.text(), {make_event(std::move(event))});
  return count;
}

}  // namespace dealog::use_cases
