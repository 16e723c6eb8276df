// The demo company is what it claims to be: alive in every corner, and made by the rules.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dealog/v1/deal_events.pb.h"
#include "libs/base/phone.hpp"
#include "libs/domain/deal/state.hpp"
#include "projections/deals/board_view.hpp"
#include "projections/intake/intake_view.hpp"
#include "projections/leaks/leaks_view.hpp"
#include "services/dealog/demo/people.hpp"
#include "tests/unit/services/demo_fixture.hpp"

namespace dealog {
namespace {

using testing::CompanyFolder;
using testing::must;
using testing::OpenedCompany;

class DemoCompany : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new CompanyFolder();
    made_ = must(demo::fill_company(testing::small_company(folder_->path(), 7)));
    company_ = new OpenedCompany(folder_->path());
    events_ = company_->events();
  }
  static void TearDownTestSuite() {
    events_.clear();
    delete company_;
    delete folder_;
  }

  static ViewContext context() {
    return {company_->core().views(), company_->core().keys(), PersonalView::kShown,
            company_->now()};
  }
  template <class M>
  static std::vector<const M*> all_of() {
    std::vector<const M*> found;
    for (const auto& event : events_) {
      if (const M* m = event.as<M>()) found.push_back(m);
    }
    return found;
  }

  static inline CompanyFolder* folder_ = nullptr;
  static inline OpenedCompany* company_ = nullptr;
  static inline demo::MonthReport made_;
  static inline std::vector<RecordedEvent> events_;
};

TEST_F(DemoCompany, HasAsManyDealsAsWereAsked) {
  EXPECT_EQ(made_.deals, 120u);
  EXPECT_EQ(made_.open + made_.won + made_.lost, 120u);
  EXPECT_EQ(all_of<v1::DealOpened>().size(), 120u);
}

TEST_F(DemoCompany, HasOpenDealsInEveryStageOfTheRegulation) {
  const auto regulation = must(company_->core().regulations().current("web-studio"));
  std::vector<std::string> stages;
  for (const auto& stage : regulation->stages) stages.push_back(stage.code);
  const auto reading = context();
  const auto columns = must(
      views::BoardView(reading).board({.pipeline = "web-studio", .stages = stages, .cards = 1}));
  ASSERT_EQ(columns.size(), 11u);
  for (const auto& column : columns) EXPECT_GT(column.count, 0u) << column.stage;
}

TEST_F(DemoCompany, LightsEveryLamp) {
  const auto reading = context();
  for (const auto& lamp : must(views::LeaksView(reading).lamps({}))) {
    EXPECT_GT(lamp.count, 0u) << views::code_of(lamp.code);
    EXPECT_LT(lamp.count, 90u) << views::code_of(lamp.code) << ": too many to be believed";
  }
}

TEST_F(DemoCompany, LeavesWorkForToday) {
  std::set<std::string> due_today;
  for (const auto& event : events_) {
    if (event.as<v1::DealOpened>() == nullptr) continue;
    const auto state = must(company_->core().bus().folds().current<deal::State>(event.stream));
    if (state->is_open() && state->next_step(company_->now()) == deal::NextStep::kToday) {
      due_today.insert(event.stream);
    }
  }
  EXPECT_GE(due_today.size(), 3u);
}

TEST_F(DemoCompany, WonAndLostDealsHaveTheirReasons) {
  EXPECT_GT(made_.won, 0u);
  EXPECT_GT(made_.lost, 0u);
  std::set<std::string> reasons;
  for (const auto* lost : all_of<v1::DealLost>()) reasons.insert(lost->reason());
  EXPECT_GE(reasons.size(), 4u);
  EXPECT_FALSE(all_of<v1::DealReopened>().empty());
}

TEST_F(DemoCompany, PassesTheGatesAndOnlyTheHeadSetsThemAside) {
  std::size_t overridden = 0;
  std::size_t back = 0;
  for (const auto& event : events_) {
    const auto* moved = event.as<v1::DealStageChanged>();
    if (moved == nullptr) continue;
    if (moved->direction() == "back") ++back;
    if (!moved->overridden()) {
      for (const auto& verdict : moved->verdicts()) {
        EXPECT_TRUE(verdict.met() || moved->direction() == "back")
            << event.stream << " " << moved->from() << " → " << moved->to() << ": "
            << verdict.criterion();
      }
      continue;
    }
    ++overridden;
    EXPECT_EQ(moved->reason(), "Постоянный клиент, задача понятна без встречи");
    const auto who = must(company_->core().bus().folds().current<user::State>(event.actor.id));
    EXPECT_TRUE(who->rights.has(user::Right::kOverride));
    EXPECT_EQ(who->role, "supervisor");
  }
  EXPECT_GT(overridden, 0u);
  EXPECT_GT(back, 0u);
  EXPECT_TRUE(all_of<v1::DealStageReported>().empty());
}

TEST_F(DemoCompany, MovesThatMoneyAndSignaturesMakeAreNobodysHand) {
  std::set<std::string> automatic;
  for (const auto* moved : all_of<v1::DealStageChanged>()) {
    if (moved->automatic()) automatic.insert(moved->to());
  }
  EXPECT_THAT(automatic, ::testing::UnorderedElementsAre("prepayment", "paid_in_full"));
}

TEST_F(DemoCompany, DeliveriesCameThroughTheFrontDoorAndAddUp) {
  const auto reading = context();
  const auto totals = must(views::IntakeView(reading).totals());
  EXPECT_EQ(totals.received, totals.pending + totals.accepted + totals.duplicate +
                                 totals.quarantined + totals.ignored);
  EXPECT_EQ(totals.pending, 0u);
  EXPECT_GT(totals.accepted, 20u);
  EXPECT_GT(totals.duplicate, 0u);
  EXPECT_EQ(totals.quarantined, 2u);
  EXPECT_GT(totals.ignored, 0u);
}

TEST_F(DemoCompany, WhoeverLeftOwnsOnlyWhatWasForgotten) {
  std::size_t forgotten = 0;
  std::size_t gone = 0;
  for (const auto& id : must(company_->core().users().users())) {
    const auto user = must(company_->core().bus().folds().current<user::State>(id.text()));
    if (user->active) continue;
    ++gone;
    for (const auto& event : events_) {
      if (event.as<v1::DealOpened>() == nullptr) continue;
      const auto state = must(company_->core().bus().folds().current<deal::State>(event.stream));
      if (state->is_open() && state->owner == id) ++forgotten;
    }
  }
  EXPECT_EQ(gone, 1u);
  EXPECT_EQ(forgotten, 2u);
}

TEST_F(DemoCompany, ItsLastEventsAreRightBeforeTheEnd) {
  const Timestamp last = events_.back().recorded;
  EXPECT_LE(last, testing::story_end());
  EXPECT_GT(last, testing::story_end() - std::chrono::hours(12));
}

TEST(DemoPeople, HaveValidMobileNumbersInEverySpelling) {
  demo::Random random(1, 1);
  std::set<std::string> numbers;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto person = demo::draw_person(random, i * 7919);
    const Phone phone = parse_phone(person.phone, "RU");
    EXPECT_TRUE(phone.valid && phone.mobile) << person.phone;
    EXPECT_TRUE(phone.e164.starts_with("+7900")) << phone.e164;
    numbers.insert(phone.e164);
    EXPECT_TRUE(person.email.ends_with("@example.com"));
  }
  EXPECT_EQ(numbers.size(), 300u);
}

}  // namespace
}  // namespace dealog
