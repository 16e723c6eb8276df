// What every log promises about appending.
#include "libs/base/limits.hpp"
#include "tests/unit/eventlog/conformance.hpp"

namespace dealog::testing {

template <class Store>
class LogAppend : public LogConformance<Store> {};
TYPED_TEST_SUITE(LogAppend, LogStores);

TYPED_TEST(LogAppend, NumbersEventsFromOneWithoutAGap) {
  EXPECT_EQ(this->log().head(), Position{0});
  EXPECT_EQ(this->must({{.stream = "deal_1", .id = 1}}), Position{1});
  const auto pair = this->append({{.stream = "deal_1", .id = 2}, {.stream = "deal_2", .id = 3}});
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->first, Position{2});
  EXPECT_EQ(pair->last, Position{3});
  EXPECT_FALSE(pair->existed);
  EXPECT_EQ(this->log().head(), Position{3});
}

TYPED_TEST(LogAppend, FinishesRecordsWithWhatOnlyTheCommitterKnows) {
  this->must({{.stream = "deal_1", .id = 1}});
  this->must({{.stream = "deal_2", .id = 2}, {.stream = "deal_1", .id = 3, .payload = "x"}});
  const auto events = this->read({}, Direction::kForward);
  ASSERT_EQ(events.size(), 3U);
  const auto& last = events[2].record;
  EXPECT_EQ(last.position(), 3U);
  EXPECT_EQ(last.version(), 2U);
  EXPECT_EQ(last.recorded_us(), kNoon.us);
  EXPECT_EQ(last.append_index(), 1U);
  EXPECT_EQ(last.append_count(), 2U);
  EXPECT_EQ(last.log_id(), this->log().log_id());
  EXPECT_EQ(last.payload(), "x");
  EXPECT_EQ(last.event_id(), id_of(3).view());
}

TYPED_TEST(LogAppend, SaysWhichVersionEachEventGot) {
  const std::vector<EventSketch> events = {
      {.stream = "deal_1", .id = 2}, {.stream = "deal_2", .id = 3}, {.stream = "deal_1", .id = 4}};
  this->must({{.stream = "deal_1", .id = 1}});
  const auto appended = this->append(events);
  ASSERT_TRUE(appended.has_value());
  EXPECT_EQ(appended->versions, (std::vector<StreamVersion>{{2}, {1}, {3}}));
  EXPECT_TRUE(this->append(events).value().versions.empty()) << "it existed";
}

