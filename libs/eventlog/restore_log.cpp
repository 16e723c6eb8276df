#include "libs/eventlog/restore_log.hpp"

#include "dealog/v1/record.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/eventlog/append_checks.hpp"
#include "libs/eventlog/bulk_writes.hpp"
#include "libs/eventlog/expired_bodies.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog {
namespace {

using storage::ScanOrder;
using storage::Sync;
using storage::WriteBatch;

// A batch is written when it has grown to this.

std::string bytes_of(std::uint64_t value) {
  std::string bytes;
  put_u64(bytes, value);
  return bytes;
}

std::string after(Position position) { return bytes_of(position.value + 1); }

class Truncation {
 public:
  Truncation(const LogTables& tables, Position to) : tables_(tables), to_(to) {}

  Result<Position> run() {
    TRY(move_to_end_of_append());
    TRY(cut_commits());
    TRY(remove_events());
    TRY(remove_personal_tags());
    TRY(writes_.finish());
    return to_;
  }

 private:
  Result<void> move_to_end_of_append() {
    storage::PinnedValue record;
    if (!TRY(tables_.record_at(to_, record))) return log_gap(to_);
    const auto fields = TRY(parse_record_fields(record.view()));
    if (fields.append_index + 1 < fields.append_count) {
      to_ = Position{to_.value - fields.append_index - 1};
    }
    if (to_.value > 0) return {};
    return fail(ErrorKind::kInvalid, "position_out_of_range",
                "the log's first append ends after that position; nothing would be left");
  }

  // Commit rows after the position go; the one that it lies in is made as if the group had ended
  // there.
  Result<void> cut_commits() {
    merkle::Frontier before;
    auto rows = tables_.db().scan(tables_.commits, {.from = bytes_of(to_.value)});
    TRY(rows.status());
    if (!rows.valid()) return log_gap(to_);
    const CommitEntry entry = TRY(parse_commit(rows.key(), rows.value()));
    if (entry.last > to_ && entry.first <= to_) {
      if (entry.first.value > 1) {
        const auto row = TRY(tables_.db().get(tables_.commits, bytes_of(entry.first.value - 1)));
        if (!row) return log_gap({entry.first.value - 1});
        before = TRY(parse_commit(bytes_of(entry.first.value - 1), *row)).frontier;
      }
      put_shorter(entry, before);
    }
    for (; rows.valid(); rows.next()) {
      if (parse_u64(rows.key()) == to_.value) continue;
      writes_->erase(tables_.commits, rows.key());
      TRY(writes_.write_when_full());
    }
    return rows.status();
  }

  void put_shorter(const CommitEntry& entry, merkle::Frontier frontier) {
    const std::uint64_t events = to_.value - entry.first.value + 1;
    v1::CommitRow row;
    row.set_first_position(entry.first.value);
    row.set_last_position(to_.value);
    row.set_recorded_us(entry.recorded.us);
    row.set_leaf_hashes(entry.leaf_hashes.substr(0, events * sizeof(merkle::Hash)));
    for (std::uint64_t i = 0; i < events; ++i) {
      merkle::Hash leaf;
      entry.leaf_hashes.copy(reinterpret_cast<char*>(leaf.data()), leaf.size(), i * leaf.size());
      frontier.push(leaf);
    }
    for (std::size_t i = 0; i < frontier.root_count(); ++i) {
      row.add_frontier(std::string(merkle::view(frontier.root_at(i))));
    }
    writes_->put(tables_.commits, bytes_of(to_.value), row.SerializeAsString());
  }

  Result<void> remove_events() {
    storage::KeyWriter key;
    auto rows = tables_.db().scan(tables_.events, {.from = after(to_)});
    for (; rows.valid(); rows.next()) {
      const Position position{parse_u64(rows.key()).value_or(0)};
      const auto fields = TRY(parse_record_fields(rows.value()));
      writes_->erase(tables_.streams, stream_key(key, fields.stream, fields.version));
      writes_->erase(tables_.ids, fields.event_id);
      writes_->erase(tables_.raw, fields.event_id);
      keep_word_of_expiry(rows.value());
      for (const auto tag : fields.tags) {
        writes_->erase(tables_.tags, tag_key(key, false, tag, position));
      }
      writes_->erase(tables_.events, rows.key());
      TRY(writes_.write_when_full());
    }
    return rows.status();
  }

  // Bodies stay away although the event that says why is cut off.
  void keep_word_of_expiry(std::string_view record) {
    const auto until = expiry_in(record);
    if (until) writes_->put(tables_.meta, kNoBodiesKey, bytes_of(std::min(*until, to_).value));
  }

  Result<void> remove_personal_tags() {
    auto rows = tables_.db().scan(tables_.personal_tags, {});
    for (; rows.valid(); rows.next()) {
      storage::KeyReader reader(rows.key());
      if (reader.raw(kTagHashBytes) && reader.u64().value_or(0) <= to_.value) continue;
      writes_->erase(tables_.personal_tags, rows.key());
      TRY(writes_.write_when_full());
    }
    return rows.status();
  }

