// Rules in force and the deals that they listen to. Shared by the tests of triggers.
#pragma once

#include <fmt/format.h>

#include "libs/rules/regulation.hpp"
#include "projections/automation/rules_view.hpp"
#include "tests/unit/projections/deals_fixture.hpp"

namespace dealog::views {

inline constexpr std::string_view kHead = R"(code: web-studio
title: {ru: Студия, en: Studio}
currency: RUB
calendar:
  time_zone: Europe/Berlin
  week:
    monday: ["09:00-18:00"]
    tuesday: ["09:00-18:00"]
    wednesday: ["09:00-18:00"]
    thursday: ["09:00-18:00"]
    friday: ["09:00-18:00"]
stages:
  - code: incoming
    title: {ru: Заявка, en: Lead}
    moves: [meeting]
  - code: meeting
    title: {ru: Встреча, en: Meeting}
    wins_when:
      - balance: cleared
loss_reasons:
  - {code: price, title: {ru: Дорого, en: Price}}
rules:
)";

inline std::string rule(std::string_view id, std::string_view trigger,
                        std::string_view mode = "live") {
  return fmt::format(R"(  - id: {}
    title: {{ru: Правило, en: Rule}}
    mode: {}
    trigger: {}
    actions:
      - notify: {{to: deal_owner, text: {{ru: Смотри, en: Look}}}}
)",
                     id, mode, trigger);
}

class Rules : public Deals {
 protected:
  // 10:00 on a Monday in Berlin.
  void SetUp() override { at_time("2026-03-02T09:00:00Z"); }
  void at_time(std::string_view instant) { history_.clock().set(time_of(instant)); }
  void publish(const std::string& text) {
    v1::RegulationPublished m;
    m.set_pipeline("web-studio");
    m.set_version(++version_);
    m.set_yaml(std::string(kHead) + text);
    EXPECT_TRUE(rules::parse_regulation(m.yaml()).sound()) << text;
    given("pip_web-studio", m);
  }
  // Codes of the rules that are due then, each with what it is about.
  std::vector<std::string> due(std::string_view instant = {}) {
    const auto context = instant.empty() ? now() : at(time_of(instant));
    std::vector<std::string> out;
    for (const auto& pending : must(RulesView(context).due(1000))) {
      out.push_back(pending.rule + (pending.about.empty() ? "" : " " + pending.about));
    }
    return out;
  }
  std::optional<Timestamp> next() {
    const auto context = now();
    return must(RulesView(context).next_due());
  }
  PendingRule only_due() {
    const auto context = now();
    const auto all = must(RulesView(context).due(10));
    EXPECT_EQ(all.size(), 1u);
    return all.at(0);
  }
  std::string lead() { return open("Site"); }
  std::string invoice(const std::string& deal, std::int64_t minor, Timestamp overdue) {
    v1::InvoiceIssued m;
    m.set_invoice(history_.make_id<InvoiceId>());
    m.set_kind("prepayment");
    set_money(*m.mutable_amount(), minor);
    m.set_overdue_at(overdue.us);
    given(deal, m);
    return m.invoice();
  }
  void pay(const std::string& deal, const std::string& invoice, std::int64_t minor) {
    v1::PaymentAllocated m;
    m.set_payment("pay_1");
    m.set_invoice(invoice);
    set_money(*m.mutable_amount(), minor);
    given(deal, m);
  }

  std::uint64_t version_ = 0;
};

}  // namespace dealog::views
