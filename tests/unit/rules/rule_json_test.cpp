// A rule as JSON is a rule of a file: it can be published as it was shown.
#include "libs/rules/rule_json.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using ::testing::HasSubstr;
namespace json = boost::json;

std::string text_of(const std::vector<std::string>& rules) {
  std::string text = sound_text_with("custom_fields:\n",
                                     "custom_fields:\n  - {code: launch, title: {ru: Запуск, en: "
                                     "Launch}, type: date}\n") +
                     "rules:\n";
  for (const auto& rule : rules) text += "  - " + rule + "\n";
  return text;
}

// The same regulation with its rules written as they are shown. JSON is YAML in one line.
Regulation shown_and_read(const Regulation& regulation) {
  std::vector<std::string> rules;
  for (const Rule& rule : regulation.rules) {
    json::object shown = rule_json(rule, regulation);
    if (shown.at("once").is_null()) shown.erase("once");
    rules.push_back(json::serialize(shown));
  }
  return parsed_soundly(text_of(rules));
}

std::string rule_of(std::size_t number, std::string_view trigger, std::string_view actions,
                    std::string_view more = "") {
  return "{id: rule_" + std::to_string(number) +
         ", title: {ru: П, en: R}, mode: \"off\", trigger: " + std::string(trigger) +
         ", actions: [" + std::string(actions) + "]" + std::string(more) + "}";
}

constexpr std::string_view kTriggers[] = {
    "{deal: opened}",
    "{deal: won}",
    "{deal: lost}",
    "{deal: reopened}",
    "{stage_entered: [first, third]}",
    "{stage_left: any}",
    "{stage_reentered: second}",
    "{field_changed: any}",
    "{field_changed: custom.goal}",
    "{field_changed: {field: amount, from: 5.00 RUB, to: 10.50 RUB}}",
    "{field_changed: {field: work_type, to: site}}",
    "{touch: {kind: call, direction: [in, out], answers_customer: true}}",
    "{touch: {}}",
    "{task_completed: any}",
    "{quote: sent}",
    "{discount: over_policy}",
    "{invoice: paid}",
    "{invoice: {kind: [final, interim], state: issued}}",
    "{payment: received}",
    "{payment: unmatched}",
    "{quote: viewed}",
    "{quote: expired}",
    "{incoming_webhook: [shipped, paid_elsewhere]}",
    "{no_answer: 15 business minutes}",
    "{no_next_step: 36 hours}",
    "{task_overdue: call}",
    "{task_overdue: {kind: any, by: 2 business days}}",
    "{quote_silent: 1 week}",
    "{invoice_overdue: {kind: final, by: 90 minutes}}",
    "{deadline: expected_close_date}",
    "{deadline: {field: custom.launch, before: 3 business days, at: \"09:30\"}}",
    "{deadline: {field: custom.launch, after: 1 day}}",
    "{schedule: \"0 9 * * 1-5\"}",
    "{schedule: {cron: \"*/15 8-18 * * mon\", zone: Asia/Omsk}}"};

constexpr std::string_view kActions[] = {
    "{create_task: {kind: call, title: {ru: З, en: C}, due: 2 hours, when: {not: {touch: {kind: "
    "call}}}}}",
    "{complete_tasks: any}",
    "{complete_tasks: [call, email]}",
    "{reschedule_task: {kind: call, due: 1 business day}}",
    "{move_to: second}",
    "{set_field: {field: amount, value: 5.00 RUB}}",
    "{set_field: {field: custom.pages, value: 3}}",
    "{set_field: {field: custom.goal, value: \"3\"}}",
    "{set_field: {field: expected_close_date, value: 2026-12-31}}",
    "{assign: {to: usr_00000000000000000000000000000001}}",
    "{assign: {round_robin: seller}}",
    "{assign: {least_loaded: [seller, supervisor]}}",
    "{add_participant: {person: touch, role: payer}}",
    "{request_approval: discount}",
    "{lose: price}",
    "{notify: {to: [deal_owner, supervisor], text: {ru: \"Т \\\"а\\\"\", en: T}, mail: true}}",
    "{send_mail: {to: customer, subject: {ru: С, en: S}, text: {ru: \"а\\nб\", en: \"a: #b\"}}}",
    "{send_message: {to: participants, text: {ru: Т, en: T}}}",
    "{send_quote: {subject: {ru: С, en: S}, text: {ru: Т, en: T}}}",
    "{send_invoice: {subject: {ru: С, en: S}, text: {ru: Т, en: T}}}",
    "{draft_quote: {lines: [{title: {ru: \"{deal.title}\", en: T}}, {product: hosting, quantity: "
    "1.5, "
    "price: 10.00 RUB, discount: 5 %}], valid_for: 14 days, prepayment: 30 %}}",
    "{issue_invoice: final}",
    "{issue_invoice: {kind: interim, share: 30 %, due: 5 days}}",
    "{send_invitation: {to: customer, subject: {ru: С, en: S}, text: {ru: Т, en: T}}}",
    "{notify: {to: \"team:north\", text: {ru: Т, en: T}, telegram: true}}",
    "{call_webhook: crm}",
    "{start_pipeline: care}",
    "{start_pipeline: {pipeline: care, title: {ru: Т, en: T}}}"};

