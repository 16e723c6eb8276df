#include "libs/domain/fetch/fetch.hpp"

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::fetch {
namespace {

using FetchStory = testing::Story<State>;

constexpr Timestamp kNow{1'772'700'000'000'000};
constexpr std::int64_t kSecond = 1'000'000;

RequestFetch lead() { return {"src_1", "dlv_1", "lead", "444"}; }

// One failure at kNow, by the waits of this folder.
void fail_once(FetchStory& story, const FailFetch& failure = {"timeout"}) {
  story.given_events(decide(story.state(), failure, kNow, 0).value());
}

TEST(Fetch, IsRequestedOnce) {
  FetchStory story;
  story.when(lead()).then({"FetchRequested"});
  EXPECT_EQ(story.state().status, Status::kWaiting);
  EXPECT_EQ(story.state().id, "444");
  story.when(lead()).then({});
}

TEST(Fetch, WaitsTwiceAsLongAfterEachFailureAndIsGivenUpAfterTwelve) {
  FetchStory story;
  story.given(lead());
  fail_once(story);
  EXPECT_EQ(story.state().next_at.us, kNow.us + 10 * kSecond);
  fail_once(story);
  EXPECT_EQ(story.state().next_at.us, kNow.us + 20 * kSecond);
  for (std::uint32_t i = 2; i < kAttempts - 1; ++i) fail_once(story);
  EXPECT_EQ(story.state().next_at.us, kNow.us + 10'240 * kSecond);
  EXPECT_EQ(story.state().status, Status::kWaiting);
  fail_once(story);
  EXPECT_EQ(story.state().status, Status::kGivenUp);
  EXPECT_EQ(decide(story.state(), FailFetch{"timeout"}, kNow, 0).error().code, "fetch_settled");
  story.when(RetryFetch{}).then({"FetchRetried"});
  EXPECT_EQ(story.state().attempts, 0u);
  story.when(RetryFetch{}).then_refused("fetch_waiting");
}

TEST(Fetch, WaitsAsLongAsTheProviderAsks) {
  FetchStory story;
  story.given(lead());
  const Timestamp later{kNow.us + 3600 * kSecond};
  fail_once(story, {.code = "rate_limited", .not_before = later});
  EXPECT_EQ(story.state().next_at, later);
}

TEST(Fetch, ThatCannotSucceedIsGivenUpAtOnce) {
  FetchStory story;
  story.given(lead());
  fail_once(story, {.code = "access_denied", .final = true});
  EXPECT_EQ(story.state().status, Status::kGivenUp);
  EXPECT_EQ(story.state().code, "access_denied");
}

TEST(Fetch, NeverWaitsLongerThanSixHoursAndAFifth) {
  for (std::uint32_t attempts = 1; attempts < 60; ++attempts) {
    const Timestamp next = next_attempt(kNow, attempts, UINT64_MAX);
    EXPECT_LE(next.us, kNow.us + 6 * 3600 * kSecond * 6 / 5);
    EXPECT_GE(next.us, kNow.us + 10 * kSecond);
  }
}

TEST(Fetch, IsAnsweredByADelivery) {
  FetchStory story;
  story.when(CompleteFetch{"dlv_2"}).then_refused("fetch_not_found");
  story.given(lead()).when(CompleteFetch{"dlv_2"}).then({"FetchCompleted"});
  EXPECT_EQ(story.state().status, Status::kFetched);
  story.when(CompleteFetch{"dlv_3"}).then_refused("fetch_settled");
  story.when(RetryFetch{}).then_refused("fetch_settled");
}

RequestFile recording() {
  return {.source = "src_1",
          .delivery = "dlv_1",
          .what = std::string(kRecording),
          .id = "MToxMA==",
          .target = {.deal = "deal_1", .touch = "tch_1", .person = "per_1", .name = "recording"}};
}

TEST(Fetch, OfAFileKnowsWhereItGoesAndIsRequestedOnce) {
  FetchStory story;
  story.when(recording()).then({"FileFetchRequested"});
  EXPECT_TRUE(is_of_file(story.state().what));
  EXPECT_FALSE(is_of_file(lead().what));
  EXPECT_EQ(story.state().target, recording().target);
  story.when(recording()).then({});
  fail_once(story);
  EXPECT_EQ(story.state().next_at.us, kNow.us + 10 * kSecond);
  story.when(CompleteFile{"fil_1"}).then({"FileFetched"});
  EXPECT_EQ(story.state().status, Status::kFetched);
  story.when(CompleteFile{"fil_1"}).then_refused("fetch_settled");
}

TEST(Fetch, OfAFileIsSealedUnderTheKeyOfWhomItIsAbout) {
  EXPECT_EQ(decide(State{}, recording())->front().subject, "per_1");
}

}  // namespace
}  // namespace dealog::fetch
