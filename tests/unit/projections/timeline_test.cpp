// What happened, newest first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/event/catalogue.hpp"
#include "projections/timeline/timeline_view.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {
namespace {

using namespace dealog::testing;

class Timelines : public ViewFixture {
 protected:
  using Reads = Result<Page<TimelineEntry>> (TimelineView::*)(std::string_view,
                                                              const TimelineQuery&) const;
  std::vector<std::uint64_t> positions(Reads reads, const std::string& id,
                                       TimelineQuery query = {}) {
    const auto context = now();
    const TimelineView view(context, history_.log());
    std::vector<std::uint64_t> out;
    for (;;) {
      const auto page = must((view.*reads)(id, query));
      EXPECT_LE(page.items.size(), query.page.limit);
      for (const auto& entry : page.items) out.push_back(entry.event.position.value);
      if (!page.next_cursor) return out;
      query.page.cursor = *page.next_cursor;
    }
  }
  using Positions = std::vector<std::uint64_t>;
};

TEST_F(Timelines, OfADealIsItsStreamNewestFirst) {
  const auto deal = history_.make_id<DealId>(), other = history_.make_id<DealId>();
  given(deal, deal_opened("a deal"));              // 1
  given(other, deal_opened("another"));            // 2
  given(deal, touch("call", "out", "connected"));  // 3
  const auto context = now();
  const auto page = must(TimelineView(context, history_.log()).deal(deal, {}));
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].event.position.value, 3u);
  EXPECT_EQ(page.items[0].summary, "Звонок клиенту: разговор состоялся");
  EXPECT_EQ(page.items[1].json.at("data").at("title").as_string(), "a deal");
  EXPECT_FALSE(page.next_cursor);
}

TEST_F(Timelines, PagesMeetHoweverLongTheStream) {
  const auto deal = history_.make_id<DealId>();
  given(deal, deal_opened("a deal"));
  Positions expected{1};
  for (int i = 0; i < 200; ++i) {
    if (i % 5 == 0) given(history_.make_id<DealId>(), deal_opened("noise"));
    const auto position = given(deal, touch("call", "out", "connected"));
    expected.insert(expected.begin(), position.value);
  }
  EXPECT_EQ(positions(&TimelineView::deal, deal, {.page = {.limit = 7}}), expected);
  EXPECT_EQ(positions(&TimelineView::deal, deal, {.page = {.limit = 500}}), expected);
}

TEST_F(Timelines, OfAPersonIsHisStreamHisTagAndHisDealsEachEventOnce) {
  const auto person = history_.make_id<PersonId>();
  const auto deal = history_.make_id<DealId>(), other = history_.make_id<DealId>();
  given(person, person_registered("Анна", "+79165550177"));  // 1
  auto opened = deal_opened("his");
  opened.set_person(person);
  given(deal, opened, {.tags = {open_tag(person)}});  // 2, also by the tag
  given(other, deal_opened("not his"));               // 3
  given(other, touch("call", "in", "connected"), {.tags = {open_tag(person)}});  // 4, by the tag
  given(deal, touch("call", "out", "connected"));                                // 5
  EXPECT_EQ(positions(&TimelineView::person, person), (Positions{5, 4, 2, 1}));
  EXPECT_EQ(positions(&TimelineView::person, person, {.page = {.limit = 1}}),
            (Positions{5, 4, 2, 1}));
}

TEST_F(Timelines, OfACompanyHasItsDeals) {
  const auto company = history_.make_id<CompanyId>(), deal = history_.make_id<DealId>();
  given(company, v1::CompanyRegistered());
  given(deal, deal_opened("its"));
  v1::DealCompanyLinked linked;
  linked.set_company(company);
  given(deal, linked);
  EXPECT_EQ(positions(&TimelineView::company, company), (Positions{3, 2, 1}));
}

TEST_F(Timelines, OfThePastEndsWhereItIsAskedTo) {
  const auto deal = history_.make_id<DealId>();
  given(deal, deal_opened("a deal"));
  for (int i = 0; i < 50; ++i) given(deal, touch("call", "out", "connected"));
  EXPECT_EQ(positions(&TimelineView::deal, deal, {.page = {.limit = 2}, .until = Position{3}}),
            (Positions{3, 2, 1}));
}

TEST_F(Timelines, ShowNothingSealedToThoseWithoutTheRight) {
  const auto deal = history_.make_id<DealId>();
  given(deal, deal_opened("secret title"));
  const auto context = now(PersonalView::kMasked);
  const auto page = must(TimelineView(context, history_.log()).deal(deal, {}));
  EXPECT_EQ(boost::json::serialize(page.items.at(0).json).find("secret"), std::string::npos);
}

TEST_F(Timelines, OfSomethingThatIsNotThereAreEmpty) {
  EXPECT_TRUE(positions(&TimelineView::deal, "deal_none").empty());
  EXPECT_TRUE(positions(&TimelineView::person, "per_none").empty());
}

