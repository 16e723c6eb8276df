#include "libs/eventlog/committer.hpp"

#include <pthread.h>

#include "libs/base/logging.hpp"

namespace dealog {

Committer::Committer(std::unique_ptr<GroupCommit> group, const Clock& clock, LogObserver observer,
                     CommitterLimits bounds)
    : clock_(clock),
      observer_(std::move(observer)),
      bounds_(bounds),
      head_(group->end().head.value),
      head_time_us_(group->end().recorded.us),
      group_(std::move(group)),
      woken_at_{head_.load()},
      thread_([this] { run(); }) {}

Committer::~Committer() { close(); }

void Committer::close() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Committer::append(AppendRequest request, AppendCallback done) {
  const std::size_t bytes = append_bytes(request);
  if (auto checked = check_append(request, bytes); !checked) {
    return done(fail(std::move(checked).error()));
  }
  Pending pending{std::move(request), std::move(done), bytes, steady_now(), std::nullopt};
  const std::size_t events = pending.request.events.size();
  bool wake = false;
  {
    const std::scoped_lock lock(mutex_);
    if (stop_reason_ || closing_) {
      pending.answer = std::unexpected(Error{});  // worded below, outside the lock
    } else if (queued_events_ + events > bounds_.queue_events ||
               queued_bytes_ + bytes > bounds_.queue_bytes) {
      pending.answer = log_busy();
    } else {
      queued_events_ += events;
      queued_bytes_ += bytes;
      queue_.push_back(std::move(pending));
      wake = waiting_;
      waiting_ = false;
    }
  }
  if (wake) work_.notify_one();
  if (!pending.answer) return;
  if (pending.answer->error().code.empty()) {
    const auto refused = refusal();
    pending.answer = fail(refused ? *refused
                                  : Error{ErrorKind::kUnavailable, "log_stopped",
                                          "the log is closing; try again after the restart"});
  }
  pending.done(std::move(*pending.answer));
}

void Committer::run() {
  pthread_setname_np(pthread_self(), "log");
  while (take_group()) {
    commit_group();
    answer_group();
  }
}

bool Committer::take_group() {
  std::size_t left = 0;
  {
    std::unique_lock lock(mutex_);
    while (queue_.empty()) {
      if (closing_) return false;
      waiting_ = true;
      work_.wait(lock);
      waiting_ = false;
    }
    std::size_t events = 0;
    std::size_t bytes = 0;
    while (!queue_.empty()) {
      const std::size_t more_events = queue_.front().request.events.size();
      const std::size_t more_bytes = queue_.front().bytes;
      const bool fits =
          events + more_events <= bounds_.group_events && bytes + more_bytes <= bounds_.group_bytes;
      if (!fits && !taken_.empty()) break;
      events += more_events;
      bytes += more_bytes;
      taken_.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    queued_events_ -= events;
    queued_bytes_ -= bytes;
    left = queued_events_;
  }
  if (observer_.queue_left) observer_.queue_left(left);
  return true;
}

void Committer::commit_group() {
  if (const auto refused = refusal()) {
    for (auto& pending : taken_) pending.answer = fail(*refused);
    return;
  }
  group_->begin(clock_.now());
  for (auto& pending : taken_) pending.answer = group_->admit(pending.request);
  if (!group_->has_rows()) return;

  const std::size_t bytes = group_->bytes();
  const auto started = steady_now();
  if (const auto written = group_->write(); !written) {
    stop(written.error());
    // Not "refused": the write may be found after a restart, and a refusal may rest on it.
    for (auto& pending : taken_) {
      pending.answer = fail(ErrorKind::kUnknown, "append_unknown",
                            "writing to the log failed; whether it was written shows after the "
                            "restart. Send the same request with the same idempotency key again");
    }
    return;
  }
  head_time_us_.store(group_->end().recorded.us, std::memory_order_release);
  head_.store(group_->end().head.value, std::memory_order_release);
  if (observer_.group_written) {
    observer_.group_written(group_->events(), bytes, steady_now() - started);
  }
}

void Committer::answer_group() {
  const auto now = steady_now();
  for (auto& pending : taken_) {
    if (observer_.append_answered) observer_.append_answered(now - pending.since);
    pending.done(std::move(*pending.answer));
  }
  taken_.clear();
  if (const Position now_at = head(); now_at > woken_at_) {
    woken_at_ = now_at;
    subscribers_.wake(now_at);
  }
}

void Committer::stop(const Error& reason) {
  {
    const std::scoped_lock lock(mutex_);
    if (stop_reason_) return;
    stop_reason_ = reason;
  }
  log_error("the log has stopped accepting appends",
            {{"code", reason.code}, {"reason", reason.message}});
}

std::optional<Error> Committer::stop_reason() const {
  const std::scoped_lock lock(mutex_);
  return stop_reason_;
}

std::optional<Error> Committer::refusal() const {
  const auto reason = stop_reason();
  if (!reason) return std::nullopt;
  return Error{ErrorKind::kUnavailable, "log_stopped",
               "the log accepts nothing any more: " + reason->message +
                   ". What can be read is still served"};
}

}  // namespace dealog
