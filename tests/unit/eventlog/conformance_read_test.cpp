// What every log promises about reading.
#include "tests/unit/eventlog/conformance.hpp"

namespace dealog::testing {

template <class Store>
class LogRead : public LogConformance<Store> {};
TYPED_TEST_SUITE(LogRead, LogStores);

TYPED_TEST(LogRead, ReadsFromAPositionInBothDirections) {
  this->fill("deal_1", 1, 5);
  const auto at = [&](std::uint64_t from, Direction direction, std::size_t limit = 1000) {
    return this->positions(this->read({from}, direction, limit));
  };
  EXPECT_EQ(at(0, Direction::kForward), (Places{1, 2, 3, 4, 5}));
  EXPECT_EQ(at(4, Direction::kForward), (Places{4, 5}));
  EXPECT_EQ(at(6, Direction::kForward), Places{});
  EXPECT_EQ(at(2, Direction::kForward, 2), (Places{2, 3}));
  EXPECT_EQ(at(2, Direction::kForward, 0), Places{});
  EXPECT_EQ(at(UINT64_MAX, Direction::kBackward), (Places{5, 4, 3, 2, 1}));
  EXPECT_EQ(at(3, Direction::kBackward, 2), (Places{3, 2}));
  EXPECT_EQ(at(0, Direction::kBackward), Places{});
  EXPECT_EQ(at(UINT64_MAX, Direction::kForward), Places{});
}

TYPED_TEST(LogRead, AnEmptyLogHasNothingToRead) {
  EXPECT_TRUE(this->read({}, Direction::kForward).empty());
  EXPECT_TRUE(this->read(kEnd, Direction::kBackward).empty());
  EXPECT_TRUE(this->read_stream("deal_1", {}, Direction::kForward).empty());
  EXPECT_EQ(this->log().head_time(), Timestamp{});
  EXPECT_EQ(this->log().position_at(kNoon).value(), Position{0});
}

TYPED_TEST(LogRead, StopsWhenTheVisitorHasEnough) {
  this->fill("deal_1", 1, 5);
  int seen = 0;
  const auto first_two = [&](const StoredEvent&) { return ++seen < 2; };
  this->check(this->log().read({}, Direction::kForward, 1000, first_two));
  EXPECT_EQ(seen, 2);
  seen = 0;
  this->check(this->log().read_stream("deal_1", {}, Direction::kForward, 1000, first_two));
  EXPECT_EQ(seen, 2);
}

TYPED_TEST(LogRead, ReadsAStreamByVersion) {
  // Interleaved, and with a neighbour whose name begins alike.
  for (std::uint64_t i = 0; i < 4; ++i) {
    this->must({{.stream = "deal_1", .id = 10 + i}});
    this->must({{.stream = "deal_10", .id = 20 + i}});
  }
  const auto at = [&](StreamVersion from, Direction direction, std::size_t limit = 1000) {
    return this->positions(this->read_stream("deal_1", from, direction, limit));
  };
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(at({0}, Direction::kForward), (Places{1, 3, 5, 7}));
    EXPECT_EQ(at({3}, Direction::kForward), (Places{5, 7}));
    EXPECT_EQ(at({2}, Direction::kForward, 1), (Places{3}));
    EXPECT_EQ(at({5}, Direction::kForward), Places{});
    EXPECT_EQ(at(kLatest, Direction::kBackward), (Places{7, 5, 3, 1}));
    EXPECT_EQ(at({2}, Direction::kBackward), (Places{3, 1}));
    EXPECT_EQ(at({4}, Direction::kBackward, 2), (Places{7, 5}));
    EXPECT_EQ(at({0}, Direction::kBackward), Places{});
    EXPECT_EQ(this->log().stream_version("deal_1").value(), StreamVersion{4});
    EXPECT_EQ(this->log().stream_version("deal_10").value(), StreamVersion{4});
    EXPECT_EQ(this->log().stream_version("deal").value(), StreamVersion{0});
    this->reopen();
  }
}

