// Absences over the API: whose they are to record, what is refused, what others see.
#include <chrono>

#include <gtest/gtest.h>

#include "libs/base/timestamp.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

// A day so many days from now: what may be recorded depends on the real one.
std::string in_days(int days) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto today = std::chrono::duration_cast<std::chrono::hours>(now).count() / 24;
  return Date{static_cast<std::int32_t>(today) + days}.text();
}

class AbsencesApi : public ::testing::Test {
 protected:
  void SetUp() override {
    user_ = must(studio_.api().post("/v1/users", {{"name", "Anna"},
                                                  {"rights", {"read", "write"}},
                                                  {"time_zone", "Asia/Tokyo"}}),
                 201)
                .str("/id");
    anna_.emplace(studio_.server.port(),
                  must(studio_.api().post("/v1/tokens", {{"user", user_}}), 201).str("/token"));
  }
  std::string path() const { return "/v1/users/" + user_ + "/absences"; }

  Studio studio_;
  std::string user_;
  std::optional<ApiClient> anna_;
};

TEST_F(AbsencesApi, AreRecordedListedAndWithdrawn) {
  const Answer later = must(
      anna_->post(path(), {{"from", in_days(20)}, {"to", in_days(21)}, {"kind", "vacation"}}), 201);
  const Answer sooner = must(anna_->post(path(), {{"from", in_days(3)}, {"to", in_days(3)}}), 201);
  EXPECT_EQ(later.str("/time_zone"), "Asia/Tokyo");
  EXPECT_EQ(later.str("/begins_at").substr(10), "T15:00:00.000000Z");
  EXPECT_EQ(sooner.str("/kind"), "other");
  // Everybody sees when somebody is away; why, only who may see personal data.
  const Answer seen = anna_->read(path());
  ASSERT_EQ(seen.items().size(), 2u) << seen.shown();
  EXPECT_EQ(seen.str("/items/0/id"), sooner.str("/id"));
  EXPECT_EQ(seen.str("/items/1/to"), in_days(21));
  EXPECT_TRUE(seen.at("/items/1/kind/masked").as_bool());
  studio_.api().read("/v1/log/head");
  EXPECT_EQ(must(studio_.api().get(path()), 200).str("/items/1/kind"), "vacation");
  must(anna_->del(path() + "/" + later.str("/id")), 204);
  EXPECT_EQ(anna_->read(path()).items().size(), 1u);
  expect_problem(anna_->del(path() + "/" + later.str("/id")), 404, "absence_not_found");
  expect_problem(anna_->del(path() + "/abs_1"), 404, "absence_not_found");
  // It stands in the user's history.
  const Answer events = studio_.api().read("/v1/events?limit=50&stream=" + user_);
  EXPECT_EQ(str(events.items().back(), "/type"), "AbsenceWithdrawn");
}

TEST_F(AbsencesApi, ThatCannotBeAreRefusedWithWhatIsWrong) {
  const Answer first = must(anna_->post(path(), {{"from", in_days(5)}, {"to", in_days(7)}}), 201);
  const Answer again = anna_->post(path(), {{"from", in_days(7)}, {"to", in_days(9)}});
  expect_problem(again, 409, "absence_overlaps");
  EXPECT_EQ(again.str("/absence"), first.str("/id"));
  const Answer back = anna_->post(path(), {{"from", in_days(12)}, {"to", in_days(11)}});
  expect_problem(back, 400, "invalid_input");
  EXPECT_EQ(back.str("/errors/0/pointer"), "/to");
  expect_problem(anna_->post(path(), {{"from", in_days(800)}, {"to", in_days(801)}}), 400,
                 "invalid_input");
  expect_problem(anna_->post(path(), {{"from", in_days(12)}}), 400, "invalid_input");
  expect_problem(
      studio_.api().post("/v1/users/usr_00/absences", {{"from", in_days(12)}, {"to", in_days(12)}}),
      404, "user_not_found");
}

TEST_F(AbsencesApi, OfOthersAreForWhoLooksAfterThem) {
  const json::value days{{"from", in_days(5)}, {"to", in_days(7)}};
  ApiClient seller = studio_.user_with({"read", "write"});
  expect_problem(seller.post(path(), days), 403, "not_your_absence");
  ApiClient supervisor = studio_.user_with({"read", "write"}, "supervisor");
  const Answer recorded = must(supervisor.post(path(), days), 201);
  expect_problem(seller.del(path() + "/" + recorded.str("/id")), 403, "not_your_absence");
  must(studio_.api().del(path() + "/" + recorded.str("/id")), 204);
}

TEST_F(AbsencesApi, ACalendarIsAUsersOwn) {
  const std::string user = "/v1/users/" + user_;
  EXPECT_TRUE(studio_.api().read(user).at("/calendar").is_null());
  EXPECT_EQ(must(studio_.api().patch(user, {{"calendar", "four-days"}}), 200).str("/calendar"),
            "four-days");
  EXPECT_TRUE(
      must(studio_.api().patch(user, {{"calendar", nullptr}}), 200).at("/calendar").is_null());
}

}  // namespace
}  // namespace dealog::e2e
