// Reading a file: each key arrives where it belongs, and each mistake is named with its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/text.hpp"
#include "libs/yaml/yaml_tree.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ReadingARegulation, TakesEverythingTheFileSays) {
  const Regulation regulation = parsed_soundly(kSoundText);
  EXPECT_EQ(regulation.code, "sample");
  EXPECT_EQ(regulation.version, 0u);
  EXPECT_EQ(regulation.title, (LocalText{"Пример", "Sample"}));
  EXPECT_EQ(regulation.currency.code(), "RUB");
  EXPECT_EQ(regulation.prepayment_basis_points, 3000);
  EXPECT_EQ(regulation.discount_basis_points, 1250);
  EXPECT_EQ(regulation.answer_within, (TimeLimit{minutes(15), true}));
  ASSERT_EQ(regulation.stages.size(), 3u);
  const Stage& first = regulation.stages[0];
  EXPECT_EQ(first.title.en, "First");
  EXPECT_EQ(first.script.ru, "Скажите это");
  EXPECT_THAT(first.moves, ElementsAre("second", "third"));
  ASSERT_EQ(first.exit.size(), 2u);
  EXPECT_EQ(first.exit[0].code, "field:amount");
  EXPECT_EQ(first.exit[1].code, "touch:call|meeting:connected");
  EXPECT_THAT(first.exit[1].touch.kinds, ElementsAre("call", "meeting"));
  ASSERT_EQ(first.on_entering.size(), 1u);
  EXPECT_EQ(first.on_entering[0].due, (TimeLimit{hours(3), false}));
  ASSERT_TRUE(first.on_entering[0].when);
  EXPECT_EQ(first.on_entering[0].when->code, "not(touch:call)");
  EXPECT_EQ(regulation.stages[1].automatic_to, "third");
  EXPECT_EQ(regulation.stages[1].exit[0].basis_points, -1);
  EXPECT_EQ(regulation.stages[2].wins_when[0].kind, CriterionKind::kBalanceCleared);
  EXPECT_EQ(regulation.work_type("site")->average.decimal(), "200.00");
  EXPECT_EQ(regulation.loss_reason("price")->title.ru, "Дорого");
  EXPECT_EQ(regulation.custom_field("pages")->type, "number");
  EXPECT_EQ(regulation.stage("nowhere"), nullptr);
  EXPECT_EQ(regulation.index_of("third"), 2u);
}

TEST(ReadingARegulation, TakesTheCalendar) {
  const BusinessCalendar calendar = parsed_soundly(kSoundText).calendar;
  EXPECT_EQ(calendar.time_zone, "Europe/Moscow");
  EXPECT_THAT(calendar.week[0],
              ElementsAre(WorkingHours{hours(9), hours(13)}, WorkingHours{hours(14), hours(18)}));
  EXPECT_THAT(calendar.week[4], IsEmpty());
  EXPECT_THAT(calendar.holidays, ElementsAre(Date::of(2026, 2, 23), Date::of(2026, 5, 1),
                                             Date::of(2026, 5, 2), Date::of(2026, 5, 3)));
  EXPECT_EQ(calendar.exceptions.at(Date::of(2026, 4, 30)).front().to, hours(17));
}

TEST(ReadingARegulation, TakesTheLongestWeekdayForABusinessDay) {
  EXPECT_EQ(parsed_soundly(kSoundText).stages[0].limit, (TimeLimit{hours(9), true}));
}

struct Length {
  std::string_view written;
  TimeLimit meant;
};

TEST(ReadingARegulation, KnowsMinutesHoursDaysAndWeeks) {
  const Length lengths[] = {
      {"1 minute", {minutes(1), false}},      {"90 minutes", {minutes(90), false}},
      {"2 business hours", {hours(2), true}}, {"3 days", {hours(72), false}},
      {"1 week", {hours(168), false}},        {"1 business week", {hours(17), true}}};
  for (const Length& length : lengths) {
    const auto text =
        sound_text_with("limit: 1 business day", fmt::format("limit: {}", length.written));
    EXPECT_EQ(parsed_soundly(text).stages[0].limit, length.meant) << length.written;
  }
}

