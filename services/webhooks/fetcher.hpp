// Asks providers for what their deliveries only announced. The answer is received as a delivery of
// the same source, so that it is stored raw, decoded, replayed and quarantined as every other; or
// it is a recording or an attachment and becomes a file of the deal.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "libs/async/worker.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/domain/fetch/fetch.hpp"
#include "libs/files/file_store.hpp"
#include "libs/outbound/interrupt.hpp"
#include "libs/outbound/web_client.hpp"
#include "libs/projection/projection_runner.hpp"
#include "libs/projection/view_store.hpp"
#include "projections/intake/fetch_view.hpp"
#include "services/webhooks/source_book.hpp"

namespace dealog::webhooks {

inline constexpr std::size_t kFetchesAtOnce = 4;      // of one kind
inline constexpr std::size_t kFetchesOfOneHost = 2;   // of them, so that one that hangs leaves room
inline constexpr std::size_t kFetchesLookedAt = 200;  // for one whose host has room

// One for each kind, so that a long recording holds up no lead; each asks several hosts at once.
// Each fetch is settled under an id computed from it and its attempt: killed anywhere and started
// again, the provider may be asked twice, and its answer counts once. Thread: any.
class Fetcher {
 public:
  // Everything must outlive it. Nothing runs until start().
  Fetcher(views::FetchKind kind, CommandBus& bus, const SourceBook& sources, const ViewStore& views,
          const ProjectionRunner& projections, FileStore& files, outbound::Reach reach);
  ~Fetcher();

  void start();
  // What is on its way is given up, and asked for again after the next start.
  void begin_to_stop() { stop_.raise(); }
  void stop();
  // The views have moved on.
  void wake();

  // How many are under way.
  std::size_t running() const;

 private:
  // One that is under way.
  struct Under {
    FetchId id;
    fetch::State state;
    std::shared_ptr<const ConnectedSource> source;
  };
  // A thread and the connections that it keeps open.
  struct Slot {
    explicit Slot(outbound::Reach reach) : client(reach) {}
    outbound::WebClient client;
    std::unique_ptr<Worker> worker = {};
  };
  // One fetch: whether there was one.
  Result<bool> run_one(Slot& slot);
  // The most overdue one that nobody else has and whose host has room.
  Result<std::optional<Under>> take();
  bool has_room(const std::string& host) const;  // under mutex_
  Result<Position> settle(outbound::WebClient& client, const Under& under);
  Result<Position> settle_delivery(outbound::WebClient& client, const Under& under);
  Result<Position> settle_file(outbound::WebClient& client, const Under& under);
  Result<Position> fail_with(const Under& under, const fetch::FailFetch& failure);
  CommandRequest command_of(const Under& under) const;
  Result<bool> is_of_erased(const fetch::State& state) const;
  Result<outbound::WebAnswer> ask(outbound::WebClient& client, const ConnectedSource& source,
                                  const connectors::FetchPlan& plan);
  void keep_interval(const ConnectedSource& source);

  const views::FetchKind kind_;
  CommandBus& bus_;
  const SourceBook& sources_;
  const ViewStore& views_;
  const ProjectionRunner& projections_;
  FileStore& files_;
  const outbound::Reach reach_;
  outbound::Interrupt stop_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> taken_;  // fetch → host; guarded by mutex_
  // When each source may be asked next; guarded by mutex_.
  std::map<SourceId, std::chrono::steady_clock::time_point> next_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace dealog::webhooks
