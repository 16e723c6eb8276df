// What an operator reads at /metrics.
#include "services/dealog/service_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/command/use_cases/users.hpp"
#include "libs/domain/source/source.hpp"
#include "services/dealog/disk_watch.hpp"
#include "services/dealog/source_metrics.hpp"
#include "services/webhooks/receive.hpp"
#include "tests/unit/services/demo_fixture.hpp"

namespace dealog {
namespace {

using ::testing::HasSubstr;
using testing::must;
using ::testing::Not;

// A core whose log reports to the metrics.
class ServiceMetricsTest : public ::testing::Test {
 protected:
  Result<Outcome> register_somebody(bool valid) {
    return core_->bus().run({.name = "register_user",
                             .stream = "usr_somebody",
                             .actor = {"system", "test"},
                             .rights = user::Rights::all()},
                            [valid](Unit& unit) -> Result<void> {
                              TRY(use_cases::register_user(unit, {.name = "Somebody",
                                                                  .email = "",
                                                                  .role = valid ? "seller" : "king",
                                                                  .time_zone = "Europe/Moscow",
                                                                  .rights = {}}));
                              return {};
                            });
  }
  std::string render() {
    must(wait());
    return metrics_.render(*core_, receiver_, disk_);
  }

  ServiceMetrics metrics_;
  testing::CompanyFolder folder_;
  ManualClock clock_{testing::story_end()};
  SeededIds ids_{clock_, 1};
  std::unique_ptr<Core> core_ = must(Core::open({.data = folder_.path(),
                                                 .clock = &clock_,
                                                 .ids = &ids_,
                                                 .observer = metrics_.log_observer()}));
  webhooks::Receiver receiver_{core_->bus(), core_->sources(), core_->intake()};
  DiskWatch disk_{folder_.path(), UINT64_MAX};

 private:
  Result<bool> wait() {
    return core_->projections().wait_for(core_->log().head(), std::chrono::seconds(30));
  }
};

TEST_F(ServiceMetricsTest, SayHowMuchSpaceIsLeft) {
  EXPECT_THAT(render(), HasSubstr("dealog_disk_low 1\n"));
  EXPECT_THAT(render(), HasSubstr("dealog_disk_free_bytes "));
  EXPECT_THAT(disk_.look()->warning, HasSubstr("free space before the log stops"));
  EXPECT_FALSE(DiskWatch(folder_.path(), 0).look()->low);
  EXPECT_FALSE(DiskWatch(folder_.path() / "none", 1).look().has_value());
}

TEST_F(ServiceMetricsTest, CountAppendsGroupsAndCommands) {
  ASSERT_TRUE(register_somebody(true));
  ASSERT_FALSE(register_somebody(false));
  const std::string text = render();
  EXPECT_THAT(text, HasSubstr("dealog_append_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("dealog_sync_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("dealog_commit_events_sum 1\n"));
  EXPECT_THAT(text, HasSubstr("dealog_log_position 1\n"));
  EXPECT_THAT(text, HasSubstr("dealog_projection_position 1\n"));
  EXPECT_THAT(text, HasSubstr("dealog_projection_lag_events 0\n"));
  EXPECT_THAT(text, HasSubstr("dealog_projection_lag_seconds 0\n"));
  EXPECT_THAT(text, HasSubstr("dealog_commands_total{result=\"done\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dealog_commands_total{result=\"refused\"} 1\n"));
}

TEST_F(ServiceMetricsTest, CountersDoNotGrowByBeingRead) {
  ASSERT_TRUE(register_somebody(true));
  render();
  EXPECT_THAT(render(), HasSubstr("dealog_commands_total{result=\"done\"} 1\n"));
}

TEST_F(ServiceMetricsTest, CountRequestsByRouteMethodAndStatus) {
  const auto observe = metrics_.request_observer();
  observe("/v1/deals/{id}", http::Method::kGet, 200, std::chrono::milliseconds(3));
  observe("/v1/deals/{id}", http::Method::kGet, 200, std::chrono::milliseconds(5));
  const std::string text = render();
  EXPECT_THAT(text, HasSubstr("dealog_http_request_seconds_count{"));
  EXPECT_THAT(text, HasSubstr("route=\"/v1/deals/{id}\""));
  EXPECT_THAT(text, Not(HasSubstr("deal_0")));
}

TEST_F(ServiceMetricsTest, ShowDeliveriesOfEveryStateAndTheProcessesMemory) {
  const std::string text = render();
  for (const char* state : {"pending", "accepted", "duplicate", "quarantined", "ignored"}) {
    EXPECT_THAT(text, HasSubstr(fmt::format("dealog_deliveries{{state=\"{}\"}} 0", state)));
  }
  EXPECT_THAT(text, HasSubstr("dealog_deliveries_received 0\n"));
  EXPECT_THAT(text, HasSubstr("dealog_hook_requests_total{result=\"refused\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("process_resident_memory_bytes 0\n")));
}

// Connects a source that must not be silent for longer than an hour.
std::string connect_source(Core& core, int number) {
  const SourceId id(Uuid::derived({}, "source " + std::to_string(number)));
  must(core.bus().run({.name = "connect_source",
                       .stream = id.text(),
                       .actor = {"system", "test"},
                       .rights = user::Rights::all()},
                      [&](Unit& unit) -> Result<void> {
                        source::ConnectSource command;
                        command.provider = "tilda";
                        command.name = "Landing of Olga";
                        command.token = fmt::format("{:043}", number);
                        command.settings_json = R"({"silent_after_hours":1})";
                        const auto* state = TRY(unit.load<source::State>(id.text()));
                        unit.emit(id.text(), TRY(source::decide(*state, command)));
                        return {};
                      }));
  return id.text();
}

TEST_F(ServiceMetricsTest, ShowEachSourceByItsIdAndItsLamp) {
  const std::string source = connect_source(*core_, 1);
  const std::string labels = "{provider=\"tilda\",source=\"" + source + "\"}";
  const std::string text = render();
  EXPECT_THAT(text, HasSubstr("dealog_sources 1\n"));
  EXPECT_THAT(text, HasSubstr("dealog_source_received" + labels + " 0\n"));
  EXPECT_THAT(text, HasSubstr("dealog_source_lamp" + labels + " 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("dealog_source_last_received_age_seconds{")));
  EXPECT_THAT(text, Not(HasSubstr("Olga")));
  EXPECT_THAT(text, HasSubstr("dealog_fetches_given_up 0\n"));
  for (const std::string kind : {"delivery", "file"}) {
    for (const std::string state : {"waiting", "running", "given_up"}) {
      EXPECT_THAT(text,
                  HasSubstr("dealog_fetches{kind=\"" + kind + "\",state=\"" + state + "\"} 0"));
    }
  }
  clock_.advance(std::chrono::hours(2));
  EXPECT_THAT(render(), HasSubstr("dealog_source_lamp" + labels + " 1\n"));
}

TEST_F(ServiceMetricsTest, MeasureABoundedNumberOfSources) {
  for (int i = 0; i < static_cast<int>(kMeasuredSources) + 5; ++i) connect_source(*core_, i);
  const std::string text = render();
  EXPECT_THAT(text, HasSubstr("dealog_sources 105\n"));
  std::size_t series = 0;
  for (auto at = text.find("dealog_source_lamp{"); at != std::string::npos;
       at = text.find("dealog_source_lamp{", at + 1)) {
    ++series;
  }
  EXPECT_EQ(series, kMeasuredSources);
}

}  // namespace
}  // namespace dealog
