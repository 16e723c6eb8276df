// ANY /hooks/{source}/{token}[/…]: checked over its raw bytes, stored sealed, answered as its
// provider expects. Understanding comes later (intake.hpp).
#pragma once

#include <array>
#include <atomic>

#include "libs/command/command_bus.hpp"
#include "libs/http/server.hpp"
#include "services/webhooks/intake.hpp"

namespace dealog::webhooks {

// What never becomes an event is counted here.
struct ReceiveCounters {
  std::atomic<std::uint64_t> stored{0};
  std::atomic<std::uint64_t> duplicates{0};
  std::atomic<std::uint64_t> pings{0};
  std::atomic<std::uint64_t> refused{0};  // a failed check: 401, 403
  std::atomic<std::uint64_t> unknown{0};  // no such source, or another token: 404
};

// Thread: any.
class Receiver {
 public:
  Receiver(CommandBus& bus, const SourceBook& sources, Intake& intake)
      : bus_(bus), sources_(sources), intake_(intake) {}

  // Errors: kNotFound "hook_not_found" (the same for a wrong token, so that ids cannot be probed);
  // kUnauthorized and kForbidden "delivery_refused"; those of the log.
  boost::asio::awaitable<Result<http::Response>> receive(http::Request request);
  // What a hook takes: as much as the provider of its source sends, and nothing large for an
  // address that is not one of ours. Of other routes their own limit.
  std::size_t body_limit(const http::Route& route, const http::PathParameters& parameters) const;
  const ReceiveCounters& counters() const { return counters_; }

 private:
  CommandBus& bus_;
  const SourceBook& sources_;
  Intake& intake_;
  ReceiveCounters counters_;
};

void add_routes(http::Router& router, Receiver& receiver);

}  // namespace dealog::webhooks
