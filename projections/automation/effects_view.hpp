// Reads of effects: what is due, what waits for a person, what a deal or an endpoint was sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dealog/v1/effect_views.pb.h"
#include "libs/projection/view_context.hpp"

namespace dealog::views {

struct Effect {
  std::string id, channel, kind, deal, rule, pipeline, person, user, endpoint, document;
  std::string status;  // waiting, sending, delivered, failed, unknown, skipped
  std::uint32_t attempts = 0;
  std::string reason;  // code
  int answer = 0;      // the receiver's number; 0: none
  std::optional<Timestamp> next_at;
  Timestamp planned_at;
  std::optional<Timestamp> ended_at;
  Position position;  // of its planning
  SealedText title, text;
};

struct Backlog {
  std::size_t waiting = 0;  // due or not, at most kBacklogCounted
  bool held = false;        // more are due than go without a person
  Position released_until;
};
inline constexpr std::size_t kBacklogCounted = 10'000;

// Of one channel: how many effects are in each state (those planned are the sum), how often it was
// tried to send one, and since when the one that is most overdue is due.
struct EffectTotals {
  std::uint64_t waiting = 0, sending = 0, delivered = 0, failed = 0, unknown = 0, skipped = 0;
  std::uint64_t attempts = 0;
  std::optional<Timestamp> due_since;
};

struct WebhookEndpoint {
  std::string id, code, name;
  std::string disabled;  // the reason; empty: enabled
  Timestamp created_at;
  std::optional<Timestamp> previous_until;  // of the secret before this one
  std::uint64_t version = 0;
};

// Thread: one. The context must outlive it.
class EffectsView {
 public:
  explicit EffectsView(const ViewContext& context)
      : context_(context), opener_(context.keys, context.personal) {}

  Result<std::optional<Effect>> effect(std::string_view id) const;
  // Ids of what is due on a channel that is no webhook, the most overdue first. With more than
  // `hold_above` due that nobody has let go, only what somebody has.
  Result<std::vector<std::string>> due(std::string_view channel, std::size_t hold_above,
                                       std::size_t limit) const;
  // The first of the queue of each enabled endpoint, when it is due; the longest waiting first.
  Result<std::vector<std::string>> due_of_endpoints(std::size_t limit) const;
  // Attempts without an end.
  Result<std::vector<std::string>> sending(std::string_view channel, std::size_t limit) const;
  Result<Backlog> backlog(std::string_view channel, std::size_t hold_above) const;

  Result<EffectTotals> totals(std::string_view channel) const;

  // Failed and unknown ones, the last planned first; of one deal unless that is empty.
  Result<Page<Effect>> dead(std::string_view deal, const PageRequest& page) const;
  Result<Page<Effect>> of_deal(std::string_view deal, const PageRequest& page) const;
  Result<Page<Effect>> of_endpoint(std::string_view endpoint, const PageRequest& page) const;
  // Ids of what an endpoint was sent or was to be sent that was planned after a position, in order.
  Result<std::vector<std::string>> planned_after(std::string_view endpoint, Position after,
                                                 std::size_t limit) const;

  Result<std::optional<WebhookEndpoint>> endpoint(std::string_view id) const;
  Result<Page<WebhookEndpoint>> endpoints(const PageRequest& page) const;

 private:
  using Due = std::pair<Timestamp, std::string>;

  Effect read(const v1::EffectRow& row) const;
  // The first of each enabled endpoint's queue that is due, the longest waiting first.
  Result<std::vector<Due>> due_heads() const;

  const ViewContext& context_;
  BoxOpener opener_;
};

}  // namespace dealog::views
