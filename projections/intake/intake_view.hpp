// Sources and their deliveries.
#pragma once

#include "libs/eventlog/event_log.hpp"
#include "libs/projection/view_context.hpp"

namespace dealog::views {

// received = pending + accepted + duplicate + quarantined + ignored, at every moment.
struct DeliveryCounters {
  std::uint64_t received = 0, pending = 0, accepted = 0, duplicate = 0, quarantined = 0,
                ignored = 0;
};

// Of a source that is read by IMAP.
struct Mailbox {
  bool connected = false;  // all its folders were looked at, and nothing has failed since
  std::string code;        // why it cannot be read; empty: it can
  std::optional<Timestamp> failing_since, last_read_at;
  std::uint64_t mails = 0;
};

struct Source {
  std::string id;
  std::uint64_t version = 0;
  std::string provider, name, token_sha256, settings_json;
  bool removed = false;
  Timestamp created_at;
  SealedText token;  // of the hook's address
  // Names are what the provider calls them. Empty unless kShown.
  TextState secrets_state = TextState::kAbsent;
  std::vector<std::pair<std::string, std::string>> secrets;  // never for an API answer
  DeliveryCounters counters;
  std::optional<Timestamp> last_received_at;
  std::optional<Mailbox> mailbox = {};  // once it was connected to, or could not be
};

struct DeliveryOutcome {
  std::string event_id, type, deal, person, fact_kind;
  bool already_known = false;
};

struct DeliverySummary {
  std::string id, source, state, code, first;
  Timestamp received_at;
  std::optional<Timestamp> settled_at;
  std::uint32_t replays = 0;
  std::vector<DeliveryOutcome> results;
};

// A summary and what only the log holds.
struct Delivery {
  DeliverySummary summary;
  SealedText delivery_key, normalised_json, reason;
  std::string method, suffix, content_type;
  std::uint64_t body_bytes = 0;
  std::uint32_t decoder_version = 0;
};

struct PendingDelivery {
  std::string delivery, source;
  Position since;  // of the event that made it pending
};

// Thread: one.
class IntakeView {
 public:
  explicit IntakeView(const ViewContext& context)
      : context_(context), opener_(context.keys, context.personal) {}

  Result<std::optional<Source>> source(std::string_view id) const;
  Result<Page<Source>> sources(const PageRequest& page) const;  // newest first; not removed ones

  // Of all sources together, removed ones as well.
  Result<DeliveryCounters> totals() const;

  // Newest first. `state` "" is all. `source` must not be empty.
  Result<Page<DeliverySummary>> deliveries(std::string_view source, std::string_view state,
                                           const PageRequest& page) const;
  // Reads the delivery's stream: its boxes are not kept twice.
  Result<std::optional<Delivery>> delivery(std::string_view id, const EventLog& log) const;

  // What intake still has to decode, the oldest first: after a start, and as its queue.
  Result<std::vector<PendingDelivery>> pending(Position after, std::size_t limit) const;

 private:
  const ViewContext& context_;
  BoxOpener opener_;
};

}  // namespace dealog::views
