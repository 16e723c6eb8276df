#include "libs/eventlog/start_check.hpp"

#include "libs/base/encoding.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog {
namespace {

using storage::ScanOrder;

std::unexpected<Error> broken(Position position, const std::string& what) {
  return fail(
      ErrorKind::kInternal, "log_broken",
      "the log cannot be opened: position " + std::to_string(position.value) + " " + what +
          ". Keep the folder as it is, run `dealog verify` on it and restore from a backup");
}

// The position of the first or last key of `events`; 0 when there is none.
Result<Position> edge_of_events(const LogTables& tables, ScanOrder order) {
  const auto edge = tables.db().scan(tables.events, {}, order);
  TRY(edge.status());
  if (!edge.valid()) return Position{};
  const auto position = parse_u64(edge.key());
  if (!position || *position == 0) return broken({}, "stands in a key that is none");
  return Position{*position};
}

// The last commits row and the frontier before it.
struct LastCommit {
  CommitEntry entry;
  merkle::Frontier before;
};

Result<std::optional<LastCommit>> last_commit(const LogTables& tables) {
  auto rows = tables.db().scan(tables.commits, {}, ScanOrder::kBackward);
  TRY(rows.status());
  if (!rows.valid()) return std::nullopt;
  LastCommit last{.entry = TRY(parse_commit(rows.key(), rows.value())), .before = {}};
  rows.next();
  TRY(rows.status());
  Position end_before;
  if (rows.valid()) {
    const auto before = TRY(parse_commit(rows.key(), rows.value()));
    end_before = before.last;
    last.before = before.frontier;
  }
  if (end_before.next() != last.entry.first) {
    return broken(end_before.next(), "has no commit row");
  }
  return last;
}

Result<void> check_last_group(const LogTables& tables, const LastCommit& last,
                              std::string_view log_id) {
  auto frontier = last.before;
  for (Position p = last.entry.first; p <= last.entry.last; p = p.next()) {
    storage::PinnedValue record;
    if (!TRY(tables.record_at(p, record))) return broken(p, "is missing");
    const auto leaf = merkle::leaf_hash(record.view());
    const auto offset = (p.value - last.entry.first.value) * sizeof(merkle::Hash);
    const std::string_view stored(last.entry.leaf_hashes.data() + offset, sizeof(merkle::Hash));
    if (merkle::view(leaf) != stored) return broken(p, "does not match the hash of its commit");
    frontier.push(leaf);
    const auto fields = parse_record_fields(record.view());
    if (!fields || fields->position != p) return broken(p, "holds another record");
    if (fields->log_id != log_id) return broken(p, "belongs to another log");
  }
  if (!(frontier == last.entry.frontier)) {
    return broken(last.entry.last, "has a commit row whose Merkle frontier is wrong");
  }
  return {};
}

}  // namespace

Result<LogEnd> check_log_end(const LogTables& tables, std::string_view log_id) {
  const auto first_event = TRY(edge_of_events(tables, ScanOrder::kForward));
  const auto last_event = TRY(edge_of_events(tables, ScanOrder::kBackward));
  const auto last = TRY(last_commit(tables));
  const Position committed = last ? last->entry.last : Position{};
  if (last_event > committed) {
    return broken(committed.next(), "has a record and no commit row");
  }
  if (last_event < committed) return broken(last_event.next(), "is missing");
  if (!last) return LogEnd{};
  const KeyId highest_key = TRY(tables.highest_key());
  if (first_event != Position{1}) return broken({1}, "is missing");
  TRY(check_last_group(tables, *last, log_id));
  return LogEnd{committed, last->entry.recorded, last->entry.frontier, highest_key};
}

}  // namespace dealog
