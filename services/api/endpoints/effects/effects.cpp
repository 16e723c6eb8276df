// /v1/effects, /v1/dead-letters, /v1/outbox
#include "libs/command/use_cases/effects.hpp"

#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "services/api/endpoints/effects.hpp"
#include "services/api/render/effect.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

Result<http::Response> show_effect(const Reading& rows, const EffectId& id) {
  const auto found = TRY(views::EffectsView(rows.context()).effect(id.text()));
  if (!found) return not_found(rows.language(), "effect", id.text());
  return http::Response::json(200, json::value(render(*found)));
}

json::value render_effects(const Page<views::Effect>& page) {
  return render_page(page, [](const views::Effect& effect) { return render(effect); });
}

// What `change` ((Unit&, EffectId) → Result<void>) makes of the effect of the path.
using Change = Result<void> (*)(Unit&, const EffectId&);
Answer change_effect(const Api& api, Session session, http::Request request, std::string_view name,
                     Change change) {
  const EffectId id = CO_TRY(part_of_path<EffectId>(request, "effect"));
  CO_TRY(read_nothing(request));
  const auto outcome =
      CO_TRY(co_await execute_plain(api, command_of(session, request, name, id.text()),
                                    [id, change](Unit& unit) { return change(unit, id); }));
  CO_TRY(co_await wait_for_position(api, outcome.last, request.deadline));
  auto shown = CO_TRY(
      co_await reading(api, session, [&](const Reading& rows) { return show_effect(rows, id); }));
  co_return written(std::move(shown), outcome);
}

bool is_set_up(const Api& api, effect::Channel channel) {
  if (channel == effect::Channel::kMail) return api.outbox.mail;
  return channel == effect::Channel::kWebhook || api.outbox.telegram;
}

}  // namespace

Answer list_dead_letters(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const std::string deal = text_of(in, "deal");
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::EffectsView(rows.context()).dead(deal, page));
    return http::Response::json(200, render_effects(found));
  });
}

Answer retry_dead_letter(const Api& api, Session session, http::Request request) {
  return change_effect(
      api, std::move(session), std::move(request), "retry_effect",
      [](Unit& unit, const EffectId& id) { return use_cases::retry_dead_letter(unit, id); });
}

Answer drop_dead_letter(const Api& api, Session session, http::Request request) {
  return change_effect(
      api, std::move(session), std::move(request), "drop_effect",
      [](Unit& unit, const EffectId& id) { return use_cases::drop_effect(unit, id); });
}

Answer list_effects(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const auto deal = in.optional_id<DealId>("deal");
  if (!deal) in.error("deal", "required", "нужна сделка", "a deal is expected");
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::EffectsView(rows.context()).of_deal(deal->text(), page));
    return http::Response::json(200, render_effects(found));
  });
}

Answer get_effect(const Api& api, Session session, http::Request request) {
  const EffectId id = CO_TRY(part_of_path<EffectId>(request, "effect"));
  CO_TRY(no_parameters(request));
  co_return co_await reading(api, session,
                             [&](const Reading& rows) { return show_effect(rows, id); });
}

Answer get_outbox(const Api& api, Session session, http::Request request) {
  CO_TRY(no_parameters(request));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const views::EffectsView view(rows.context());
    json::array items;
    for (const effect::Channel channel : effect::kChannels) {
      const std::string_view name = effect::name_of(channel);
      const auto backlog = TRY(view.backlog(name, api.outbox.backlog));
      items.push_back(json::object{{"channel", name},
                                   {"set_up", is_set_up(api, channel)},
                                   {"waiting", backlog.waiting},
                                   {"held", backlog.held}});
    }
    return http::Response::json(
        200, json::object{{"items", std::move(items)}, {"next_cursor", nullptr}});
  });
}

Answer release_outbox(const Api& api, Session session, http::Request request) {
  const std::string name(request.param("channel"));
  const auto channel = effect::channel_named(name);
  if (!channel || *channel == effect::Channel::kWebhook) {
    co_return refuse(session.language, ErrorKind::kNotFound, "channel_not_found",
                     "каналы, которые можно отпустить: mail, telegram",
                     "channels that may be released: mail, telegram");
  }
  CO_TRY(read_nothing(request));
  const auto outcome = CO_TRY(co_await execute_plain(
      api, command_of(session, request, "release_outbox", use_cases::backlog_stream(*channel)),
      [channel](Unit& unit) { return use_cases::release_backlog(unit, *channel); }));
  co_return written(http::Response::no_content(), outcome);
}

}  // namespace dealog::api