constexpr std::string_view kConditions[] = {
    "{field: amount}",
    "{field: amount, at_least: 60000.00 RUB, message: {ru: Мало, en: Too little}}",
    "{field: custom.goal, code: goal_known}",
    "{field: work_type, one_of: [site]}",
    "{field: custom.launch, less: 2026-12-31}",
    "{touch: {kind: meeting, outcome: held, since_entering_stage: true}}",
    "{task: {kind: call, open: false, with: [due, place]}}",
    "{quote: sent}",
    "{invoice: paid}",
    "{invoice: {kind: prepayment, state: sent}}",
    "{document: contract}",
    "{document: {kind: acceptance, signed: true}}",
    "{acknowledgement: production}",
    "{participant: payer}",
    "{discount: within_policy}",
    "{discount: 10 %}",
    "{paid: required_prepayment}",
    "{paid: 33.5 %}",
    "{balance: cleared}",
    "{all: [{field: title}, {any: [{field: owner}, {not: {field: company}}]}]}"};

TEST(RuleJson, OfEveryTriggerIsReadAsTheSameRule) {
  std::vector<std::string> rules;
  for (const auto trigger : kTriggers) {
    rules.push_back(rule_of(rules.size(), trigger, "{call_webhook: crm}"));
  }
  const Regulation regulation = parsed_soundly(text_of(rules));
  const Regulation again = shown_and_read(regulation);
  ASSERT_EQ(again.rules.size(), regulation.rules.size());
  for (std::size_t i = 0; i < again.rules.size(); ++i) {
    EXPECT_EQ(again.rules[i], regulation.rules[i]) << kTriggers[i];
  }
}

TEST(RuleJson, OfEveryActionIsReadAsTheSameRule) {
  std::vector<std::string> rules;
  for (const auto action : kActions) {
    rules.push_back(rule_of(rules.size(), "{deal: opened}", action));
  }
  rules.push_back(rule_of(rules.size(), "{deal: opened}",
                          "{move_to: third}, {wait: 2 business days}, {move_to: first}"));
  rules.push_back(rule_of(rules.size(), "{deal: opened}",
                          "{wait: {until: {touch: {kind: call, direction: in}}, at_most: 2 days}}, "
                          "{move_to: second}, {wait: {until: {quote: viewed}, at_most: 1 day, "
                          "on_timeout: stop}}, {move_to: third}"));
  const Regulation regulation = parsed_soundly(text_of(rules));
  const Regulation again = shown_and_read(regulation);
  ASSERT_EQ(again.rules.size(), regulation.rules.size());
  for (std::size_t i = 0; i < again.rules.size(); ++i) {
    EXPECT_EQ(again.rules[i], regulation.rules[i]) << rules[i];
  }
}

TEST(RuleJson, OfEveryConditionAndLimitIsReadAsTheSameRule) {
  std::vector<std::string> rules;
  for (const auto condition : kConditions) {
    rules.push_back(rule_of(rules.size(), "{deal: opened}", "{move_to: second}",
                            ", conditions: [" + std::string(condition) + "]"));
  }
  for (const auto limit :
       {", once: visit", ", once: deal", ", once: 7 days, late: skip", ", late: run",
        ", late: 2 business hours", ", calendar: owner, pause: owner_absent"}) {
    rules.push_back(rule_of(rules.size(), "{no_next_step: 1 day}", "{move_to: second}", limit));
  }
  const Regulation regulation = parsed_soundly(text_of(rules));
  const Regulation again = shown_and_read(regulation);
  ASSERT_EQ(again.rules.size(), regulation.rules.size());
  for (std::size_t i = 0; i < again.rules.size(); ++i) {
    EXPECT_EQ(again.rules[i], regulation.rules[i]) << rules[i];
  }
}

TEST(RuleJson, IsInTheFormOfTheFile) {
  const Regulation regulation = parsed_soundly(
      text_of({rule_of(0, "{quote_silent: 3 business days}",
                       "{create_task: {kind: call, title: {ru: З, en: C}, due: 90 minutes}}",
                       ", conditions: [{field: amount, at_least: 5.00 RUB}], once: visit")}));
  EXPECT_EQ(json::serialize(rule_json(regulation.rules[0], regulation)),
            R"({"id":"rule_0","title":{"ru":"П","en":"R"},"mode":"off",)"
            R"("trigger":{"quote_silent":"3 business days"},)"
            R"("conditions":[{"field":"amount","at_least":"5.00 RUB"}],"once":"visit",)"
            R"("late":"run","calendar":"company","pause":"never",)"
            R"("actions":[{"create_task":{"kind":"call",)"
            R"("title":{"ru":"З","en":"C"},"due":"90 minutes"}}]})");
}

TEST(RuleJson, OfTheShippedRegulationIsReadAsTheSameRules) {
  const Regulation regulation = parsed_soundly(shipped("web-studio.yaml"));
  std::string text = shipped("web-studio.yaml");
  text.resize(text.find("\nrules:\n") + 8);
  for (const Rule& rule : regulation.rules) {
    json::object shown = rule_json(rule, regulation);
    if (shown.at("once").is_null()) shown.erase("once");
    text += "  - " + json::serialize(shown) + "\n";
  }
  EXPECT_EQ(parsed_soundly(text).rules, regulation.rules);
}

}  // namespace
}  // namespace dealog::rules