TYPED_TEST(LogRead, ReadsTheEventsThatCarryATag) {
  this->must({{.stream = "deal_1", .id = 1, .open_tags = {"tsk_1", "per_1"}}});
  this->must({{.stream = "deal_2", .id = 2, .open_tags = {"per_1"}}});
  this->must({{.stream = "deal_1", .id = 3, .open_tags = {"tsk_1"}}});
  this->must({{.stream = "deal_1", .id = 4, .open_tags = {"tsk_11", "счёт:17 \x01"}}});
  const auto at = [&](const std::string& tag, std::uint64_t from, Direction direction,
                      std::size_t limit = 1000) {
    return this->positions(this->read_tag(false, tag, {from}, direction, limit));
  };
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(at("tsk_1", 0, Direction::kForward), (Places{1, 3}));
    EXPECT_EQ(at("tsk_1", 2, Direction::kForward), (Places{3}));
    EXPECT_EQ(at("tsk_1", 4, Direction::kForward), Places{});
    EXPECT_EQ(at("tsk_1", UINT64_MAX, Direction::kBackward), (Places{3, 1}));
    EXPECT_EQ(at("tsk_1", UINT64_MAX, Direction::kBackward, 1), (Places{3}));
    EXPECT_EQ(at("tsk_1", 2, Direction::kBackward), (Places{1}));
    EXPECT_EQ(at("per_1", 0, Direction::kForward), (Places{1, 2}));
    EXPECT_EQ(at("счёт:17 \x01", 0, Direction::kForward), (Places{4}));
    EXPECT_EQ(at("tsk", 0, Direction::kForward), Places{});
    this->reopen();
  }
}

TYPED_TEST(LogRead, FindsPersonalTagsUntilTheyAreErased) {
  const std::string phone = std::string(15, '\0') + "\x01";
  const std::string mail(16, '\xff');
  this->must({{.stream = "per_1", .id = 1, .personal_tags = {phone, mail}}});
  this->must({{.stream = "per_2", .id = 2, .personal_tags = {mail}}});
  EXPECT_EQ(this->positions(this->read_tag(true, phone, {}, Direction::kForward)), (Places{1}));
  EXPECT_EQ(this->positions(this->read_tag(true, mail, kEnd, Direction::kBackward)),
            (Places{2, 1}));
  EXPECT_TRUE(this->read_tag(false, mail, {}, Direction::kForward).empty());

  this->check(this->log().erase_personal_tags({mail, std::string(16, 'n')}));
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_TRUE(this->read_tag(true, mail, {}, Direction::kForward).empty());
    EXPECT_EQ(this->positions(this->read_tag(true, phone, {}, Direction::kForward)), (Places{1}));
    EXPECT_EQ(this->log().head(), Position{2});
    this->reopen();
  }
}

TYPED_TEST(LogRead, FindsAnEventByItsId) {
  this->fill("deal_1", 1, 3);
  this->reopen();
  EXPECT_EQ(this->log().find_event(id_of(2)).value(), Position{2});
  EXPECT_EQ(this->log().find_event(id_of(9)).value(), std::nullopt);
}

TYPED_TEST(LogRead, MapsATimeToThePositionThatWasTheHeadThen) {
  const auto at = [&](int seconds) {
    return this->log().position_at(kNoon + std::chrono::seconds(seconds)).value().value;
  };
  this->must({{.stream = "d", .id = 1}, {.stream = "d", .id = 2}, {.stream = "d", .id = 3}});
  this->clock_.advance(std::chrono::seconds(10));
  this->fill("d", 4, 2);
  this->clock_.advance(std::chrono::seconds(10));
  this->must({{.stream = "d", .id = 6}});
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(at(-1), 0U);
    EXPECT_EQ(at(0), 3U);
    EXPECT_EQ(at(9), 3U);
    EXPECT_EQ(at(10), 5U);
    EXPECT_EQ(at(19), 5U);
    EXPECT_EQ(at(20), 6U);
    EXPECT_EQ(at(1000), 6U);
    this->reopen();
  }
}

TYPED_TEST(LogRead, KeepsItsIdAndEveryByteOverARestart) {
  this->must({{.stream = "d", .id = 1, .payload = std::string("\0\xff\x01", 3)}});
  this->must({{.stream = "d", .id = 2, .payload = std::string(100'000, 'z')}});
  const auto id = this->log().log_id();
  const auto before = this->read({}, Direction::kForward);
  this->reopen();
  const auto after = this->read({}, Direction::kForward);
  EXPECT_EQ(this->log().log_id(), id);
  ASSERT_EQ(after.size(), 2U);
  EXPECT_EQ(after[0].bytes, before[0].bytes);
  EXPECT_EQ(after[1].bytes, before[1].bytes);
}

}  // namespace dealog::testing
