// Reports of a call on a bus: one touch, the right deal, the task to call back.
#include "libs/command/use_cases/calls.hpp"

#include <algorithm>

#include "libs/command/use_cases/users.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using use_cases::CallInput;
using use_cases::JoinedCall;
using use_cases::OnOpenDeal;
using Names = std::vector<std::string>;

struct CallsTest : ::testing::Test {
  CallsTest() { shop.publish_web_studio(); }

  CallInput input(std::string state, std::string direction = "in") {
    CallInput made;
    made.call = CallId(Uuid::derived({}, call));
    made.report = {.source = "src_pbx",
                   .state = std::move(state),
                   .direction = std::move(direction),
                   .at = shop.clock.now()};
    made.open = {.deal = {.title = "Call", .source = "src_pbx"},
                 .person = use_cases::PersonInput{.contacts = {{"phone", phone}}},
                 .on_open_deal = OnOpenDeal::kTouch};
    made.threads = {"phone:" + phone};
    made.call_back_within = std::chrono::minutes(15);
    return made;
  }
  CallInput ended(bool answered, std::uint32_t talk_s, std::string direction = "in") {
    CallInput made = input("finished", std::move(direction));
    made.report.answered = answered;
    made.report.talk_s = talk_s;
    return made;
  }
  JoinedCall report(const CallInput& made) {
    return shop.must([&](Unit& unit) { return use_cases::report_call(unit, made); });
  }
  Names names_after(Position position) { return shop.event_names(position.next()); }
  Position head() { return shop.log.head(); }

  Workshop shop;
  std::string call = "call-1";
  std::string phone = "+79165550177";
};

TEST_F(CallsTest, AMissedCallOfAStrangerMakesACardADealAndTheTaskToCallBack) {
  const auto start = head();
  report(input("started"));
  const auto joined = report(ended(false, 0));
  EXPECT_TRUE(joined.opened);
  EXPECT_EQ(names_after(start),
            (Names{"PersonRegistered", "CallReported", "CallReported", "DealOpened", "TaskCreated",
                   "TouchRecorded", "CallLinked", "TaskCreated"}));
  const auto deal = shop.state<deal::State>(joined.deal.text());
  EXPECT_EQ(deal->contact()->person, *joined.person);
  const auto task = std::ranges::find(deal->open_tasks, "call", &deal::OpenTask::kind);
  ASSERT_NE(task, deal->open_tasks.end());
  EXPECT_EQ(task->due_at.us, shop.clock.now().us + 15 * 60'000'000LL);
}

TEST_F(CallsTest, ASecondMissedCallPlansNoSecondTask) {
  const auto first = report(ended(false, 0));
  call = "call-2";
  const auto start = head();
  const auto second = report(ended(false, 0));
  EXPECT_EQ(second.deal, first.deal);
  EXPECT_EQ(names_after(start), (Names{"CallReported", "TouchRecorded", "CallLinked"}));
}

TEST_F(CallsTest, AnAnsweredLegTakesTheTaskOfAMissedOneBack) {
  const auto missed = report(ended(false, 0));
  const auto calls = [&] {
    const auto deal = shop.state<deal::State>(missed.deal.text());
    return std::ranges::count(deal->open_tasks, "call", &deal::OpenTask::kind);
  };
  EXPECT_EQ(calls(), 1);
  report(ended(true, 40));
  EXPECT_EQ(calls(), 0);
}

TEST_F(CallsTest, ItsEndAndItsRecordingAmendTheTouchThatItsAnswerMade) {
  report(input("answered"));
  const auto start = head();
  report(ended(true, 61));
  CallInput recording = input("recording", "");
  recording.report.recording_url = "https://pbx.example/1.mp3";
  report(recording);
  report(recording);
  EXPECT_EQ(names_after(start), (Names{"CallReported", "TouchAmended", "CallReported",
                                       "TouchAmended", "CallReported"}));
}