TEST_F(Timelines, AWrongCursorIsRefused) {
  const auto context = now();
  const auto page =
      TimelineView(context, history_.log()).deal("deal_1", {.page = {.cursor = "AAAA"}});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, "invalid_cursor");
}

TEST(Summaries, EveryTypeOfEventHasItsSentenceInBothLanguages) {
  for (const EventType* type : all_event_types()) {
    RecordedEvent event;
    event.type = type;
    event.payload = type->make();
    // A touch is nothing but words.
    if (type->name == "TouchRecorded") {
      event.payload = std::make_shared<v1::TouchRecorded>(touch("call", "out", "connected"));
    }
    EXPECT_FALSE(summary_of(event, Language::kRu).empty()) << type->name;
    EXPECT_FALSE(summary_of(event, Language::kEn).empty()) << type->name;
    EXPECT_NE(summary_of(event, Language::kRu), summary_of(event, Language::kEn)) << type->name;
  }
}

TEST(Summaries, ShowADueInstantOnTheWallOfWhoeverDoesIt) {
  RecordedEvent event;
  event.payload = std::make_shared<v1::TaskCreated>(
      task_created("tsk_1", "call", "usr_1", due_between({}, time_of("2026-03-02T09:15:00Z"))));
  EXPECT_EQ(summary_of(event, Language::kEn), "Task: call, due 2026-03-02 12:15");
}

class Titles final : public EventNames {
 public:
  std::string name_of(Named what, const RecordedEvent&, const std::string& code,
                      Language) const override {
    if (what == Named::kStage) return "The " + code;
    if (what == Named::kRule) return "Silence";
    return what == Named::kUser ? "Anna" : std::string();
  }
};

TEST(Summaries, CallThingsByTheirNamesWhereSomebodyKnowsThem) {
  const Titles titles;
  const auto said = [&](auto payload, const EventNames* names) {
    RecordedEvent event;
    event.payload = std::make_shared<decltype(payload)>(std::move(payload));
    return summary_of(event, Language::kEn, names);
  };
  v1::DealStageChanged moved;
  moved.set_from("meeting");
  moved.set_to("proposal");
  EXPECT_EQ(said(moved, &titles), "Stage: The meeting → The proposal");
  EXPECT_EQ(said(moved, nullptr), "Stage: meeting → proposal");
  v1::RuleFired fired;
  fired.set_rule("silent");
  fired.add_actions("create_task");
  fired.add_actions("notify");
  EXPECT_EQ(said(fired, &titles), "Rule fired: \"Silence\": a task is planned, somebody is told");
  v1::DealOwnerAssigned owner;
  owner.set_owner("usr_1");
  EXPECT_EQ(said(owner, &titles), "Owner: Anna");
  v1::EffectSkipped skipped;
  skipped.set_reason("conditions_not_met");
  skipped.set_effect("rule:silent");
  EXPECT_EQ(said(skipped, &titles),
            "Effect skipped (rule \"Silence\"): the conditions do not hold");
  v1::MessageNotSent not_sent;
  not_sent.set_rule("silent");
  not_sent.set_kind("send_quote");
  not_sent.set_reason("refused_550");
  EXPECT_EQ(said(not_sent, &titles),
            "Not sent (the quote to the customer), rule \"Silence\": the server refused it (550)");
  v1::DealDetailsChanged details;
  details.mutable_amount()->set_minor(500);
  details.mutable_amount()->set_currency("RUB");
  details.add_cleared("source");
  EXPECT_EQ(said(details, &titles),
            "Deal details changed: the amount — 5\u00a0RUB, the source — cleared");
}

TEST(Summaries, TellOfTouchesAsPeopleDo) {
  const auto said = [](std::string_view kind, std::string_view direction,
                       std::string_view outcome) {
    RecordedEvent event;
    event.payload = std::make_shared<v1::TouchRecorded>(
        touch(std::string(kind), std::string(direction), std::string(outcome)));
    return summary_of(event, Language::kRu);
  };
  EXPECT_EQ(said("call", "in", "no_answer"), "Звонок от клиента: не ответили");
  EXPECT_EQ(said("email", "out", "sent"), "Письмо клиенту: отправлено");
  EXPECT_EQ(said("meeting", "in", "held"), "Встреча: состоялась");
  EXPECT_EQ(said("visit", "in", "held"), "Визит: состоялся");
}

TEST(Summaries, AreMadeFromOpenFieldsAlone) {
  for (const EventType* type : all_event_types()) {
    if (!type->has_sealed_fields) continue;
    RecordedEvent event;
    event.type = type;
    auto payload = type->make();
    for (const auto& fields : type->sealed_fields) {
      for (const auto* field : fields) {
        if (field->is_repeated() ||
            field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
          continue;
        }
        payload->GetReflection()->SetString(payload.get(), field, "SECRET");
      }
    }
    event.payload = std::move(payload);
    EXPECT_EQ(summary_of(event, Language::kEn).find("SECRET"), std::string::npos) << type->name;
  }
}

}  // namespace
}  // namespace dealog::views
