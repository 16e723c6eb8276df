// Requests by route: what an HTTP server's observer feeds.
#pragma once

#include <chrono>
#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "libs/metrics/metrics.hpp"

namespace dealog::metrics {

// dealog_http_request_seconds{route,method,status}; its _count is the number of requests. Children
// are made at the first request of a kind and found by a hash afterwards. Thread: any.
class RequestMetrics {
 public:
  explicit RequestMetrics(Registry& registry) : registry_(registry) {}

  // `route` is a pattern ("/v1/deals/{id}"), "" when none matched.
  void observe(std::string_view route, std::string_view method, int status,
               std::chrono::steady_clock::duration duration);

 private:
  Histogram find_or_make(std::string_view route, std::string_view method, int status);

  Registry& registry_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, Histogram> children_;  // guarded by mutex_
};

}  // namespace dealog::metrics
