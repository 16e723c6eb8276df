// Deals of another CRM, which tells whom they are about later than the deals themselves.
#include "libs/command/use_cases/reported_deals.hpp"

#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

struct ReportedDealsTest : ::testing::Test {
  ReportedDealsTest() { shop.publish_web_studio(); }

  use_cases::RecordedDeal report(std::string name = "") {
    use_cases::ReportedDeal told{.thread = "src_crm:deal:501",
                                 .open = {.deal = {.title = "Site", .source = "src_crm"}},
                                 .occurred_at = shop.clock.now()};
    if (!name.empty()) told.open.person = use_cases::PersonInput{.name = std::move(name)};
    return shop.must([&](Unit& unit) { return use_cases::report_deal(unit, told); });
  }
  std::vector<deal::Participant> participants(const DealId& deal) {
    return shop.state<deal::State>(deal.text())->participants;
  }

  Workshop shop;
};

TEST_F(ReportedDealsTest, ADealLearnsOnceWhomItIsAbout) {
  const auto first = report();
  EXPECT_TRUE(first.opened);
  EXPECT_TRUE(participants(first.deal).empty());
  EXPECT_EQ(report("Vera").deal, first.deal);
  ASSERT_EQ(participants(first.deal).size(), 1u);
  EXPECT_EQ(participants(first.deal)[0].role, "contact");
  report("Somebody else");
  EXPECT_EQ(participants(first.deal).size(), 1u);
}

}  // namespace
}  // namespace dealog
