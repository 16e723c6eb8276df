// Counters, gauges and histograms in Prometheus' text form; thin names over prometheus-cpp, whose
// headers stay in the source file.
//
// A metric is asked for once, at start, and kept: the handle is a pointer, using it is an atomic
// add (a short lock for a histogram). Labels are few and from closed lists — a route, a code, the
// id of a source that an administrator set up (a bounded number) — never an address or anything of
// a person.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace dealog::metrics {

using Labels = std::map<std::string, std::string>;

// Upper bounds in seconds: from a cache hit to the patience of a browser.
extern const std::vector<double> kDurationBuckets;
// Upper bounds of counts: 1, 2, 4 … 4096 (events of a group, rows of a page).
extern const std::vector<double> kCountBuckets;

// Handles live as long as their registry. Thread: any.
class Counter {
 public:
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  void add(double amount = 1);  // never negative
  double value() const;

 private:
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void set(double value);
  void add(double amount);
  double value() const;

 private:
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  void observe(double value);
  // In seconds.
  void observe(std::chrono::steady_clock::duration duration);

 private:
  prometheus::Histogram* histogram_;
};

// Thread: any. A malformed name or label, or one name for two types, is a bug and aborts.
class Registry {
 public:
  Registry();
  ~Registry();

  // The same name and labels give the same metric. Names follow Prometheus' habits:
  // dealog_<what>_<unit>, counters end in _total, times are seconds.
  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram histogram(const std::string& name, const std::string& help,
                      const std::vector<double>& buckets, const Labels& labels = {});

  // Called at the start of each render(), one at a time: sets gauges whose value is looked up.
  void before_render(std::function<void()> fill);

  // Text exposition format 0.0.4, with a line break at the end.
  std::string render() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dealog::metrics
