// A delivery that is being carried out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/command/use_cases/deliveries.hpp"
#include "services/webhooks/attachments.hpp"
#include "services/webhooks/source_book.hpp"
#include "services/webhooks/stored_delivery.hpp"

namespace dealog::webhooks {

// Errors after which something is left as it is and tried again.
bool is_passing(const Error& error);

// Its facts one after the other, and how it ends. Thread: one; work_of()'s work runs on the bus's
// while nobody else looks.
struct InHand {
  DeliveryId id;
  std::uint32_t replays = 0;
  std::shared_ptr<const ConnectedSource> source;
  std::optional<StoredDelivery> stored;  // nothing: it was erased
  std::vector<connectors::Fact> facts;
  std::size_t next_fact = 0;
  // Of the fact before that one.
  std::optional<Result<Outcome>> outcome;
  std::optional<v1::DeliveryResult> result;
  std::shared_ptr<Attachments> attachments = {};  // null: none
  // How it ends so far.
  std::vector<v1::DeliveryResult> results;
  std::string ignored;  // why the last fact that did nothing did nothing
  std::optional<Error> failed;
  // Items of an export or a table that were refused; the others have had their effect.
  std::vector<std::string> refused = {};  // "item 3 (501): …"
  std::string refused_code = {};          // of the first
  std::optional<Position> settled;        // in the append of its last fact

  // Decodes it. Nothing when it is settled already.
  static Result<std::optional<InHand>> take(const Folds& folds, const SourceBook& sources,
                                            const DeliveryId& id);

  bool has_more() const { return !failed && next_fact < facts.size(); }
  // It stays pending and is tried again.
  bool is_left() const;

  // What the fact before next_fact does; the last one settles the delivery in the same append.
  CommandBus::Work work_of(const connectors::Fact& fact, CommandBus::Work effect);
  // After the command of that fact has ended.
  void take_outcome(const Folds& folds);

  // How it ends when it was not settled with its last fact.
  use_cases::Settlement settlement() const;

 private:
  void leave_out(connectors::Fact& fact, const Error& error);
  // With the result of one more fact.
  delivery::AcceptDelivery acceptance(const v1::DeliveryResult* last) const;
};

}  // namespace dealog::webhooks