TYPED_TEST(LogAppend, HoldsAStreamToItsExpectedVersion) {
  this->must({{.stream = "deal_1", .id = 1}}, {StreamAt{"deal_1", {0}}});
  this->must({{.stream = "deal_1", .id = 2}}, {StreamAt{"deal_1", {1}}});
  const auto stale = this->append({{.stream = "deal_1", .id = 3}}, {StreamAt{"deal_1", {1}}});
  ASSERT_FALSE(stale.has_value());
  EXPECT_EQ(stale.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(stale.error().code, "version_conflict");
  EXPECT_EQ(this->log().head(), Position{2});
}

TYPED_TEST(LogAppend, ChecksConditionsOnStreamsItDoesNotWriteTo) {
  this->must({{.stream = "per_1", .id = 1}});
  this->must({{.stream = "deal_1", .id = 2}}, {StreamAt{"per_1", {1}}, StreamAt{"com_1", {0}}});
  EXPECT_FALSE(this->append({{.stream = "deal_1", .id = 3}}, {StreamAt{"com_1", {1}}}).has_value());
}

TYPED_TEST(LogAppend, WritesNothingWhenOneOfSeveralConditionsFails) {
  const auto refused = this->append({{.stream = "deal_1", .id = 1, .open_tags = {"tsk_1"}},
                                     {.stream = "deal_2", .id = 2, .fresh_keys = {{"deal_2", 9}}}},
                                    {StreamAt{"deal_1", {0}}, StreamAt{"deal_2", {5}}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(this->log().head(), Position{0});
  EXPECT_EQ(this->log().stream_version("deal_1").value(), StreamVersion{0});
  EXPECT_EQ(this->log().find_event(id_of(1)).value(), std::nullopt);
  EXPECT_EQ(this->log().subject_key("deal_2").value(), std::nullopt);
  EXPECT_TRUE(this->read_tag(false, "tsk_1", {}, Direction::kForward).empty());
  // The refused id is free: a refusal is judged anew.
  EXPECT_EQ(this->must({{.stream = "deal_1", .id = 1}}), Position{1});
}

TYPED_TEST(LogAppend, RefusesWhenATagWasWrittenAfterThePositionThatWasRead) {
  const auto claim = [&](std::uint64_t id, Position read_at) {
    return this->append(
        {{.stream = "inv_" + std::to_string(id), .id = id, .open_tags = {"invoice-number:17"}}},
        {NoTagAfter{false, "invoice-number:17", read_at}});
  };
  ASSERT_TRUE(claim(1, {0}).has_value());
  const auto second = claim(2, {0});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "tag_conflict");
  EXPECT_TRUE(claim(3, {1}).has_value());
  // Another tag that only begins alike is another tag.
  EXPECT_TRUE(
      this->append({{.stream = "inv_9", .id = 9}}, {NoTagAfter{false, "invoice-number:1", {0}}})
          .has_value());
}

TYPED_TEST(LogAppend, RefusesASecondClaimOfAPersonalTag) {
  const std::string phone(16, '\xff');
  const auto claim = [&](std::uint64_t id) {
    return this->append({{.stream = "per_1", .id = id, .personal_tags = {phone}}},
                        {NoTagAfter{true, phone, {0}}});
  };
  ASSERT_TRUE(claim(1).has_value());
  ASSERT_FALSE(claim(2).has_value());
  EXPECT_EQ(claim(2).error().code, "tag_conflict");
}

TYPED_TEST(LogAppend, AnswersARepeatedRequestWithTheFirstAnswer) {
  this->must({{.stream = "deal_0", .id = 100}});
  const auto first = this->append({{.stream = "deal_1", .id = 1, .fingerprint = "same"},
                                   {.stream = "deal_1", .id = 2, .fingerprint = "same"}});
  this->clock_.advance(std::chrono::hours(1));
  this->fill("deal_2", 10, 3);
  for (int restart = 0; restart < 2; ++restart) {
    const auto again = this->append({{.stream = "deal_1", .id = 1, .fingerprint = "same"},
                                     {.stream = "deal_1", .id = 2, .fingerprint = "same"}},
                                    {StreamAt{"deal_1", {0}}});
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->existed);
    EXPECT_EQ(again->first, first->first);
    EXPECT_EQ(again->last, first->last);
    EXPECT_EQ(again->recorded, first->recorded);
    this->reopen();
  }
  EXPECT_EQ(this->log().head(), Position{6});
}

TYPED_TEST(LogAppend, RefusesAnotherRequestUnderAUsedKeyForGood) {
  this->must({{.stream = "deal_1", .id = 1, .fingerprint = "one"}});
  for (int restart = 0; restart < 2; ++restart) {
    const auto other = this->append({{.stream = "deal_1", .id = 1, .fingerprint = "two"}});
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().kind, ErrorKind::kUnprocessable);
    EXPECT_EQ(other.error().code, "idempotency_key_reused");
    this->reopen();
  }
}

TYPED_TEST(LogAppend, TakesAComputedIdThatIsThereAsDone) {
  this->must({{.stream = "deal_1", .id = 1, .fingerprint = "one"}});
  auto request = append_of({{.stream = "deal_1", .id = 1, .fingerprint = "two"}});
  request.on_existing = OnExisting::kAcceptAny;
  const auto again = this->log().append_and_wait(std::move(request));
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->existed);
  EXPECT_EQ(again->last, Position{1});
}

TYPED_TEST(LogAppend, AnswersForTheWholeAppendThatHoldsTheId) {
  this->must({{.stream = "deal_1", .id = 1}, {.stream = "deal_1", .id = 2}});
  auto request = append_of({{.stream = "deal_1", .id = 2}});
  request.on_existing = OnExisting::kAcceptAny;
  const auto again = this->log().append_and_wait(std::move(request));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->first, Position{1});
  EXPECT_EQ(again->last, Position{2});
}

TYPED_TEST(LogAppend, NeverStoresOneIdTwice) {
  this->must({{.stream = "deal_1", .id = 1}, {.stream = "deal_1", .id = 2}});
  const auto second = this->append({{.stream = "deal_1", .id = 3}, {.stream = "deal_1", .id = 2}});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "idempotency_key_reused");
  const auto doubled = this->append({{.stream = "deal_1", .id = 5}, {.stream = "deal_1", .id = 5}});
  ASSERT_FALSE(doubled.has_value());
  EXPECT_EQ(doubled.error().code, "append_invalid");
  EXPECT_EQ(this->log().head(), Position{2});
}

TYPED_TEST(LogAppend, NeverLetsRecordedTimeGoBack) {
  this->must({{.stream = "deal_1", .id = 1}});
  this->clock_.set(kNoon - std::chrono::hours(1));
  const auto earlier = this->append({{.stream = "deal_1", .id = 2}});
  EXPECT_EQ(earlier->recorded, kNoon);
  this->reopen();
  EXPECT_EQ(this->log().head_time(), kNoon);
  EXPECT_EQ(this->append({{.stream = "deal_1", .id = 3}})->recorded, kNoon);
  this->clock_.set(kNoon + std::chrono::seconds(1));
  EXPECT_EQ(this->append({{.stream = "deal_1", .id = 4}})->recorded,
            kNoon + std::chrono::seconds(1));
}

