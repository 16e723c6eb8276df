#include "libs/metrics/metrics.hpp"

#include <mutex>
#include <stdexcept>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "libs/base/assert.hpp"

namespace dealog::metrics {
namespace {

// The library throws for malformed names, which only a programmer can write.
template <class Make>
auto& checked(Make make) {
  try {
    return make();
  } catch (const std::invalid_argument&) {
    DEALOG_ASSERT(!"a metric has a sound name and one type");
    __builtin_unreachable();
  }
}

}  // namespace

const std::vector<double> kDurationBuckets = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                              0.1,    0.2,   0.5,   1,     2,    5,    10};
const std::vector<double> kCountBuckets = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};

void Counter::add(double amount) { counter_->Increment(amount); }
double Counter::value() const { return counter_->Value(); }

void Gauge::set(double value) { gauge_->Set(value); }
void Gauge::add(double amount) { gauge_->Increment(amount); }
double Gauge::value() const { return gauge_->Value(); }

void Histogram::observe(double value) { histogram_->Observe(value); }
void Histogram::observe(std::chrono::steady_clock::duration duration) {
  histogram_->Observe(std::chrono::duration<double>(duration).count());
}

struct Registry::Impl {
  prometheus::Registry registry;
  std::mutex mutex;
  std::vector<std::function<void()>> fill;  // guarded by mutex
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter Registry::counter(const std::string& name, const std::string& help, const Labels& labels) {
  return Counter(checked([&]() -> prometheus::Counter& {
    return prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels);
  }));
}

Gauge Registry::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return Gauge(checked([&]() -> prometheus::Gauge& {
    return prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels);
  }));
}

Histogram Registry::histogram(const std::string& name, const std::string& help,
                              const std::vector<double>& buckets, const Labels& labels) {
  return Histogram(checked([&]() -> prometheus::Histogram& {
    return prometheus::BuildHistogram()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(labels, buckets);
  }));
}

void Registry::before_render(std::function<void()> fill) {
  const std::lock_guard lock(impl_->mutex);
  impl_->fill.push_back(std::move(fill));
}

std::string Registry::render() const {
  {
    const std::lock_guard lock(impl_->mutex);
    for (const auto& fill : impl_->fill) fill();
  }
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace dealog::metrics
