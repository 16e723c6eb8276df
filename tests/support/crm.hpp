// A real receiver of webhooks.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libs/http/server.hpp"

namespace dealog::testing_support {

// Somebody's CRM: keeps the keys that it was called under. Thread: any.
class Crm {
 public:
  Crm() {
    http::Router router;
    router.add(http::Method::kPost, "/hook",
               http::PlainHandler([this](const http::Request& request) -> Result<http::Response> {
                 const std::scoped_lock lock(mutex_);
                 keys_.emplace_back(request.headers.get("webhook-id"));
                 return http::Response{.status = 204};
               }));
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0}, std::move(router)).value();
  }
  std::string url() const { return server_->url() + "/hook"; }
  std::vector<std::string> keys() {
    const std::scoped_lock lock(mutex_);
    return keys_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> keys_;  // guarded by mutex_
  std::unique_ptr<http::Server> server_;
};

}  // namespace dealog::testing_support