TEST(ReadingARegulation, SharesOneCodeAmongEqualCriteriaOnly) {
  const auto text = sound_text_with("      - field: custom.goal", "      - field: amount");
  EXPECT_EQ(parsed_soundly(text).stages[1].entry[0].code, "field:amount");
}

TEST(ReadingARegulation, ShortensALongCodeAndKeepsItDifferent) {
  const auto code_for = [](char last) {
    const std::string text =
        fmt::format("      - {{field: title, equal: {}{}}}\n", std::string(200, 'a'), last);
    return parsed_soundly(sound_text_with("      - field: amount\n", text)).stages[0].exit[0].code;
  };
  EXPECT_LE(code_for('b').size(), 64u);
  EXPECT_NE(code_for('b'), code_for('c'));
  EXPECT_EQ(code_for('b'), code_for('b'));
}

// "LINE:COLUMN" of the first `part` at or behind `from`, counted in characters.
std::string place_of(std::string_view text, std::string_view part, std::size_t from) {
  if (part == "^") return "1:1";
  const auto at = text.find(part, from);
  EXPECT_NE(at, std::string_view::npos) << part;
  const std::string_view before = text.substr(0, at);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("{}:{}", std::ranges::count(before, '\n') + 1,
                     utf8_length(before.substr(line_start)) + 1);
}

// One thing wrong with the sample text: what is written instead, and what is said about it.
struct Mistake {
  std::string sentence;
  std::string_view from;
  std::string_view to;
  std::string_view at;  // where the issue points: this text of the changed file, "^" its beginning
  std::string_view path;
  std::string_view message;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.sentence; }

class ReadingMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(ReadingMistakes, IsReportedWithItsPlaceAndWhatWasExpected) {
  const Mistake& mistake = GetParam();
  const std::string text = sound_text_with(mistake.from, mistake.to);
  const auto parsed = parse_regulation(text);
  EXPECT_FALSE(parsed.sound());
  ASSERT_FALSE(parsed.issues.empty());
  const RegulationIssue& issue = parsed.issues.front();
  // From the line before on, because an absent key is missed at the beginning of its map.
  const std::size_t change = kSoundText.find(mistake.from);
  const std::size_t from = kSoundText.substr(0, change).rfind("\n      - ");
  const bool absent = mistake.to.empty();
  EXPECT_EQ(fmt::format("{}:{}", issue.line, issue.column),
            place_of(text, mistake.at, absent && from != std::string_view::npos ? from : change))
      << issue.message;
  EXPECT_EQ(issue.path, mistake.path) << issue.message;
  EXPECT_THAT(issue.message, HasSubstr(mistake.message));
  EXPECT_EQ(parsed.issues.size(), 1u) << format_issue("second", parsed.issues.back());
}

