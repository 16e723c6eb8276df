#include "services/dealog/end_at_point.hpp"

#include <cstdlib>

#include <unistd.h>

#include "libs/base/number.hpp"

namespace dealog {
namespace {

class EndingChannel final : public automation::Channel {
 public:
  EndingChannel(std::unique_ptr<automation::Channel> inner, EndAtPoint& points)
      : inner_(std::move(inner)), points_(points) {}
  effect::Channel name() const override { return inner_->name(); }
  bool ready() const override { return inner_->ready(); }
  void give_up() override { inner_->give_up(); }
  effect::SettleEffect send(const EffectId& id, const effect::State& state) override {
    points_.reached();
    auto settled = inner_->send(id, state);
    points_.reached();
    return settled;
  }

 private:
  const std::unique_ptr<automation::Channel> inner_;
  EndAtPoint& points_;
};

}  // namespace

std::unique_ptr<EndAtPoint> EndAtPoint::from_environment() {
  const char* text = std::getenv(kEndAtPointVariable);
  const auto point = text == nullptr ? std::nullopt : parse_number<std::uint64_t>(text);
  return point ? std::make_unique<EndAtPoint>(*point) : nullptr;
}

LogObserver EndAtPoint::of_log(LogObserver inner) {
  LogObserver outer = inner;
  outer.queue_left = [this, told = inner.queue_left](std::size_t events) {
    reached();
    if (told) told(events);
  };
  outer.group_written = [this, told = inner.group_written](std::size_t events, std::size_t bytes,
                                                           std::chrono::nanoseconds write) {
    reached();
    if (told) told(events, bytes, write);
  };
  return outer;
}

std::unique_ptr<automation::Channel> EndAtPoint::of_channel(
    std::unique_ptr<automation::Channel> inner) {
  return std::make_unique<EndingChannel>(std::move(inner), *this);
}

void EndAtPoint::reached() {
  // Neither destructors nor buffers: a killed process has none either.
  if (++passed_ == point_) ::_exit(kEndedAtPoint);
}

}  // namespace dealog
