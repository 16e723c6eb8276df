#include "libs/metrics/metrics.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/metrics/request_metrics.hpp"

namespace dealog::metrics {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Registry, RendersTextThatPrometheusReads) {
  Registry registry;
  registry.counter("dealog_events_total", "Events appended.").add(3);
  registry.gauge("dealog_lag_events", "Events not projected.", {{"view", "deals"}}).set(2);
  registry.histogram("dealog_append_seconds", "Append.", {0.1, 1}).observe(500ms);
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("# HELP dealog_events_total Events appended.\n"
                              "# TYPE dealog_events_total counter\n"
                              "dealog_events_total 3\n"));
  EXPECT_THAT(text, HasSubstr("dealog_lag_events{view=\"deals\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("dealog_append_seconds_bucket{le=\"0.1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("dealog_append_seconds_bucket{le=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dealog_append_seconds_sum 0.5\n"));
}

TEST(Registry, GivesTheSameMetricForTheSameNameAndLabels) {
  Registry registry;
  registry.counter("a_total", "A.", {{"x", "1"}}).add();
  registry.counter("a_total", "A.", {{"x", "1"}}).add();
  EXPECT_EQ(registry.counter("a_total", "A.", {{"x", "1"}}).value(), 2);
  EXPECT_EQ(registry.counter("a_total", "A.", {{"x", "2"}}).value(), 0);
}

TEST(Registry, AsksForLookedUpValuesAtEachRender) {
  Registry registry;
  Gauge queue = registry.gauge("queue", "Waiting.");
  int size = 0;
  registry.before_render([&] { queue.set(++size); });
  EXPECT_THAT(registry.render(), HasSubstr("queue 1\n"));
  EXPECT_THAT(registry.render(), HasSubstr("queue 2\n"));
}

TEST(Registry, AbortsOnAMalformedName) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Registry registry;
  EXPECT_DEATH(registry.counter("not a name", "x"), "broken invariant");
}

TEST(RequestMetrics, CountsByRouteMethodAndStatusFromManyThreads) {
  Registry registry;
  RequestMetrics requests(registry);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) requests.observe("/v1/deals/{id}", "GET", 200, 1ms);
      requests.observe("", "GET", 404, 1ms);
    });
  }
  for (auto& thread : threads) thread.join();
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("dealog_http_request_seconds_count{method=\"GET\","
                              "route=\"/v1/deals/{id}\",status=\"200\"} 4000\n"));
  EXPECT_THAT(text, HasSubstr("status=\"404\"} 4\n"));
}

}  // namespace
}  // namespace dealog::metrics