  const LogTables& tables_;
  Position to_;
  BulkWrites writes_{tables_.db()};
};

// By the bodies that there are, not by the records, which may lie in an archive.
Result<void> erase_raw_bodies_at(const LogTables& tables, const std::set<std::uint64_t>& positions,
                                 WriteBatch& batch) {
  auto bodies = tables.db().scan(tables.raw, {});
  for (; bodies.valid(); bodies.next()) {
    const auto row = TRY(tables.db().get(tables.ids, bodies.key()));
    const auto event = row ? parse_id_row(*row) : std::nullopt;
    if (event && positions.contains(event->position.value)) batch.erase(tables.raw, bodies.key());
  }
  return bodies.status();
}

Result<Position> head_of(const LogTables& tables) {
  const auto last = tables.db().scan(tables.commits, {}, ScanOrder::kBackward);
  TRY(last.status());
  return Position{last.valid() ? parse_u64(last.key()).value_or(0) : 0};
}

}  // namespace

Result<Position> last_recorded_until(const LogTables& tables, Timestamp at) {
  auto rows = tables.db().scan(tables.commits, {}, ScanOrder::kBackward);
  for (; rows.valid(); rows.next()) {
    const auto commit = TRY(parse_commit(rows.key(), rows.value()));
    if (commit.recorded <= at) return commit.last;
  }
  TRY(rows.status());
  return Position{};
}

Error no_position(std::string_view text) {
  return {ErrorKind::kInvalid, "invalid_position",
          dealog::quoted(text) + " is neither a position nor a time such as 2026-03-01T09:30:00Z"};
}

Result<Position> position_of(const LogTables& tables, std::string_view text) {
  if (const auto position = parse_number<std::uint64_t>(text)) return Position{*position};
  if (const auto time = Timestamp::parse(text)) return last_recorded_until(tables, *time);
  return std::unexpected(no_position(text));
}

Result<void> check_position_text(std::string_view text) {
  if (text.empty() || parse_number<std::uint64_t>(text) || Timestamp::parse(text)) return {};
  return std::unexpected(no_position(text));
}

Result<Position> truncate_log(const LogTables& tables, Position to) {
  const Position head = TRY(head_of(tables));
  if (to.value == 0 || to > head) {
    return fail(ErrorKind::kInvalid, "position_out_of_range",
                "position " + std::to_string(to.value) + " is not in this log, which has 1 to " +
                    std::to_string(head.value));
  }
  if (to == head) return to;
  if (const Position dropped = TRY(dropped_until(tables)); to <= dropped) {
    return fail(
        ErrorKind::kInvalid, "position_out_of_range",
        "positions 1 to " + std::to_string(dropped.value) +
            " of this log lie in its archive, so it cannot be cut at " + std::to_string(to.value) +
            ". Use a later position, an earlier backup, or `dealog archive --import --until`");
  }
  return Truncation(tables, to).run();
}

Result<void> erase_rows_of(const LogTables& tables,
                           const std::set<std::string, std::less<>>& streams) {
  WriteBatch batch;
  std::set<std::uint64_t> positions;
  for (const auto& stream : streams) {
    storage::KeyWriter key;
    auto rows = tables.db().scan(tables.streams,
                                 {.from = std::string(stream_key(key, stream, {0})),
                                  .to = std::string(stream_key(key, stream, {UINT64_MAX}))});
    for (; rows.valid(); rows.next()) {
      const Position position{parse_u64(rows.value()).value_or(0)};
      positions.insert(position.value);
    }
    TRY(rows.status());
  }
  if (positions.empty()) return {};
  TRY(erase_raw_bodies_at(tables, positions, batch));
  auto rows = tables.db().scan(tables.personal_tags, {});
  for (; rows.valid(); rows.next()) {
    storage::KeyReader reader(rows.key());
    if (!reader.raw(kTagHashBytes) || !positions.contains(reader.u64().value_or(0))) continue;
    batch.erase(tables.personal_tags, rows.key());
  }
  TRY(rows.status());
  TRY(tables.db().write(batch, Sync::kYes));
  // Erased means gone from the files as well.
  TRY(tables.db().flush_all());
  TRY(tables.db().compact(tables.personal_tags, {}));
  return tables.db().compact(tables.raw, {});
}

Result<std::vector<std::string>> subjects_of(const LogTables& tables, const std::set<KeyId>& keys) {
  std::vector<std::string> subjects;
  auto rows = tables.db().scan(tables.subject_keys, {});
  for (; rows.valid(); rows.next()) {
    if (keys.contains(parse_u64(rows.value()).value_or(0))) subjects.emplace_back(rows.key());
  }
  TRY(rows.status());
  return subjects;
}

}  // namespace dealog
