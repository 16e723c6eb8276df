// Deliveries that are stored and not understood yet: decoded, turned into commands, settled.
#pragma once

#include "libs/async/worker.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/files/file_store.hpp"
#include "libs/projection/view_store.hpp"
#include "services/webhooks/burst_watch.hpp"
#include "services/webhooks/in_hand.hpp"

namespace dealog::webhooks {

inline constexpr std::size_t kDeliveriesPerStep = 200;

// What a delivery would do, or did: for POST /v1/sources/{id}/try.
struct Trial {
  connectors::Verdict verdict;
  connectors::Reception reception;
  Result<std::vector<connectors::Fact>> facts;
};
Trial try_delivery(const ConnectedSource& source, const connectors::Delivery& delivery);

// Each fact's command has an id computed from source and fact key, so its effects happen once
// however often it is delivered, replayed or interrupted. What cannot be decoded or is refused goes
// to quarantine with its reason. Thread: any.
class Intake {
 public:
  // Everything must outlive it. Nothing runs until start().
  Intake(CommandBus& bus, const SourceBook& sources, const ViewStore& views, FileStore& files);
  ~Intake();

  void start();
  void stop();
  // The views have moved on.
  void wake();
  // Something was acknowledged.
  void received() { burst_.received(); }

  // One round on the caller's thread, for runs without threads of their own: whether anything was
  // settled. Not while started.
  Result<bool> run_once();

 private:
  // Deliveries that were pending since `until` or before, decoded.
  struct Batch {
    std::vector<InHand> deliveries;
    Position until;
  };
  Result<Batch> look();

  CommandBus& bus_;
  const SourceBook& sources_;
  const ViewStore& views_;
  FileStore& files_;
  BurstWatch burst_;
  // Of the thread that runs the rounds, as all below. Nothing is pending since this position or an
  // earlier one, so the rows that were deleted there need not be passed over again.
  Position settled_until_;
  Position looked_until_;  // what is pending since then or before is in hand or settled
  Batch next_;             // decoded while the one before was carried out
  std::unique_ptr<Worker> worker_;
};

}  // namespace dealog::webhooks
