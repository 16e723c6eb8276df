#include "libs/projection/projection_runner.hpp"

#include <pthread.h>

#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "libs/event/codec.hpp"

namespace dealog {

ProjectionRunner::ProjectionRunner(EventLog& log, ViewStore& store,
                                   std::vector<std::unique_ptr<Projector>> projectors,
                                   RunnerOptions options)
    : log_(log),
      store_(store),
      pages_(store, std::move(projectors), log.log_id()),
      options_(options) {}

ProjectionRunner::~ProjectionRunner() { stop(); }

Result<void> ProjectionRunner::start() {
  DEALOG_ASSERT(!thread_.joinable());
  if (auto loaded = pages_.load_checkpoint(); !loaded) return loaded;
  const auto& checkpoint = pages_.checkpoint();
  if (checkpoint.position > log_.head()) {
    return fail(ErrorKind::kInternal, "views_ahead_of_log",
                fmt::format("the views know {} events and the log only {}; run `dealog rebuild`",
                            checkpoint.position.value, log_.head().value));
  }
  applied_ = checkpoint.position.value;
  durable_ = checkpoint.position.value;
  durable_at_ = steady_now();
  page_at_ = durable_at_ - options_.gathering;
  subscription_ = log_.subscribe([this](Position) {
    const std::lock_guard lock(mutex_);
    woken_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
  return {};
}

void ProjectionRunner::stop() {
  if (!thread_.joinable()) return;
  // First the subscription: its end waits for a call that is running, which may want the mutex.
  subscription_.reset();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    woken_.notify_one();
    hurry_.notify_one();
  }
  thread_.join();
  applied_changed_.notify_all();
}

void ProjectionRunner::run() {
  pthread_setname_np(pthread_self(), "projection");
  while (wait_for_news()) {
    auto applied = apply_page();
    if (!applied) return fail_with(std::move(applied).error());
    if (auto durable = make_durable_if_due(false); !durable) {
      return fail_with(std::move(durable).error());
    }
  }
  if (auto durable = make_durable_if_due(true); !durable) fail_with(std::move(durable).error());
}

bool ProjectionRunner::wait_for_news() {
  std::unique_lock lock(mutex_);
  const auto is_behind = [this] { return stopping_ || log_.head() > position(); };
  hurry_.wait_until(lock, page_at_ + options_.gathering, [this] { return stopping_ || hurried_; });
  hurried_ = false;
  // Wakes at times without news as well: the last page has to become durable.
  if (!is_behind()) woken_.wait_until(lock, durable_at_ + options_.durable_age, is_behind);
  return !stopping_;
}

Result<bool> ProjectionRunner::apply_page() {
  page_at_ = steady_now();
  Result<void> applied;
  auto read = log_.read(pages_.checkpoint().position.next(), Direction::kForward,
                        options_.page_events, [&](const StoredEvent& event) {
                          applied = pages_.apply(event);
                          return applied.has_value();
                        });
  if (!read) return fail(std::move(read).error());
  if (!applied) return fail(std::move(applied).error());
  const std::size_t events = pages_.pending_events();
  if (events == 0) return false;
  if (auto written = pages_.write_page(); !written) return fail(std::move(written).error());
  {
    const std::lock_guard lock(mutex_);
    applied_.store(pages_.checkpoint().position.value, std::memory_order_release);
    hurried_ |= events >= options_.page_events;
  }
  applied_changed_.notify_all();
  if (listener_) listener_(position());
  for (std::size_t i = 0; i < row_listeners_.size(); ++i) {
    if (pages_.take_written(i)) row_listeners_[i]();
  }
  return true;
}

Result<void> ProjectionRunner::make_durable_if_due(bool now) {
  const std::uint64_t written = applied_.load();
  const std::uint64_t waiting = written - durable_.load();
  const auto at = steady_now();
  const bool due =
      now || waiting >= options_.durable_events || at - durable_at_ >= options_.durable_age;
  if (!due) return {};
  if (waiting > 0) {
    if (auto done = store_.make_durable(); !done) return done;
    durable_ = written;
    if (auto purged = pages_.purge(); !purged) return purged;
  }
  durable_at_ = at;
  return {};
}

void ProjectionRunner::fail_with(Error error) {
  log_error("projection stopped",
            {{"code", error.code}, {"message", error.message}, {"position", applied_.load()}});
  {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(error);
  }
  applied_changed_.notify_all();
}

bool ProjectionRunner::wait_for(Position wanted, std::chrono::milliseconds timeout) const {
  if (position() >= wanted) return true;
  hurry();
  std::unique_lock lock(mutex_);
  applied_changed_.wait_for(
      lock, timeout, [&] { return position() >= wanted || failure_.has_value() || stopping_; });
  return position() >= wanted;
}

void ProjectionRunner::hurry() const {
  const std::lock_guard lock(mutex_);
  hurried_ = true;
  hurry_.notify_one();
}

ProjectionLag ProjectionRunner::lag(Timestamp now) const {
  const Position head = log_.head();
  const Position applied = position();
  if (head <= applied) return {};
  ProjectionLag lag{.events = head.value - applied.value};
  // What cannot be read fails the thread too, which says so.
  std::ignore = log_.read(applied.next(), Direction::kForward, 1, [&](const StoredEvent& event) {
    if (const auto oldest = decode(event.record, Open::kNothing, nullptr)) {
      lag.seconds = std::max(0.0, static_cast<double>((now - oldest->recorded).count()) / 1e6);
    }
    return false;
  });
  return lag;
}

std::optional<Error> ProjectionRunner::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace dealog