const Mistake kMistakes[] = {
    {"UnknownKeyWithTheOneMeant", "prepayment:", "prepaiment:", "prepaiment", "",
     "unknown key 'prepaiment'; did you mean 'prepayment'?"},
    {"UnknownKeyOfAStage", "    limit: 1", "    limits: 1", "limits", "stages[0]",
     "did you mean 'limit'?"},
    {"AbsentKey", "currency: RUB\n", "", "^", "", "expected the key 'currency'"},
    {"DoubledKey", "currency: RUB\n", "currency: RUB\ncurrency: RUB\n", "currency: RUB\nprepay", "",
     "the key 'currency' stands here twice"},
    {"TitleWithoutRussian", "title: {ru: Пример, en: Sample}", "title: {en: Sample}",
     "{en: Sample}", "title", "expected the key 'ru': the Russian text"},
    {"TitleWithoutEnglish", "title: {ru: Второй, en: Second}", "title: {ru: Второй}",
     "{ru: Второй}", "stages[1].title", "expected the key 'en': the English text"},
    {"TitleThatIsOneText", "title: {ru: Второй, en: Second}", "title: Второй", "Второй",
     "stages[1].title", "expected the text in both languages: {ru: …, en: …}, found 'Второй'"},
    {"EmptyTitle", "{ru: Первый, en: First}", "{ru: Первый, en: ''}", "''", "stages[0].title.en",
     "expected the English text, found ''"},
    {"CodeWithABlank", "code: sample", "code: my sample", "my sample", "code", "expected a code"},
    {"UnknownCurrency", "currency: RUB", "currency: ABC", "ABC", "currency",
     "expected an ISO 4217 currency code such as RUB, found 'ABC'"},
    {"UnknownTimeZone", "Europe/Moscow", "Europe/Moskau", "Europe/Moskau", "calendar.time_zone",
     "expected an IANA time zone such as Europe/Moscow, found 'Europe/Moskau'"},
    {"PercentageWithoutSign", "prepayment: 30 %", "prepayment: 30", "30", "prepayment",
     "expected a percentage from 0 % to 100 %"},
    {"PercentageOverAHundred", "prepayment: 30 %", "prepayment: 101 %", "101 %", "prepayment",
     "expected a percentage from 0 % to 100 %"},
    {"NegativePercentage", "prepayment: 30 %", "prepayment: -5 %", "-5 %", "prepayment",
     "expected a percentage from 0 % to 100 %"},
    {"NegativeLimit", "limit: 1 business day", "limit: -1 business day", "-1 business",
     "stages[0].limit", "expected a length of time above zero and up to ten years"},
    {"LimitOfAnUnknownUnit", "limit: 1 business day", "limit: 3 fortnights", "3 fort",
     "stages[0].limit", "expected a length of time such as '15 business minutes' or '3 days'"},
    {"LimitLongerThanTenYears", "limit: 1 business day", "limit: 4000 days", "4000 days",
     "stages[0].limit", "up to ten years"},
    {"LimitThatIsAList", "limit: 1 business day", "limit: [1 day]", "[1 day]", "stages[0].limit",
     "found a list"},
    {"WorkingHoursBackwards", "[\"09:00-18:00\"]", "[\"18:00-09:00\"]", "\"18:00-09",
     "calendar.week.tuesday[0]", "working hours must end after they begin"},
    {"WorkingHoursThatOverlap", "[\"09:00-18:00\"]", "[09:00-18:00, 17:00-19:00]",
     "[09:00-18:00, 17", "calendar.week.tuesday", "working hours of one day must not overlap"},
    {"WorkingHoursOfNoClock", "[\"09:00-18:00\"]", "[\"9-25\"]", "\"9-25",
     "calendar.week.tuesday[0]", "expected working hours such as 09:00-18:00"},
    {"HolidayOfNoCalendar", "2026-02-23", "2026-02-30", "2026-02-30", "calendar.holidays[0]",
     "expected a date such as 2026-01-01"},
    {"HolidaysBackwards", "2026-05-01..2026-05-03", "2026-05-03..2026-05-01", "2026-05-03..",
     "calendar.holidays[1]", "its end not before its beginning"},
    {"ExceptionForNoDate", "    2026-04-30:", "    April:", "April", "calendar.exceptions",
     "expected a date such as 2026-04-30 as the key, found 'April'"},
    {"CriterionThatAsksNothing", "- field: amount", "- {message: {ru: а, en: a}}", "{message",
     "stages[0].exit[0]", "expected what the criterion asks, one of: field, touch, task"},
    {"CriterionThatAsksTwoThings", "- field: amount", "- {field: amount, quote: sent}",
     "{field: amount, quote", "stages[0].exit[0]", "one criterion asks one thing"},
    {"CriterionOfAnUnknownKind", "- field: amount", "- feild: amount", "feild", "stages[0].exit[0]",
     "unknown key 'feild'; did you mean 'field'?"},
    {"TwoComparisonsAtOnce", "- field: amount", "- {field: amount, more: 1 RUB, less: 9 RUB}",
     "9 RUB", "stages[0].exit[0].less", "one criterion compares once"},
    {"MoneyComparedWithoutCurrency", "- field: amount", "- {field: amount, at_least: 1000}",
     "1000}", "stages[0].exit[0].at_least",
     "expected an amount with its currency, such as 60000.00 RUB, found '1000'"},
    {"MoneyWithTooManyDigits", "- field: amount", "- {field: amount, at_least: 1.005 RUB}", "1.005",
     "stages[0].exit[0].at_least", "at most 2 digits after the point"},
    {"NumberThatIsAWord", "- field: amount", "- {field: custom.pages, equal: many}", "many",
     "stages[0].exit[0].equal", "expected a whole number, found 'many'"},
    {"FlagThatIsYes", "outcome: connected}", "outcome: connected, answers_customer: yes}", "yes",
     "stages[0].exit[1].touch.answers_customer", "expected true or false, found 'yes'"},
    {"BalanceThatIsOpen", "balance: cleared", "balance: open", "open",
     "stages[2].wins_when[0].balance", "expected the word 'cleared', found 'open'"},
    {"PaidWithoutShare", "paid: required_prepayment", "paid: something", "something",
     "stages[1].exit[0].paid", "expected 'required_prepayment' or a percentage such as 50 %"},
    {"AnyOfNothing", "- field: amount", "- any: []", "[]", "stages[0].exit[0].any",
     "expected at least one criterion"},
    {"TaskWithoutDeadline", "        due: 3 hours\n", "", "kind: call\n        title",
     "stages[0].on_entering[0]", "expected the key 'due'"},
    {"WorkTypeWithoutCurrency", "average: 200.00 RUB", "average: 200.00", "200.00",
     "work_types[0].average", "expected an amount with its currency"},
    {"FieldOfAnUnknownType", "type: number", "type: numbre", "numbre", "custom_fields[1].type",
     "unknown type of field 'numbre'; did you mean 'number'?"},
    {"LossReasonsThatAreAText",
     "loss_reasons:\n  - {code: price, title: {ru: Дорого, en: Too expensive}}\n",
     "loss_reasons: none\n", "none", "loss_reasons", "expected a list, found 'none'"},
};

