#include "libs/projection/page_projector.hpp"

#include <algorithm>

#include "libs/event/decode_into.hpp"
#include "libs/projection/row_keys.hpp"

namespace dealog {
namespace {

// Events whose rows are fetched together: enough to wait for them at once, few enough for all of
// their cache lines to be there still when they are applied.
constexpr std::size_t kExpectedEvents = 32;

}  // namespace

Result<std::optional<v1::CheckpointRow>> read_checkpoint(const ViewReader& rows) {
  const auto bytes = TRY(rows.get(row_keys::kCheckpoint));
  if (!bytes) return std::nullopt;
  v1::CheckpointRow row;
  if (!row.ParseFromString(*bytes)) {
    return fail(ErrorKind::kInternal, "checkpoint_broken",
                "the checkpoint of the views cannot be read; run `dealog rebuild`");
  }
  return row;
}

PageProjector::PageProjector(ViewStore& store, std::vector<std::unique_ptr<Projector>> projectors,
                             std::string log_id, std::size_t cached_rows)
    : store_(store),
      projectors_(std::move(projectors)),
      log_id_(std::move(log_id)),
      batch_(store, cached_rows) {}

Result<void> PageProjector::load_checkpoint() {
  if (const auto row = TRY(read_checkpoint(store_))) {
    checkpoint_ = {{row->position()}, {row->recorded_us()}};
  }
  return {};
}

Result<void> PageProjector::apply(const StoredEvent& stored) {
  TRY(decode_into(stored.record, Open::kNothing, nullptr, decoded_));
  apply(decoded_);
  return {};
}

void PageProjector::apply(const RecordedEvent& event) {
  DEALOG_ASSERT(event.position > checkpoint_.position);
  for (const auto& projector : projectors_) projector->apply(event, batch_);
  checkpoint_ = {event.position, event.recorded};
  ++pending_events_;
}

void PageProjector::apply(std::span<const RecordedEvent> events) {
  while (!events.empty()) {
    const auto next = events.first(std::min(kExpectedEvents, events.size()));
    for (const auto& projector : projectors_) projector->expect(next, batch_);
    for (const auto& event : next) apply(event);
    events = events.subspan(next.size());
  }
}

std::string PageProjector::checkpoint_bytes() const {
  v1::CheckpointRow row;
  row.set_position(checkpoint_.position.value);
  row.set_recorded_us(checkpoint_.recorded.us);
  row.set_log_id(log_id_);
  for (const auto& projector : projectors_) {
    auto* version = row.add_projectors();
    version->set_name(std::string(projector->name()));
    version->set_version(projector->version());
  }
  return row.SerializeAsString();
}

Result<void> PageProjector::write_page() {
  if (pending_events_ == 0) return {};
  for (const auto& projector : projectors_) projector->finish_page(batch_);
  if (batch_.error()) return fail(*batch_.error());
  batch_.put(row_keys::kCheckpoint, checkpoint_bytes());
  auto rows = batch_.collect();
  rows_written_ += rows.size() - 1;
  look_at_watches(rows);
  if (auto written = store_.write(std::move(rows)); !written) return written;
  pending_events_ = 0;
  for (auto& prefix : batch_.take_purges()) purges_.insert(std::move(prefix));
  return {};
}

void PageProjector::look_at_watches(const std::vector<RowWrite>& rows) {
  for (auto& watch : watches_) {
    watch.written |= std::ranges::any_of(rows, [&](const RowWrite& row) {
      return row.value.has_value() && row.key.starts_with(watch.prefix);
    });
  }
}

bool PageProjector::take_written(std::size_t watch) {
  return std::exchange(watches_[watch].written, false);
}

Result<void> PageProjector::purge() {
  for (const auto& prefix : purges_) {
    if (auto purged = store_.purge_deleted(prefix); !purged) return purged;
  }
  purges_.clear();
  return {};
}

namespace {

// Memory of a page while the past is projected.
constexpr std::size_t kPastPageEvents = 50'000;

// Feeds what `read` visits; a failure inside the visitor comes out as the result.
template <class Read>
Result<Checkpoint> project(PageProjector& pages, Position until, const Read& read) {
  Result<void> applied;
  const auto visit = [&](const StoredEvent& event) {
    if (event.position > until) return false;
    applied = pages.apply(event);
    if (applied && pages.pending_events() >= kPastPageEvents) applied = pages.write_page();
    return applied.has_value();
  };
  if (auto done = read(visit); !done) return fail(std::move(done).error());
  if (!applied) return fail(std::move(applied).error());
  if (auto written = pages.write_page(); !written) return fail(std::move(written).error());
  return pages.checkpoint();
}

}  // namespace

Result<Checkpoint> project_until(const EventLog& log, Position until,
                                 std::vector<std::unique_ptr<Projector>> projectors,
                                 ViewStore& store) {
  PageProjector pages(store, std::move(projectors), log.log_id());
  if (auto loaded = pages.load_checkpoint(); !loaded) return fail(std::move(loaded).error());
  return project(pages, until, [&](const EventVisitor& visit) {
    return log.read(pages.checkpoint().position.next(), Direction::kForward, SIZE_MAX, visit);
  });
}

Result<Checkpoint> project_stream(const EventLog& log, std::string_view stream, Position until,
                                  std::vector<std::unique_ptr<Projector>> projectors,
                                  ViewStore& store) {
  PageProjector pages(store, std::move(projectors), log.log_id());
  return project(pages, until, [&](const EventVisitor& visit) {
    return log.read_stream(stream, StreamVersion{1}, Direction::kForward, SIZE_MAX, visit);
  });
}

}  // namespace dealog