TYPED_TEST(LogAppend, RefusesWhatIsOverALimit) {
  const auto code = [&](AppendRequest request) {
    const auto appended = this->log().append_and_wait(std::move(request));
    return appended ? std::string("accepted") : appended.error().code;
  };
  EXPECT_EQ(
      code(append_of({{.stream = "d", .id = 1, .payload = std::string(limits::kEventBytes, 'x')}})),
      "append_too_large");
  AppendRequest many;
  for (std::uint64_t i = 0; i <= limits::kAppendEvents; ++i) {
    many.events.push_back(event({.stream = "d", .id = 10 + i}));
  }
  EXPECT_EQ(code(many), "append_too_large");
  AppendRequest heavy;
  for (std::uint64_t i = 0; i < 9; ++i) {
    heavy.events.push_back(event(
        {.stream = "d", .id = 10 + i, .payload = std::string(limits::kEventBytes - 1000, 'x')}));
  }
  EXPECT_EQ(code(heavy), "append_too_large");
  EXPECT_EQ(code(append_of({{.stream = "d", .id = 1, .open_tags = {std::string(301, 't')}}})),
            "append_too_large");
  EXPECT_EQ(this->log().head(), Position{0});
}

TYPED_TEST(LogAppend, RefusesWhatNoCallerShouldSend) {
  const auto code = [&](AppendRequest request) {
    const auto appended = this->log().append_and_wait(std::move(request));
    return appended ? std::string("accepted") : appended.error().code;
  };
  EXPECT_EQ(code({}), "append_invalid");
  EXPECT_EQ(code(append_of({{.stream = "", .id = 1}})), "append_invalid");
  EXPECT_EQ(code(append_of({{.stream = "Deal 1", .id = 1}})), "append_invalid");
  EXPECT_EQ(code(append_of({{.stream = std::string(65, 'd'), .id = 1}})), "append_invalid");
  EXPECT_EQ(code(append_of({{.stream = "d", .id = 1, .personal_tags = {"short"}}})),
            "append_invalid");
  EXPECT_EQ(code(append_of({{.stream = "d", .id = 1, .open_tags = {""}}})), "append_invalid");
  auto nil = append_of({{.stream = "d", .id = 1}});
  nil.events[0].id = {};
  EXPECT_EQ(code(std::move(nil)), "append_invalid");
  auto stray = append_of({{.stream = "d", .id = 1}});
  stray.raw_bodies.push_back({id_of(2), "body"});
  EXPECT_EQ(code(std::move(stray)), "append_invalid");
}

TYPED_TEST(LogAppend, KeepsRawBodiesBesideTheirEvents) {
  auto request = append_of({{.stream = "dlv_1", .id = 1}, {.stream = "dlv_2", .id = 2}});
  request.raw_bodies = {{id_of(1), "sealed one"}, {id_of(2), std::string("\0two", 4)}};
  ASSERT_TRUE(this->log().append_and_wait(std::move(request)).has_value());
  EXPECT_EQ(this->log().raw_body(id_of(1)).value(), "sealed one");
  this->reopen();
  EXPECT_EQ(this->log().raw_body(id_of(2)).value(), std::string("\0two", 4));
  EXPECT_EQ(this->log().raw_body(id_of(3)).value(), std::nullopt);

  ASSERT_TRUE(this->log().erase_raw_body(id_of(1)).has_value());
  this->reopen();
  EXPECT_EQ(this->log().raw_body(id_of(1)).value(), std::nullopt);
  EXPECT_EQ(this->log().raw_body(id_of(2)).value(), std::string("\0two", 4));
  EXPECT_EQ(this->read({}, Direction::kForward).size(), 2U);
}

TYPED_TEST(LogAppend, RemembersWhoseKeyWasDrawn) {
  this->must({{.stream = "deal_1", .id = 1, .fresh_keys = {{"deal_1", 7}, {"per_1", 8}}}});
  // A key that is repeated because the sealer was not yet told is the same key.
  this->must({{.stream = "deal_1", .id = 2, .fresh_keys = {{"deal_1", 7}}}});
  const auto other = this->append({{.stream = "deal_1", .id = 3, .fresh_keys = {{"deal_1", 9}}}});
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().kind, ErrorKind::kConflict);
  this->reopen();
  EXPECT_EQ(this->log().subject_key("deal_1").value(), KeyId{7});
  EXPECT_EQ(this->log().subject_key("per_1").value(), KeyId{8});
  EXPECT_EQ(this->log().subject_key("per_2").value(), std::nullopt);
}

}  // namespace dealog::testing
