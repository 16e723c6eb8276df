// Reads of rules: what is due, how often each acted, who was told what.
#pragma once

#include "libs/projection/view_context.hpp"
#include "libs/rules/rule.hpp"

namespace dealog::views {

// A trigger without an end in the log; without a deal it is that of a rule's schedule.
struct PendingRule {
  std::string trigger, rule, pipeline;
  std::uint64_t regulation_version = 0;
  std::uint32_t step = 0;
  std::string deal;
  std::uint32_t visit = 0, episode = 0;
  std::string about;
  Timestamp due_at;  // zero: at once
  Timestamp since;
  Uuid cause;
  Position position;  // of the cause
  std::uint32_t causation_depth = 0;
  Uuid correlation_id;
  bool came = false;  // what its pause waited for
};

// The deals that a schedule is of.
struct ScheduledDeals {
  std::vector<std::string> deals;  // by id
  std::uint64_t left_out = 0;      // beyond the limit
};
// Deals that one run of a schedule looks at.
inline constexpr std::size_t kScheduledDeals = 20'000;

struct RuleCounts {
  std::uint64_t fired = 0, simulated = 0, skipped = 0, failed = 0;
  std::optional<Timestamp> last_at;
  std::optional<Uuid> last_event;
};

struct Notification {
  Position position;
  Uuid event;
  std::string deal, rule, pipeline;
  SealedText text;
  Timestamp at;
};

// Thread: one. The context must outlive it.
class RulesView {
 public:
  explicit RulesView(const ViewContext& context)
      : context_(context), opener_(context.keys, context.personal) {}

  // What is due at the instant asked about, the earliest first, what is due at once before that.
  Result<std::vector<PendingRule>> due(std::size_t limit) const;
  // Whether something caused at or before the position is due.
  Result<bool> any_due_until(Position position) const;
  // The open deals of the pipeline on which the rule can act, as far as their open fields tell.
  Result<ScheduledDeals> scheduled_deals(std::string_view pipeline, const rules::Rule& rule,
                                         std::size_t limit = kScheduledDeals) const;
  // When the next timer runs out that is not due yet.
  Result<std::optional<Timestamp>> next_due() const;
  Result<RuleCounts> counts(std::string_view pipeline, std::string_view rule) const;
  // Newest first.
  Result<Page<Notification>> notifications(std::string_view user, const PageRequest& page) const;

 private:
  const ViewContext& context_;
  BoxOpener opener_;
};

}  // namespace dealog::views
