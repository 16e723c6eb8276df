// Rules as sentences: titles and names instead of codes, time as people say it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rules/describe.hpp"
#include "libs/rules/time_text.hpp"
#include "tests/unit/rules/known_elsewhere.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using ::testing::HasSubstr;

Regulation with(std::string_view trigger, std::string_view actions, std::string_view more = "") {
  return parsed_soundly(std::string(kSoundText) +
                        "rules:\n  - id: one\n    title: {ru: П, en: R}\n" +
                        "    mode: live\n    trigger: " + std::string(trigger) + "\n" +
                        std::string(more) + "    actions:\n" + std::string(actions));
}
constexpr std::string_view kMove = "      - move_to: second\n";

std::string en(const Regulation& regulation) {
  return describe_rule(regulation.rules.at(0), Language::kEn, regulation);
}
std::string ru(const Regulation& regulation) {
  return describe_rule(regulation.rules.at(0), Language::kRu, regulation);
}

TEST(RuleWords, TellWhoseTimeItIsAndWhichSkillIsAskedFor) {
  const Regulation regulation =
      with("{deal: opened}", "      - assign: {round_robin: seller, skill: work_type}\n",
           "    calendar: owner\n    pause: owner_absent\n");
  EXPECT_THAT(en(regulation), HasSubstr("with the skill named by the type of work."));
  EXPECT_THAT(en(regulation), HasSubstr(" Business time is that of the deal's owner. Time stands "
                                        "still while the deal's owner is away."));
}

TEST(RuleWords, TellTriggerConditionsActionsAndLimitsInBothLanguages) {
  const Regulation regulation =
      with("{quote_silent: 3 business hours}",
           "      - create_task: {kind: call, title: {ru: Звонок, en: Call}, due: 2 hours}\n"
           "      - wait: 1 day\n"
           "      - notify: {to: [deal_owner, supervisor], text: {ru: Тихо, en: Quiet}}\n",
           "    conditions: [{field: amount}, not: {field: owner}]\n    once: visit\n"
           "    late: 1 day\n");
  EXPECT_EQ(en(regulation),
            "When nothing was heard about the quote for 3 business hours, if the amount is filled "
            "in and the owner is not filled in — plan the task \"Call\" (due in 2 hours); wait 1 "
            "day; tell (the deal's owner, a supervisor): \"Quiet\". At most once a visit to the "
            "stage. When it is late, then by no more than 1 day.");
  EXPECT_EQ(
      ru(regulation),
      "Когда по КП нет ответа уже 3 рабочих часа, если заполнено: сумма и не заполнено: "
      "ответственный — поставить задачу «Звонок» (срок через 2 часа); подождать 1 день; "
      "сообщить (кому: ответственный, руководитель продаж): «Тихо». Не чаще раза за пребывание "
      "на этапе. С опозданием — не больше чем на 1 день.");
}

TEST(RuleWords, CallStagesFieldsReasonsAndTypesByTheirTitles) {
  EXPECT_THAT(en(with("{stage_entered: [first, second]}", kMove)),
              HasSubstr("the deal enters one of the stages \"First\" or \"Second\" — move to the "
                        "stage \"Second\"."));
  EXPECT_THAT(ru(with("{stage_reentered: any}", kMove)),
              HasSubstr("сделка снова входит в любой этап — перевести на этап «Второй»."));
  EXPECT_THAT(en(with("{field_changed: {field: amount, to: 10.00 RUB}}", kMove)),
              HasSubstr("the amount changes to 10\u00a0RUB"));
  EXPECT_THAT(en(with("{field_changed: {field: work_type, to: site}}", kMove)),
              HasSubstr("the type of work changes to \"Site\""));
  EXPECT_THAT(en(with("{field_changed: any}", kMove)),
              HasSubstr("any field changes (once for each field)"));
  EXPECT_THAT(en(with("{deal: opened}", "      - set_field: {field: custom.pages, value: 3}\n")),
              HasSubstr("set the field \"Pages\" to 3"));
  EXPECT_THAT(en(with("{no_next_step: 1 hour}", "      - lose: price\n")),
              HasSubstr("lose with the reason \"Too expensive\""));
}

TEST(RuleWords, SayTimeAsPeopleDo) {
  EXPECT_THAT(
      en(with("{deadline: {field: expected_close_date, before: 3 days, at: \"10:00\"}}", kMove)),
      HasSubstr("it is 3 days before the expected close date, at 10:00"));
  EXPECT_THAT(en(with("{deadline: expected_close_date}", kMove)),
              HasSubstr("it is the day of the expected close date"));
  EXPECT_THAT(en(with("{no_answer: 15 business minutes}", kMove)),
              HasSubstr("the customer is not answered for 15 business minutes"));
  EXPECT_THAT(en(with("{schedule: \"0 9 * * 1-5\"}", kMove)),
              HasSubstr("the schedule comes \"0 9 * * 1-5\" (Europe/Moscow)"));
  EXPECT_THAT(en(with("{deal: opened}", kMove, "    once: 7 days\n")),
              HasSubstr("At most once a deal within 7 days."));
  const BusinessCalendar calendar = parsed_soundly(kSoundText).calendar;
  const TimeLimit days{std::chrono::hours(27), true};  // the longest weekday has nine hours
  EXPECT_EQ(limit_text(days, calendar), "3 business days");
  EXPECT_EQ(limit_words(days, calendar, Language::kRu), "3 рабочих дня");
  EXPECT_EQ(limit_words({std::chrono::minutes(21)}, calendar, Language::kRu), "21 минуту");
  EXPECT_EQ(limit_words({std::chrono::minutes(60), true}, calendar, Language::kRu),
            "1 рабочий час");
  EXPECT_EQ(limit_words({std::chrono::hours(24 * 11)}, calendar, Language::kRu), "11 дней");
}

TEST(RuleWords, CallPeoplePipelinesAndAddressesByTheirNames) {
  const Regulation regulation =
      with("{deal: opened}",
           "      - assign: {to: usr_00000000000000000000000000000001}\n"
           "      - add_participant: {person: per_00000000000000000000000000000001, role: payer}\n"
           "      - add_participant: {person: decision_map, role: decision_maker}\n"
           "      - start_pipeline: care\n"
           "      - call_webhook: crm\n");
  const KnownElsewhere elsewhere;
  const std::string words =
      describe_rule(regulation.rules.at(0), Language::kEn, regulation, &elsewhere);
  EXPECT_THAT(words, HasSubstr("make the owner: Anna"));
  EXPECT_THAT(words, HasSubstr("add a participant: Oleg (payer)"));
  EXPECT_THAT(words, HasSubstr("whom the company's decision map names so (decision maker)"));
  EXPECT_THAT(words, HasSubstr("open a deal in the pipeline \"Care\""));
  EXPECT_THAT(words, HasSubstr("call the webhook \"Our CRM\""));
  EXPECT_THAT(en(regulation), HasSubstr("usr_00000000000000000000000000000001"));
}

}  // namespace
}  // namespace dealog::rules
