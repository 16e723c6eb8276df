#include "services/dealog/retention/prune.hpp"

#include <algorithm>
#include <unordered_set>

#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/record.pb.h"
#include "dealog/v1/retention_events.pb.h"
#include "libs/domain/delivery/delivery.hpp"
#include "libs/event/catalogue.hpp"
#include "projections/intake/intake_view.hpp"

namespace dealog {
namespace {

constexpr const char* kStream = "retention";
constexpr std::size_t kPendingPage = 1'000;
constexpr std::size_t kErasedTogether = 1'000;  // bodies a sync
constexpr std::chrono::seconds kProjectedWithin{60};

struct IdHash {
  std::size_t operator()(const Uuid& id) const { return std::hash<std::string_view>{}(id.view()); }
};
using EventIds = std::unordered_set<Uuid, IdHash>;

// Events whose body somebody still has to decode.
Result<EventIds> pending_events(Core& core) {
  if (!core.projections().wait_for(core.log().head(), kProjectedWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  }
  const auto snapshot = TRY(core.views().snapshot());
  const ViewContext context{*snapshot, core.keys(), PersonalView::kMasked, core.clock().now()};
  const views::IntakeView intake(context);
  EventIds events;
  for (Position after;;) {
    const auto page = TRY(intake.pending(after, kPendingPage));
    for (const auto& delivery : page) {
      events.insert(
          TRY(core.bus().folds().current<delivery::State>(delivery.delivery))->received_event);
    }
    if (page.size() < kPendingPage) return events;
    after = page.back().since;
  }
}

// The PDF of an issued document lies beside its event as a delivery's body does, but is kept: what
// was promised to a customer does not expire with what a provider sent.
Result<bool> is_document(Core& core, Position position) {
  static const auto kIssued = event_type_of(v1::DocumentIssued::default_instance()).number;
  bool document = false;
  TRY(core.log().read(position, Direction::kForward, 1, [&](const StoredEvent& stored) {
    v1::StoredRecord record;
    document =
        record.ParseFromArray(stored.record.data(), static_cast<int>(stored.record.size())) &&
        record.type() == kIssued;
    return false;
  }));
  return document;
}

struct Expired {
  std::vector<Uuid> events;
  PruneDone sums;
};

Result<Expired> find_expired(Core& core, Timestamp before) {
  const auto pending = TRY(pending_events(core));
  Expired found;
  found.sums.until = TRY(core.log().position_at(before - std::chrono::microseconds(1)));
  std::vector<std::pair<Uuid, std::size_t>> all;
  TRY(core.log().visit_raw_bodies(
      [&](const Uuid& event, std::size_t bytes) { all.emplace_back(event, bytes); }));
  for (const auto& [event, bytes] : all) {
    const auto position = TRY(core.log().find_event(event));
    const bool in_period = !position || *position > found.sums.until;
    if (in_period || TRY(is_document(core, *position))) {
      ++found.sums.kept;
    } else if (pending.contains(event)) {
      ++found.sums.pending;
    } else {
      found.events.push_back(event);
      ++found.sums.bodies;
      found.sums.bytes += bytes;
    }
  }
  return found;
}

Result<void> say_that_they_expire(Core& core, const PruneOptions& options, const PruneDone& sums) {
  v1::RawBodiesExpired expired;
  expired.set_until_position(sums.until.value);
  expired.set_recorded_before(options.before.us);
  expired.set_bodies(sums.bodies);
  expired.set_bytes(sums.bytes);
  TRY(core.bus().run({.name = "expire_raw_bodies",
                      .stream = kStream,
                      .actor = {"system", "retention"},
                      .rights = user::Rights::all()},
                     [&](Unit& unit) -> Result<void> {
                       unit.emit(kStream, {make_event(expired)});
                       return {};
                     }));
  return {};
}

}  // namespace

Result<PruneDone> prune(Core& core, const PruneOptions& options) {
  const auto step = [&](std::string_view what) {
    if (options.on_step) options.on_step(what);
  };
  step("looking for bodies whose period is over");
  const auto found = TRY(find_expired(core, options.before));
  if (options.dry_run || found.events.empty()) return found.sums;
  TRY(say_that_they_expire(core, options, found.sums));
  step("the log says that they expire");
  for (std::span<const Uuid> rest(found.events); !rest.empty();) {
    const auto next = rest.first(std::min(kErasedTogether, rest.size()));
    TRY(core.log().erase_raw_bodies(next));
    step("dropped some of them");
    rest = rest.subspan(next.size());
  }
  step("rewriting the files that held them");
  TRY(core.log().purge_raw_bodies());
  return found.sums;
}

}  // namespace dealog
