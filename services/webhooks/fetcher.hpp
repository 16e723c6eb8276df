// Asks providers for what their deliveries only announced. The answer is received as a delivery of
// the same source, so that it is stored raw, decoded, replayed and quarantined as every other.
#pragma once

#include <chrono>
#include <map>

#include "libs/async/worker.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/outbound/web_client.hpp"
#include "libs/projection/projection_runner.hpp"
#include "libs/projection/view_store.hpp"
#include "projections/intake/fetch_view.hpp"
#include "services/webhooks/source_book.hpp"

namespace dealog::webhooks {

inline constexpr std::size_t kFetchesPerStep = 20;

// Each fetch is settled under an id computed from it and its attempt: killed anywhere and started
// again, the provider may be asked twice, and its answer counts once. Thread: any.
class Fetcher {
 public:
  // Everything must outlive it. Nothing runs until start().
  Fetcher(CommandBus& bus, const SourceBook& sources, const ViewStore& views,
          const ProjectionRunner& projections, outbound::Reach reach);
  ~Fetcher();

  void start();
  void stop();
  // The views have moved on.
  void wake();

  // One round on the caller's thread: whether anything was asked for. Not while started.
  Result<bool> run_once();

 private:
  Result<Position> settle(const views::Fetch& fetch);
  Result<outbound::WebAnswer> ask(const ConnectedSource& source, const connectors::FetchPlan& plan);
  void keep_interval(const ConnectedSource& source);

  CommandBus& bus_;
  const SourceBook& sources_;
  const ViewStore& views_;
  const ProjectionRunner& projections_;
  outbound::WebClient client_;
  // When each source may be asked next.
  std::map<SourceId, std::chrono::steady_clock::time_point> next_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace dealog::webhooks
