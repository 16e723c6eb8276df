// Soundness: what a file may say in good YAML and yet nobody could work by.
#include "libs/rules/soundness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using testing::HasSubstr;

// The sample text with one thing changed, and the one thing said about it.
struct Unsound {
  std::string sentence;
  std::string_view from;
  std::string_view to;
  std::string_view path;
  std::string_view message;
};

void PrintTo(const Unsound& unsound, std::ostream* out) { *out << unsound.sentence; }

class UnsoundRegulation : public testing::TestWithParam<Unsound> {};

TEST_P(UnsoundRegulation, IsRefusedWithTheReasonAndTheLine) {
  const Unsound& unsound = GetParam();
  const auto parsed = parse_regulation(sound_text_with(unsound.from, unsound.to));
  EXPECT_FALSE(parsed.sound());
  const auto found = std::ranges::find(parsed.issues, unsound.path, &RegulationIssue::path);
  ASSERT_NE(found, parsed.issues.end())
      << (parsed.issues.empty() ? "" : format_issue("found", parsed.issues.front()));
  EXPECT_THAT(found->message, HasSubstr(unsound.message));
  EXPECT_EQ(found->severity, RegulationIssue::Severity::kError);
  EXPECT_GT(found->line, 0);
  EXPECT_GT(found->column, 0);
}

