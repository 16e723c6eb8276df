#include "libs/metrics/request_metrics.hpp"

#include <mutex>

namespace dealog::metrics {

void RequestMetrics::observe(std::string_view route, std::string_view method, int status,
                             std::chrono::steady_clock::duration duration) {
  find_or_make(route, method, status).observe(duration);
}

Histogram RequestMetrics::find_or_make(std::string_view route, std::string_view method,
                                       int status) {
  thread_local std::string key;  // keeps its memory: the hot path allocates nothing
  key.assign(route).append(" ").append(method).append(" ").append(std::to_string(status));
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = children_.find(key); found != children_.end()) return found->second;
  }
  const std::lock_guard lock(mutex_);
  const Histogram made = registry_.histogram(
      "dealog_http_request_seconds", "Time from request to answer, by route.", kDurationBuckets,
      {{"route", std::string(route)},
       {"method", std::string(method)},
       {"status", std::to_string(status)}});
  return children_.try_emplace(key, made).first->second;
}

}  // namespace dealog::metrics
