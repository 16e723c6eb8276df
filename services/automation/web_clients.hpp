// Clients for requests side by side, each with its open connections.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "libs/outbound/web_client.hpp"

namespace dealog::automation {

// Thread: any.
class WebClients {
 public:
  explicit WebClients(outbound::Reach reach) : reach_(reach) {}

  struct Answer {
    Result<outbound::WebAnswer> answer;
    bool went_out = false;  // the server may have acted on it
  };
  Answer send(const outbound::WebRequest& request) {
    auto client = take();
    Answer out{client->send(request), client->went_out()};
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(client));
    return out;
  }

 private:
  std::unique_ptr<outbound::WebClient> take() {
    const std::scoped_lock lock(mutex_);
    if (idle_.empty()) return std::make_unique<outbound::WebClient>(reach_);
    auto client = std::move(idle_.back());
    idle_.pop_back();
    return client;
  }

  const outbound::Reach reach_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<outbound::WebClient>> idle_;  // guarded by mutex_
};

}  // namespace dealog::automation