const Unsound kUnsound[] = {
    {"AStageThatNoMoveReaches", "moves: [second, third]", "moves: [third]", "stages[1]",
     "no move leads from the first stage to 'second'"},
    {"AStageThatCanNeverBeLeft", "    automatic_to: third\n", "", "stages[1]",
     "'second' can never be left"},
    {"AMoveToAnUnknownStage", "moves: [second, third]", "moves: [second, thrid]",
     "stages[0].moves[1]", "unknown stage 'thrid'; did you mean 'third'?"},
    {"AMoveBack", "    automatic_to: third", "    automatic_to: third\n    moves: [first]",
     "stages[1].moves[0]", "expected a later stage than 'second', found 'first'"},
    {"AMoveToItself", "    automatic_to: third", "    automatic_to: third\n    moves: [second]",
     "stages[1].moves[0]", "expected a later stage"},
    {"AnAutomaticMoveToAnUnknownStage", "automatic_to: third", "automatic_to: fourth",
     "stages[1].automatic_to", "unknown stage 'fourth'"},
    {"AnAutomaticMoveWithoutCriteria",
     "    exit:\n      - paid: required_prepayment\n      - quote: accepted\n", "",
     "stages[1].automatic_to", "expected exit criteria as well"},
    {"TwoStagesWithOneCode", "code: second", "code: first", "stages[1].code",
     "the code 'first' stands in this list twice"},
    {"TwoFieldsWithOneCode", "{code: pages", "{code: goal", "custom_fields[1].code",
     "stands in this list twice"},
    {"TwoLossReasonsWithOneCode", "loss_reasons:\n",
     "loss_reasons:\n  - {code: price, title: {ru: Цена, en: Price}}\n", "loss_reasons[1].code",
     "stands in this list twice"},
    {"NoStageThatWins", "    wins_when:\n      - balance: cleared\n", "", "stages",
     "no stage wins the deal"},
    {"NoLossReasons", "loss_reasons:\n  - {code: price, title: {ru: Дорого, en: Too expensive}}\n",
     "", "loss_reasons", "expected at least one loss reason"},
    {"AWorkTypeThatCostsMoreThanItsMost", "price_from: 100.00 RUB", "price_from: 400.00 RUB",
     "work_types[0].price_from", "expected at most price_to (300.00), found 400.00"},
    {"AWorkTypeInAnotherCurrency", "price_from: 100.00 RUB", "price_from: 100.00 USD",
     "work_types[0].price_from", "expected an amount in RUB"},
    {"AWorkTypeBelowZero", "price_from: 100.00 RUB", "price_from: -100.00 RUB",
     "work_types[0].price_from", "expected an amount not below zero"},
    {"ADayThatIsHolidayAndException", "holidays: [2026-02-23", "holidays: [2026-04-30",
     "calendar.exceptions.2026-04-30", "this day is among the holidays as well"},
    {"AnUnknownField", "- field: amount", "- field: ammount", "stages[0].exit[0].field",
     "unknown field 'ammount'; did you mean 'amount'?"},
    {"AnUnknownCustomField", "- field: custom.goal", "- field: custom.gaol",
     "stages[1].entry[0].field", "unknown custom field 'gaol'; did you mean 'goal'?"},
    {"AnUnknownFieldInsideAny", "- field: amount", "- any: [{field: titel}, {field: amount}]",
     "stages[0].exit[0].any[0].field", "did you mean 'title'?"},
    {"ATextComparedByOrder", "- field: amount", "- {field: title, at_least: b}",
     "stages[0].exit[0].field", "expected equal, not_equal or one_of"},
    {"AnAmountInAnotherCurrency", "- field: amount", "- {field: amount, more: 1 USD}",
     "stages[0].exit[0].field", "expected an amount in RUB"},
    {"AnUnknownTypeOfWork", "- field: amount", "- {field: work_type, equal: sites}",
     "stages[0].exit[0].field", "unknown type of work 'sites'; did you mean 'site'?"},
    {"AnUnknownKindOfTouch", "kind: [call, meeting]", "kind: [call, meting]",
     "stages[0].exit[1].touch.kind", "unknown kind of touch 'meting'; did you mean 'meeting'?"},
    {"AnUnknownOutcome", "outcome: connected", "outcome: conected",
     "stages[0].exit[1].touch.outcome", "did you mean 'connected'?"},
    {"AnUnknownDirection", "outcome: connected", "direction: inwards",
     "stages[0].exit[1].touch.direction", "expected one of: in, out, internal"},
    {"AnUnknownKindOfTaskInACriterion", "- field: amount", "- task: {kind: meting}",
     "stages[0].exit[0].task.kind", "unknown kind of task 'meting'"},
    {"AnUnknownMemberOfATask", "- field: amount", "- task: {with: [plase]}",
     "stages[0].exit[0].task.with", "did you mean 'place'?"},
    {"AnUnknownStateOfAQuote", "quote: accepted", "quote: excepted", "stages[1].exit[1].quote",
     "unknown state of a quote 'excepted'; did you mean 'accepted'?"},
    {"AnUnknownStateOfAnInvoice", "- field: amount", "- invoice: payed",
     "stages[0].exit[0].invoice", "did you mean 'paid'?"},
    {"AnUnknownKindOfInvoice", "- field: amount", "- invoice: {kind: advance, state: paid}",
     "stages[0].exit[0].invoice.kind", "expected one of: prepayment, interim, final"},
    {"AnUnknownKindOfDocument", "- field: amount", "- document: contarct",
     "stages[0].exit[0].document", "did you mean 'contract'?"},
    {"AnUnknownAcknowledgement", "- field: amount", "- acknowledgement: works",
     "stages[0].exit[0].acknowledgement", "expected production"},
    {"AnUnknownRole", "- field: amount", "- participant: boss", "stages[0].exit[0].participant",
     "unknown role of a participant 'boss'"},
    {"AnUnknownKindOfTaskOnEntering", "      - kind: call", "      - kind: ring",
     "stages[0].on_entering[0].kind", "unknown kind of task 'ring'"},
    {"AnUnknownFieldInACondition", "{touch: {kind: call}}", "{field: nothing}",
     "stages[0].on_entering[0].when.not.field", "unknown field 'nothing'"},
    {"TwoCriteriaOfAGateWithOneCode", "- field: amount", "- field: amount\n      - field: amount",
     "stages[0].exit[1]", "the code 'field:amount' is the same as of stages[0].exit[0]"},
    {"OneCodeForTwoMeanings", "- field: custom.goal",
     "- {field: custom.goal, code: 'field:amount'}", "stages[1].entry[0]",
     "already stands for another criterion"},
};