TEST_F(CallsTest, ARecordingThatComesFirstIsOnTheTouch) {
  CallInput recording = input("recording", "");
  recording.open.person = {};
  recording.report.recording_url = "https://pbx.example/1.mp3";
  EXPECT_TRUE(report(recording).deal.is_nil());
  const auto start = head();
  const auto joined = report(ended(true, 61));
  EXPECT_FALSE(joined.deal.is_nil());
  EXPECT_EQ(std::ranges::count(names_after(start), "TouchAmended"), 0);
}

use_cases::KeptBody kept(std::string id) {
  return {.source = "src_pbx",
          .delivery = "dlv_1",
          .what = std::string(fetch::kRecording),
          .id = std::move(id)};
}

TEST_F(CallsTest, ARecordingIsRequestedOnceThereIsATouchAndOnlyOnce) {
  CallInput early = input("recording", "");
  early.open.person = {};
  early.recordings = {kept("rec-1")};
  const auto start = head();
  report(early);
  EXPECT_EQ(names_after(start), (Names{"CallReported", "CallRecordingReady"}));
  const auto joined = report(ended(true, 61));
  const auto requested = [&] {
    return std::ranges::count(names_after(start), "FileFetchRequested");
  };
  EXPECT_EQ(requested(), 1);
  report(early);
  EXPECT_EQ(requested(), 1);
  CallInput second = input("recording", "");
  second.recordings = {kept("rec-2")};
  report(second);
  EXPECT_EQ(requested(), 2);
  const TouchId touch(Uuid::derived(CallId(Uuid::derived({}, call)).uuid(), "touch"));
  const FetchId id(Uuid::derived(touch.uuid(), "file-recording:rec-1"));
  const auto state = shop.state<fetch::State>(id.text());
  EXPECT_EQ(state->target.deal, joined.deal.text());
  EXPECT_EQ(state->target.touch, touch.text());
  EXPECT_EQ(state->target.person, joined.person->text());
}

TEST_F(CallsTest, ARecordingOfACallThatIsNobodysIsNotFetched) {
  CallInput made = ended(true, 61, "out");
  made.recordings = {kept("rec-1")};
  const auto start = head();
  report(made);
  EXPECT_EQ(names_after(start), (Names{"CallReported", "CallRecordingReady"}));
}

TEST_F(CallsTest, ADialToAStrangerIsKeptButIsNobodysTouch) {
  const auto start = head();
  EXPECT_TRUE(report(ended(true, 61, "out")).deal.is_nil());
  EXPECT_EQ(names_after(start), Names{"CallReported"});
}

TEST_F(CallsTest, ADialToACustomerAnswersHim) {
  const DealId deal = shop.open_deal_of(somebody("Anna", phone));
  const auto joined = report(ended(true, 61, "out"));
  EXPECT_EQ(joined.deal, deal);
  const auto state = shop.state<deal::State>(deal.text());
  EXPECT_TRUE(state->touches.back().answers_customer);
}

TEST_F(CallsTest, ALandlineIsKnownAgainByItsNumber) {
  phone = "+74951234567";
  const auto first = report(ended(false, 0));
  ASSERT_FALSE(first.deal.is_nil());
  call = "call-2";
  const auto start = head();
  EXPECT_EQ(report(input("started")).person, first.person);
  EXPECT_EQ(report(ended(true, 5)).deal, first.deal);
  EXPECT_EQ(std::ranges::count(names_after(start), "PersonRegistered"), 0);
}

TEST_F(CallsTest, AHiddenNumberIsKeptWithoutACard) {
  CallInput hidden = ended(false, 0);
  hidden.open.person = {};
  hidden.threads.clear();
  EXPECT_TRUE(report(hidden).deal.is_nil());
}

TEST_F(CallsTest, WhoTookTheCallOwnsTheDealThatItOpens) {
  const auto user = shop.must([](Unit& unit) {
    return use_cases::register_user(unit, {.name = "Olga",
                                           .email = "olga@example.ru",
                                           .role = "seller",
                                           .time_zone = "Europe/Moscow"});
  });
  CallInput made = ended(true, 30);
  made.report.agent = user.text();
  const auto joined = report(made);
  EXPECT_EQ(shop.state<deal::State>(joined.deal.text())->owner, user);
}

}  // namespace
}  // namespace dealog
