// What rules send: texts with fields, whom they may go to, how often and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rules/describe.hpp"
#include "libs/rules/message_text.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string shouted(std::string_view name) { return "<" + std::string(name) + ">"; }

TEST(MessageText, FillsInItsFields) {
  EXPECT_EQ(fill_in("Dear {person.name}, {deal.title}!", shouted),
            "Dear <person.name>, <deal.title>!");
  EXPECT_EQ(fill_in("{{as it is}} }", shouted), "{as it is} }");
  EXPECT_EQ(fill_in("", shouted), "");
  // What a value holds is not filled in again.
  EXPECT_EQ(fill_in("{deal.title}", [](std::string_view) { return "{person.name}"; }),
            "{person.name}");
}

TEST(MessageText, NamesAFieldThatThereIsNot) {
  EXPECT_EQ(unknown_field("{person.name} {{x}}"), std::nullopt);
  EXPECT_EQ(unknown_field("{person.nmae}"), "person.nmae");
  EXPECT_EQ(unknown_field("a {person.name"), "{person.name");
}

std::string with_action(std::string_view action, std::string_view more = "") {
  return std::string(kSoundText) + std::string(more) +
         "\nrules:\n  - id: write\n    title: {ru: Письмо, en: Mail}\n    mode: live\n"
         "    trigger: {deal: won}\n    actions:\n      - " +
         std::string(action) + "\n";
}
std::string mistake(const std::string& text) {
  const auto parsed = parse_regulation(text);
  return parsed.issues.empty() ? "" : parsed.issues[0].path + ": " + parsed.issues[0].message;
}

TEST(Messages, AreReadAndTold) {
  const Regulation regulation =
      parsed_soundly(with_action("send_mail: {to: [customer, supervisor], subject: "
                                 "{ru: Спасибо, en: Thanks}, text: {ru: Т, en: T}}"));
  const Rule& rule = regulation.rules.at(0);
  const RuleAction& action = rule.actions.at(0);
  EXPECT_EQ(action.kind, ActionKind::kSendMail);
  EXPECT_THAT(action.codes, ElementsAre("customer", "supervisor"));
  EXPECT_TRUE(reaches_customer(action));
  EXPECT_THAT(describe_rule(rule, Language::kEn, regulation),
              HasSubstr("send a mail (the customer"));
  // A customer is not surprised by what was due last week.
  EXPECT_EQ(rule.late.kind, LatePolicy::Kind::kRunWithin);
  EXPECT_EQ(rule.late.within.amount, 24h);
}

TEST(Messages, HaveTheFieldsThatAreThereThen) {
  EXPECT_THAT(mistake(with_action("send_mail: {to: customer, subject: {ru: С, en: S}, "
                                  "text: {ru: '{document.link}', en: T}}")),
              HasSubstr("there is no field 'document.link' to fill in here"));
  EXPECT_THAT(
      mistake(with_action("start_pipeline: {pipeline: care, title: {ru: '{owner.name}', en: T}}")),
      HasSubstr("there is no field 'owner.name' to fill in here; expected deal.title"));
  EXPECT_EQ(mistake(with_action("send_quote: {subject: {ru: '{document.number}', en: S}, "
                                "text: {ru: '{document.link}', en: T}}")),
            "");
}

TEST(Messages, ToColleaguesAreNeverTooLate) {
  const auto rule =
      parsed_soundly(with_action("send_message: {to: deal_owner, text: {ru: Т, en: T}}"))
          .rules.at(0);
  EXPECT_FALSE(reaches_customer(rule.actions.at(0)));
  EXPECT_EQ(rule.late.kind, LatePolicy::Kind::kRun);
}

TEST(Messages, OfPapersGoToTheCustomer) {
  for (const std::string_view kind : {"send_quote", "send_invoice"}) {
    const auto rule = parsed_soundly(with_action(std::string(kind) +
                                                 ": {subject: {ru: '{document.number}', en: x}, "
                                                 "text: {ru: Т, en: T}}"))
                          .rules.at(0);
    EXPECT_TRUE(reaches_customer(rule.actions.at(0))) << kind;
  }
}

TEST(Messages, WithMistakesAreRefused) {
  EXPECT_EQ(mistake(with_action("send_mail: {to: nobody, subject: {ru: x, en: x}, text: {ru: x, "
                                "en: x}}"))
                .find("rules[0].actions[0].send_mail.to: unknown role or user 'nobody'"),
            0u);
  EXPECT_THAT(
      mistake(with_action("send_mail: {to: customer, subject: {ru: '{deal.titel}', en: x}, "
                          "text: {ru: x, en: x}}")),
      HasSubstr("there is no field 'deal.titel' to fill in here; did you mean 'deal.title'?"));
  EXPECT_THAT(mistake(with_action("send_mail: {to: customer, text: {ru: x, en: x}}")),
              HasSubstr("subject"));
  EXPECT_THAT(mistake(with_action("call_webhook: 'Not a code'")), HasSubstr("call_webhook"));
}

TEST(Mailings, AreReadAndChecked) {
  const auto mailings = parsed_soundly(with_action("call_webhook: crm",
                                                   "mailings:\n  at_most: {count: 3, per: 7 days}\n"
                                                   "  quiet_hours: \"21:00-09:00\"\n"))
                            .mailings;
  EXPECT_EQ(mailings.at_most, 3u);
  EXPECT_EQ(mailings.per.amount, 7 * 24h);
  EXPECT_EQ(mailings.quiet->from, 21h);
  EXPECT_THAT(mistake(with_action("call_webhook: crm", "mailings: {quiet_hours: night}\n")),
              HasSubstr("expected hours such as"));
  EXPECT_THAT(
      mistake(with_action("call_webhook: crm", "mailings: {at_most: {count: 0, per: 1 day}}\n")),
      HasSubstr("a number from 1"));
}

TEST(Mailings, QuietHoursEndInTheMorningOfTheCustomersZone) {
  const Mailings mailings{.quiet = WorkingHours{21h, 9h}};
  const auto until = [&](std::string_view now, std::string_view zone) {
    const auto end = quiet_until(mailings, Timestamp::parse(now).value(), zone);
    return end ? end->rfc3339().substr(0, 16) : std::string();
  };
  EXPECT_EQ(until("2026-03-17T12:00:00Z", "Europe/Moscow"), "");
  EXPECT_EQ(until("2026-03-17T18:00:00Z", "Europe/Moscow"), "2026-03-18T06:00");
  EXPECT_EQ(until("2026-03-17T23:30:00Z", "Europe/Moscow"), "2026-03-18T06:00");
  EXPECT_EQ(until("2026-03-17T12:00:00Z", "Asia/Vladivostok"), "2026-03-17T23:00");
  // The night in which the clocks are put forward is an hour shorter.
  EXPECT_EQ(until("2026-03-28T22:00:00Z", "Europe/Berlin"), "2026-03-29T07:00");
  const Mailings lunch{.quiet = WorkingHours{12h, 14h}};
  EXPECT_TRUE(quiet_until(lunch, Timestamp::parse("2026-03-17T13:00:00Z").value(), "UTC"));
  EXPECT_FALSE(quiet_until(lunch, Timestamp::parse("2026-03-17T14:00:00Z").value(), "UTC"));
  EXPECT_FALSE(quiet_until(Mailings{}, Timestamp{1}, "UTC"));
}

}  // namespace
}  // namespace dealog::rules
