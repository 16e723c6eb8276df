// From what a delivery says to what is done about it.
#pragma once

#include "libs/command/command_bus.hpp"
#include "libs/connectors/fact.hpp"
#include "services/webhooks/attachments.hpp"
#include "services/webhooks/source_book.hpp"

namespace dealog::webhooks {

// One fact's effect: a work for the command bus. Its events are the fact's results; what stays
// without one is of no consequence.
struct FactCommand {
  std::string name;
  StreamName stream;  // the lane: commands on one thing queue
  CommandBus::Work work;
};

// A fact and where it came from; refers to what it was made of.
struct FactAt {
  const connectors::Fact& fact;
  const ConnectedSource& source;
  const StreamName& delivery;                     // dlv_…
  Timestamp received_at;                          // stands for a missing time
  const std::optional<UserId>& fallback_owner;    // of the deals of a source that names nobody
  std::shared_ptr<Attachments> attachments = {};  // of a mail; null: none
  std::optional<UserId> sender = {};              // of a mail that came to his Bcc address

  // A provider's clock may run ahead of ours; a fact from the future would be refused.
  OccurredAt occurred() const;
  const connectors::ArrivalSettings& arrivals() const { return source.settings.arrivals; }
  // "src_…:<kind>:<text>": what names a thing of this source anywhere else.
  std::string own(std::string_view kind, std::string_view text) const;
  // The user whom the sender calls so: an extension, an address, an id.
  std::optional<UserId> user(std::string_view name) const;
  // "pipeline/stage", else "stage", of the settings; empty where none is named.
  std::string stage(const connectors::StagePlace& place) const;
};

// Nothing for a fact that changes nothing ("ignore", a payment that is not received yet). Pure but
// for what the work reads when it runs.
std::optional<FactCommand> command_for(const FactAt& at);

// Why a fact changes nothing, as a code.
std::string ignore_reason(const connectors::Fact& fact);

}  // namespace dealog::webhooks
