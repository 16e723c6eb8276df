// Regulations of a few rules, and what they left in the log.
#pragma once

#include <fmt/format.h>

#include "dealog/v1/intake_events.pb.h"
#include "tests/scenarios/office.hpp"
#include "tests/support/sample_regulation.hpp"

namespace dealog::scenario {

inline const std::string kHead = std::string(testing::kRegulationHead) + R"(stages:
  - code: first
    title: {ru: Один, en: One}
    moves: [second, third]
  - code: second
    title: {ru: Два, en: Two}
    exit:
      - field: amount
    moves: [third]
  - code: third
    title: {ru: Три, en: Three}
    wins_when:
      - balance: cleared
loss_reasons:
  - {code: price, title: {ru: Дорого, en: Price}}
rules:
)";

inline constexpr std::string_view kTask =
    "create_task: {kind: call, title: {ru: Звонок, en: Call}, due: 1 day}";

inline std::string regulation(std::initializer_list<std::string> rules) {
  std::string text = kHead;
  for (const auto& rule : rules) text += rule;
  return text;
}
inline std::string rule(std::string_view id, std::string_view trigger,
                        std::initializer_list<std::string_view> actions,
                        std::string_view mode = "live", std::string_view more = "") {
  std::string text = fmt::format(
      "  - id: {}\n    title: {{ru: Правило, en: Rule}}\n    mode: {}\n    trigger: {}\n{}"
      "    actions:\n",
      id, mode, trigger, more);
  for (const auto action : actions) text += fmt::format("      - {}\n", action);
  return text;
}

template <class M>
std::vector<M> payloads(Office& office) {
  std::vector<M> out;
  for (const auto& event : office.events(M::descriptor()->name())) {
    out.push_back(*event.template as<M>());
  }
  return out;
}

inline std::vector<std::string> skips(Office& office) {
  std::vector<std::string> out;
  for (const auto& m : payloads<v1::EffectSkipped>(office)) out.push_back(m.reason());
  return out;
}

}  // namespace dealog::scenario
