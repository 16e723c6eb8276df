#include "services/api/render/effect.hpp"

#include "libs/domain/rule/rule.hpp"
#include "services/api/render/json.hpp"

namespace dealog::api {

json::object render(const views::Effect& effect) {
  json::value rule = nullptr;
  if (!effect.rule.empty()) {
    rule = {{"id", rule::id_of(effect.pipeline, effect.rule).text()}, {"code", effect.rule}};
  }
  return {{"id", effect.id},
          {"channel", effect.channel},
          {"kind", effect.kind},
          {"status", effect.status},
          {"deal", or_null(effect.deal)},
          {"rule", std::move(rule)},
          {"person", or_null(effect.person)},
          {"user", or_null(effect.user)},
          {"endpoint", or_null(effect.endpoint)},
          {"document", or_null(effect.document)},
          {"attempts", effect.attempts},
          {"reason", or_null(effect.reason)},
          {"answer", effect.answer == 0 ? json::value(nullptr) : json::value(effect.answer)},
          {"planned_at", effect.planned_at.rfc3339()},
          {"next_at", render(effect.next_at)},
          {"ended_at", render(effect.ended_at)},
          {"position", effect.position.value},
          {"title", render(effect.title)},
          {"text", render(effect.text)}};
}

}  // namespace dealog::api