INSTANTIATE_TEST_SUITE_P(EachRule, UnsoundRegulation, testing::ValuesIn(kUnsound),
                         [](const auto& info) { return info.param.sentence; });

// Two stages that send the deal to each other without anybody's hand.
TEST(SoundnessOfAutomaticMoves, NamesTheCircleTheyGoRoundIn) {
  Regulation regulation = parsed_soundly(kSoundText);
  regulation.stages[2].exit = regulation.stages[1].exit;
  regulation.stages[2].automatic_to = "second";
  std::string circle;
  for (const RegulationIssue& issue : check_soundness(regulation)) {
    if (issue.message.contains("circle")) circle += issue.path + ": " + issue.message;
  }
  EXPECT_EQ(
      circle,
      "stages[1].automatic_to: automatic moves go round in a circle: second → third → second");
}

TEST(SoundnessOfAutomaticMoves, FindsAStageThatFollowsItself) {
  Regulation regulation = parsed_soundly(kSoundText);
  regulation.stages[1].automatic_to = "second";
  const auto issues = check_soundness(regulation);
  EXPECT_TRUE(std::ranges::any_of(issues, [](const RegulationIssue& issue) {
    return issue.message.ends_with("circle: second → second");
  }));
}

TEST(SoundnessOfNumbers, HoldsForARegulationMadeByAProgramToo) {
  Regulation regulation = parsed_soundly(kSoundText);
  EXPECT_TRUE(check_soundness(regulation).empty());
  regulation.prepayment_basis_points = -1;
  regulation.discount_basis_points = 10001;
  regulation.stages[0].limit = TimeLimit{std::chrono::minutes(-5), false};
  regulation.answer_within = TimeLimit{};
  std::vector<std::string> paths;
  for (const RegulationIssue& issue : check_soundness(regulation)) paths.push_back(issue.path);
  EXPECT_THAT(paths, testing::UnorderedElementsAre("stages[0].limit", "answer_within", "prepayment",
                                                   "discount_without_approval"));
}

// What is odd but works is a warning: the regulation may be published.
struct Odd {
  std::string_view from;
  std::string_view to;
  std::string_view path;
};

TEST(SoundnessWarnings, LeaveTheRegulationSound) {
  const Odd odd[] = {
      {"average: 200.00 RUB", "average: 900.00 RUB", "work_types[0].average"},
      {"moves: [second, third]", "moves: [second, third, third]", "stages[0].moves[2]"},
      {"    exit:\n      - field: amount",
       "    entry:\n      - field: source\n    exit:\n      - field: amount", "stages[0].entry"}};
  for (const Odd& one : odd) {
    const auto parsed = parse_regulation(sound_text_with(one.from, one.to));
    EXPECT_TRUE(parsed.sound()) << one.path;
    ASSERT_EQ(parsed.issues.size(), 1u) << one.path;
    EXPECT_EQ(parsed.issues[0].path, one.path);
    EXPECT_EQ(parsed.issues[0].severity, RegulationIssue::Severity::kWarning);
  }
}

TEST(SoundnessWarnings, NameAStageThatLeadsToNoWin) {
  const auto parsed = parse_regulation(sound_text_with(
      "  - code: third",
      "  - code: waiting\n    title: {ru: Ждём, en: Waiting}\n    moves: [archive]\n"
      "  - code: archive\n    title: {ru: Архив, en: Archive}\n  - code: third"));
  std::vector<std::string> unreached;
  for (const RegulationIssue& issue : parsed.issues) {
    if (issue.message.contains("no stage is reached that wins")) unreached.push_back(issue.path);
  }
  EXPECT_EQ(unreached, std::vector<std::string>{"stages[2]"});
}

TEST(SoundnessAfterAReadingMistake, SaysNothingThatFollowsFromIt) {
  const auto parsed =
      parse_regulation(sound_text_with("moves: [second, third]", "moves: {second: third}"));
  ASSERT_EQ(parsed.issues.size(), 1u) << format_issue("", parsed.issues.back());
  EXPECT_EQ(parsed.issues[0].path, "stages[0].moves");
}

}  // namespace
}  // namespace dealog::rules
