// Who wants to know of commits.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "libs/eventlog/event_log.hpp"

namespace dealog {

// Thread: any. A wake-up runs under the list's lock, which is how a handle's destruction can
// promise that no call follows; so it must neither subscribe nor unsubscribe.
class Subscribers {
 public:
  std::unique_ptr<EventLog::Subscription> add(std::function<void(Position)> wake);
  void wake(Position head);

 private:
  struct List {
    std::mutex mutex;
    std::list<std::function<void(Position)>> wakes;  // guarded by mutex
  };
  class Handle;
  std::shared_ptr<List> list_ = std::make_shared<List>();  // handles may outlive the log
};

}  // namespace dealog
