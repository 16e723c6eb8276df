#include "libs/eventlog/event_log.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

#include "libs/eventlog/subscribers.hpp"

namespace dealog {

class Subscribers::Handle final : public EventLog::Subscription {
 public:
  Handle(std::shared_ptr<List> list, std::list<std::function<void(Position)>>::iterator entry)
      : list_(std::move(list)), entry_(entry) {}
  ~Handle() override {
    const std::scoped_lock lock(list_->mutex);
    list_->wakes.erase(entry_);
  }

 private:
  std::shared_ptr<List> list_;
  std::list<std::function<void(Position)>>::iterator entry_;
};

std::unique_ptr<EventLog::Subscription> Subscribers::add(std::function<void(Position)> wake) {
  const std::scoped_lock lock(list_->mutex);
  const auto entry = list_->wakes.insert(list_->wakes.end(), std::move(wake));
  return std::make_unique<Handle>(list_, entry);
}

void Subscribers::wake(Position head) {
  const std::scoped_lock lock(list_->mutex);
  for (const auto& wake : list_->wakes) wake(head);
}

Result<Appended> EventLog::append_and_wait(AppendRequest request) {
  // Shared: the committer may still be inside set_value when this thread has its answer.
  auto promise = std::make_shared<std::promise<Result<Appended>>>();
  auto answer = promise->get_future();
  append(std::move(request),
         [promise](Result<Appended> appended) { promise->set_value(std::move(appended)); });
  return answer.get();
}

bool EventLog::wait_for(Position position, std::chrono::milliseconds timeout) {
  if (head() >= position) return true;
  std::mutex mutex;
  std::condition_variable reached;
  const auto subscription = subscribe([&](Position) {
    // Taken so that a wake-up cannot fall between the waiter's check and its sleep.
    const std::scoped_lock lock(mutex);
    reached.notify_all();
  });
  std::unique_lock lock(mutex);
  return reached.wait_for(lock, timeout, [&] { return head() >= position; });
}

}  // namespace dealog
