// Reading from the log on a disk. Everything is bounded by the head that was durable and published
// when the read began, and every scan checks that nothing is missing.
#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/rocks_log.hpp"

namespace dealog {
namespace {

using storage::KeyRange;
using storage::KeyWriter;
using storage::ScanOrder;

ScanOrder order_of(Direction direction) {
  return direction == Direction::kForward ? ScanOrder::kForward : ScanOrder::kBackward;
}

// The number at the end of an index key.
std::uint64_t last_u64(std::string_view key) { return get_u64(key.substr(key.size() - 8)); }

std::unexpected<Error> broken_index(std::string_view what) {
  return fail(ErrorKind::kInternal, "log_broken",
              "a row of " + std::string(what) + " is damaged. Run `dealog verify`");
}

// The store's error with the position that it concerns.
std::unexpected<Error> unreadable(Position position, Error error) {
  error.message =
      "position " + std::to_string(position.value) + " cannot be read: " + error.message;
  return std::unexpected(std::move(error));
}

}  // namespace

Result<void> RocksLog::read(Position from, Direction direction, std::size_t limit,
                            const EventVisitor& visit) const {
  const Position last = head();
  const bool forward = direction == Direction::kForward;
  const Position start = forward ? std::max(from, Position{1}) : std::min(from, last);
  const std::uint64_t present =
      forward ? last.next().value - std::min(start, last.next()).value : start.value;
  const std::uint64_t wanted = std::min<std::uint64_t>(limit, present);
  if (wanted == 0) return {};

  KeyWriter key;
  KeyRange range{std::string(position_key(key, forward ? start : Position{1})),
                 std::string(position_key(key, forward ? last.next() : start.next()))};
  auto rows = tables_.db().scan(tables_.events, std::move(range), order_of(direction));
  ArchiveCursor archived(*archive_);
  Position expected = start;
  for (std::uint64_t i = 0; i < wanted; ++i) {
    // A scan that failed is not valid; asking every time costs as much as going on.
    if (!rows.valid()) {
      if (auto status = rows.status(); !status) {
        return unreadable(expected, std::move(status).error());
      }
    }
    if (rows.valid() && parse_u64(rows.key()) == expected.value) {
      if (!visit({expected, rows.value()})) return {};
      rows.next();
    } else {
      if (expected > identity_.dropped) return log_gap(expected);
      if (!visit({expected, TRY(archived.at(expected))})) return {};
    }
    expected.value += forward ? 1 : -1;
  }
  return {};
}

Result<bool> RocksLog::visit_at(Position position, const EventVisitor& visit) const {
  storage::PinnedValue record;
  auto there = tables_.record_at(position, record);
  if (!there) return unreadable(position, std::move(there).error());
  if (*there) return visit({position, record.view()});
  if (position > identity_.dropped) return log_gap(position);
  ArchiveCursor archived(*archive_);
  return visit({position, TRY(archived.at(position))});
}

Result<void> RocksLog::read_stream(std::string_view stream, StreamVersion from, Direction direction,
                                   std::size_t limit, const EventVisitor& visit) const {
  const Position last = head();
  const bool forward = direction == Direction::kForward;
  const StreamVersion start = forward                   ? std::max(from, StreamVersion{1})
                              : from.value < UINT64_MAX ? from.next()
                                                        : from;
  KeyWriter key;
  KeyRange range{std::string(stream_key(key, stream, forward ? start : StreamVersion{1})),
                 std::string(stream_key(key, stream, forward ? StreamVersion{UINT64_MAX} : start))};
  auto rows = tables_.db().scan(tables_.streams, std::move(range), order_of(direction));
  StreamVersion expected = forward ? start : StreamVersion{};
  for (std::size_t count = 0; rows.valid() && count < limit; rows.next()) {
    const StreamVersion version{last_u64(rows.key())};
    const auto position = parse_u64(rows.value());
    if (!position) return broken_index("streams");
    if (Position{*position} > last) {  // newer than this read
      if (forward) break;
      continue;
    }
    if (expected.value == 0) expected = version;
    if (version != expected) return version_gap(stream, expected);
    if (!TRY(visit_at({*position}, visit))) return {};
    ++count;
    expected.value += forward ? 1 : -1;
  }
  return rows.status();
}

Result<void> RocksLog::read_tag(bool personal, std::string_view tag, Position from,
                                Direction direction, std::size_t limit,
                                const EventVisitor& visit) const {
  const Position last = head();
  const bool forward = direction == Direction::kForward;
  const Position start = forward ? std::max(from, Position{1}) : std::min(from, last).next();
  const Position end = forward ? last.next() : start;
  if (forward && start > last) return {};
  KeyWriter key;
  KeyRange range{std::string(tag_key(key, personal, tag, forward ? start : Position{1})),
                 std::string(tag_key(key, personal, tag, end))};
  auto rows =
      tables_.db().scan(tables_.tag_family(personal), std::move(range), order_of(direction));
  for (std::size_t count = 0; rows.valid() && count < limit; rows.next(), ++count) {
    if (!TRY(visit_at({last_u64(rows.key())}, visit))) return {};
  }
  return rows.status();
}

Result<StreamVersion> RocksLog::stream_version(std::string_view stream) const {
  return tables_.last_version(stream);
}

Result<std::optional<Position>> RocksLog::find_event(const Uuid& id) const {
  return tables_.find_id(id);
}

Result<Position> RocksLog::position_at(Timestamp at) const {
  // Bisects over commits: all events of one have the same recorded time.
  Position found;
  Position low{1};
  Position high = head();
  KeyWriter key;
  auto rows = tables_.db().scan(tables_.commits, {});
  while (low <= high) {
    const Position middle{low.value + (high.value - low.value) / 2};
    rows.seek(position_key(key, middle));
    TRY(rows.status());
    if (!rows.valid()) return log_gap(middle);
    const auto commit = TRY(parse_commit(rows.key(), rows.value()));
    if (commit.first > middle) return log_gap(middle);
    if (commit.recorded <= at) {
      found = std::min(commit.last, high);
      low = commit.last.next();
    } else {
      high = Position{commit.first.value - 1};
    }
  }
  return found;
}

Result<std::optional<KeyId>> RocksLog::subject_key(std::string_view subject) const {
  return tables_.subject_key(subject);
}

Result<KeyId> RocksLog::highest_key() const { return tables_.highest_key(); }

Result<std::optional<std::string>> RocksLog::raw_body(const Uuid& event_id) const {
  return tables_.db().get(tables_.raw, event_id.view());
}

Result<void> RocksLog::visit_raw_bodies(const RawBodyVisitor& visit) const {
  auto rows = tables_.db().scan(tables_.raw, {});
  for (; rows.valid(); rows.next()) visit(Uuid::from_bytes(rows.key()), rows.value().size());
  return rows.status();
}

}  // namespace dealog