INSTANTIATE_TEST_SUITE_P(EachMistake, ReadingMistakes, testing::ValuesIn(kMistakes),
                         [](const auto& info) { return info.param.sentence; });

TEST(ReadingARegulation, CollectsEveryMistakeInTheOrderOfTheFile) {
  std::string text = sound_text_with("currency: RUB", "currency: ABC");
  text.replace(text.find("limit: 1 business day"), 21, "limit: soon");
  text.replace(text.find("average: 200.00 RUB"), 19, "average: much");
  const auto parsed = parse_regulation(text);
  std::vector<std::string> paths;
  for (const auto& issue : parsed.issues) paths.push_back(issue.path);
  EXPECT_THAT(paths, ElementsAre("currency", "stages[0].limit", "work_types[0].average"));
}

TEST(ReadingARegulation, NeedsACalendarForBusinessTime) {
  const auto parsed = parse_regulation(
      shipped("minimal.yaml")
          .replace(shipped("minimal.yaml").find("limit: 1 day"), 12, "limit: 1 business day"));
  ASSERT_EQ(parsed.issues.size(), 1u);
  EXPECT_THAT(parsed.issues[0].message, HasSubstr("business time needs working hours"));
}

struct Refused {
  std::string_view sentence;
  std::string text;
  std::string_view message;
};

TEST(ReadingARegulation, RefusesWhatIsNoPlainYaml) {
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  std::string deep_block;
  for (std::size_t i = 0; i < 100; ++i) deep_block += std::string(i, ' ') + "a:\n";
  std::string many = "a: [";
  for (int i = 0; i < 200'000; ++i) many += "1,";
  std::string bomb = "a: &a [x, x]\n";
  for (char c = 'b'; c < 'z'; ++c) {
    bomb += fmt::format("{}: &{} [*{}, *{}]\n", c, c, static_cast<char>(c - 1),
                        static_cast<char>(c - 1));
  }
  const Refused refused[] = {
      {"syntax", "code: [unclosed", "not valid YAML"},
      {"tab", "a:\n\t- b", "not valid YAML"},
      {"depth on one line", deep, "nested deeper than 32 levels"},
      {"depth by indentation", deep_block, "nested deeper than 32 levels"},
      {"number", many + "1]", "more than 100000 values"},
      {"size", std::string(yaml::kFileBytes + 1, '#'), "at most 1048576 are read"},
      {"anchors", bomb, "anchors (&name) are not read here"},
      {"alias", "a: *b", ""},
      {"tags", "a: !!binary aGk=", "tags (!name) are not read here"},
      {"documents", "a: 1\n---\nb: 2\n", "expected one document"},
      {"map as key", "{a: b}: c", "expected a word as the key"},
      {"encoding", "code: \xff\xfe", "not valid UTF-8"},
      {"zero bytes", std::string("\0\0\xfe\xff", 2), "a control character"},
      {"nothing", "", "expected a regulation"},
      {"a list", "- a\n- b\n", "expected a regulation"},
      {"a word", "hello", "expected a regulation"}};
  for (const Refused& one : refused) {
    const auto parsed = parse_regulation(one.text);
    ASSERT_EQ(parsed.issues.size(), 1u) << one.sentence;
    EXPECT_FALSE(parsed.sound()) << one.sentence;
    EXPECT_THAT(parsed.issues[0].message, HasSubstr(one.message)) << one.sentence;
  }
}

TEST(ReadingARegulation, RefusesMoreDaysOffThanItKeeps) {
  std::string days;
  for (int year = 2000; year < 2020; ++year) {
    days += fmt::format("{}-01-01..{}-12-31, ", year, year);
  }
  const auto parsed = parse_regulation(sound_text_with("[2026-02-23", "[" + days + "2026-02-23"));
  ASSERT_FALSE(parsed.sound());
  EXPECT_THAT(parsed.issues[0].message, HasSubstr("expected at most 5000 days in all"));
}

TEST(ReadingARegulation, NamesTheLineOfABadByte) {
  const auto parsed = parse_regulation("code: a\ntitle: b\nx: \xff\n");
  ASSERT_EQ(parsed.issues.size(), 1u);
  EXPECT_EQ(parsed.issues[0].line, 3);
}

TEST(ReadingARegulation, StopsListingAfterTwoHundredMistakes) {
  std::string text(kSoundText);
  for (int i = 0; i < 1000; ++i) text += fmt::format("unknown_{}: 1\n", i);
  const auto parsed = parse_regulation(text);
  EXPECT_EQ(parsed.issues.size(), 201u);
  EXPECT_THAT(parsed.issues.back().message, HasSubstr("more than 200 mistakes"));
}

TEST(FormattingAnIssue, IsWhatEditorsAndCompilersRead) {
  const RegulationIssue error{RegulationIssue::Severity::kError, 12, 5, "stages[0].exit", "no"};
  EXPECT_EQ(format_issue("my.yaml", error), "my.yaml:12:5: error: stages[0].exit: no");
  const RegulationIssue warning{RegulationIssue::Severity::kWarning, 1, 1, "", "hm"};
  EXPECT_EQ(format_issue("my.yaml", warning), "my.yaml:1:1: warning: hm");
}

}  // namespace
}  // namespace dealog::rules
