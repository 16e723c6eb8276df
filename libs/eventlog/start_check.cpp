#include "libs/eventlog/start_check.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/record_fields.hpp"
#include "libs/eventlog/tree_reader.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;
using storage::ScanOrder;

std::unexpected<Error> refused(const std::string& why) {
  return fail(ErrorKind::kInternal, "log_broken", "the log cannot be opened: " + why);
}
std::unexpected<Error> broken(Position position, const std::string& what) {
  return refused("position " + std::to_string(position.value) + " " + what + ". " +
                 std::string(kIfLogIsDamaged));
}
// The storage's own words end with what to do.
std::unexpected<Error> unreadable(Position position, const std::string& what, const Error& error) {
  return refused("position " + std::to_string(position.value) + " " + what +
                 " cannot be read: " + error.message);
}

// Reads the keys of `events` from one position to another: each must be there.
Result<void> walk(const LogTables& tables, Position from, Position to) {
  if (from > to) return {};
  auto keys = tables.db().scan(tables.events, {storage::KeyWriter().u64(from.value).take(), {}});
  for (Position expected = from; expected <= to; expected = expected.next()) {
    if (!keys.valid() || parse_u64(keys.key()) != expected.value) {
      const auto status = keys.status();
      return status ? broken(expected, "is missing")
                    : unreadable(expected, "and what follows it", status.error());
    }
    keys.next();
  }
  return {};
}

// The position of the last key of `events`; 0 when there is none.
Result<Position> last_of_events(const LogTables& tables, Position dropped) {
  const auto last = tables.db().scan(tables.events, {}, ScanOrder::kBackward);
  if (!last.status()) {  // say which position is the first that cannot be read
    TRY(walk(tables, dropped.next(), Position{UINT64_MAX}));
  }
  if (!last.valid()) return Position{};
  const auto position = parse_u64(last.key());
  if (!position || *position == 0) return broken({}, "stands in a key that is none");
  return Position{*position};
}

// Nothing may be missing behind what was dropped, and nothing before it when nothing was. Events
// are written in order and never again, so a file that follows the one before it and has as many
// rows as positions holds them all, and need not be read; what files do not vouch for is walked.
Result<void> check_all_there(const LogTables& tables, Position dropped, Position head) {
  if (dropped >= head) {
    return broken(head, "is the log's last, though it says that it was dropped up to " +
                            std::to_string(dropped.value));
  }
  Position next = dropped.next();
  const auto files = tables.db().table_files(tables.events);
  if (!files) {  // one cannot be opened: say at which position
    TRY(walk(tables, next, head));
    return std::unexpected(files.error());
  }
  if (tables.db().erases_in_memory(tables.events)) return walk(tables, next, head);
  for (const auto& file : *files) {
    const Position first{parse_u64(file.first_key).value_or(0)};
    const Position last{parse_u64(file.last_key).value_or(0)};
    if (file.erases) {
      TRY(walk(tables, std::max(first, dropped.next()), std::min(last, head)));
    } else if (last >= next && (first != next || file.rows != last.value - first.value + 1)) {
      TRY(walk(tables, next, std::min(last, head)));
    }
    if (last >= next) next = last.next();
  }
  return walk(tables, next, head);
}

// The last commits row and the frontier before it.
struct LastCommit {
  CommitEntry entry;
  merkle::Frontier before;
};

Result<std::optional<LastCommit>> last_commit(const LogTables& tables) {
  auto rows = tables.db().scan(tables.commits, {}, ScanOrder::kBackward);
  if (const auto status = rows.status(); !status) {
    Position before;
    auto forward = tables.db().scan(tables.commits, {});
    for (; forward.valid(); forward.next()) before = {parse_u64(forward.key()).value_or(0)};
    return unreadable(before.next(), "has a commit row that", status.error());
  }
  if (!rows.valid()) return std::nullopt;
  LastCommit last{.entry = TRY(parse_commit(rows.key(), rows.value())), .before = {}};
  rows.next();
  if (const auto status = rows.status(); !status) {
    return unreadable(last.entry.first, "follows a commit row that", status.error());
  }
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

// The index rows without which a version or an id would be given twice.
Result<void> check_index_rows(const LogTables& tables, Position position,
                              const RecordFields& fields) {
  storage::KeyWriter key;
  const auto names = [&](storage::Family family, std::string_view row) -> Result<Position> {
    const auto value = tables.db().get(family, row);
    if (!value) return unreadable(position, "has an index row that", value.error());
    return Position{*value ? parse_u64(**value).value_or(0) : 0};
  };
  const std::string stream(fields.stream);
  const auto version = fields.version;
  if (TRY(names(tables.ids, fields.event_id)) != position) {
    return broken(position, "is not what the index of ids names for its event");
  }
  if (TRY(names(tables.streams, stream_key(key, stream, version))) != position) {
    return broken(position, "is not what the index of streams names for version " +
                                std::to_string(version.value) + " of '" + stream + "'");
  }
  if (version.value < 2) return {};
  const auto before = TRY(names(tables.streams, stream_key(key, stream, {version.value - 1})));
  if (before.value != 0 && before < position) return {};
  return broken(position, "has version " + std::to_string(version.value) + " of '" + stream +
                              "' without the version before it");
}

// Each event has one row in either index, for ever. Fewer rows than events are noticed by counting,
// and so is a file that is gone; only then the events are read until one is met whose row is not
// there.
Result<void> check_indexes(const LogTables& tables, Position dropped, Position head) {
  bool complete = true;
  for (const auto index : {tables.ids, tables.streams}) {
    complete = complete && tables.db().rows_at_most(index).value_or(0) >= head.value;
  }
  if (complete) return {};
  for (Position p = dropped.next(); p <= head; p = p.next()) {
    storage::PinnedValue record;
    if (!TRY(tables.record_at(p, record))) return broken(p, "is missing");
    const auto fields = parse_record_fields(record.view());
    if (!fields) return broken(p, "holds no record");
    TRY(check_index_rows(tables, p, *fields));
  }
  if (dropped.value == 0) return {};  // each has been found
  return broken(dropped, "or one before it is missing in the index of ids or of streams");
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
    TRY(check_index_rows(tables, p, *fields));
  }
  if (!(frontier == last.entry.frontier)) {
    return broken(last.entry.last, "has a commit row whose Merkle frontier is wrong");
  }
  return {};
}

// A watermark's own words about where it and the log part.
std::unexpected<Error> parted(Position position, const std::string& what, const Watermark& mark,
                              const fs::path& file) {
  return broken(position, what + ": the log had reached position " +
                              std::to_string(mark.position.value) + ", says its watermark " +
                              file.string());
}

// What is known of a log that cannot be looked into.
std::string reached(const fs::path& folder) {
  const auto mark = read_watermark(watermark_path(folder));
  if (!mark || !*mark) return "";
  return "; its watermark says that it had reached position " +
         std::to_string((*mark)->position.value);
}

}  // namespace

Result<void> check_log_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error) || fs::exists(folder / "CURRENT", error)) return {};
  const auto mark = read_watermark(watermark_path(folder));
  if (mark && !*mark && !storage::Database::has_lost_current(folder)) return {};
  return refused("in " + folder.string() + " the file CURRENT is missing" + reached(folder) + ". " +
                 std::string(kIfLogIsDamaged));
}

Error why_unopened(const LogTables::Options& options, Error error) {
  const bool is_damage = error.code == "storage_corrupted" || error.code == "storage_failed";
  if (!is_damage) return error;
  auto looking = options;
  looking.read_only = true;
  if (const auto tables = LogTables::open(looking)) {
    const auto log_id = tables->db().get(tables->meta, kLogIdKey);
    const auto end = check_log_end(*tables, log_id ? log_id->value_or("") : "");
    if (!end && end.error().code == "log_broken") return end.error();
  }
  const bool is_bare = options.environment != nullptr;
  return refused(error.message + (is_bare ? std::string() : reached(options.folder))).error();
}

Result<WatermarkFile> make_watermark(const LogTables& tables, std::string_view log_id,
                                     const LogEnd& end) {
  auto file = TRY(
      WatermarkFile::create(watermark_path(tables.db().folder()), {.sequence = 1,
                                                                   .position = end.head,
                                                                   .root = end.frontier.root(),
                                                                   .log_id = std::string(log_id)}));
  TRY(write_identity_row(tables, kWatermarkedKey, "1"));
  return file;
}

namespace {

// What the watermark says of a log that ends there: nothing where it never had one.
Result<std::optional<Watermark>> fitting_watermark(const LogTables& tables,
                                                   const LogIdentity& identity, const LogEnd& end) {
  const auto file = watermark_path(tables.db().folder());
  const auto mark = TRY(read_watermark(file));
  if (!mark && !identity.watermarked) return std::nullopt;
  if (!mark) {
    return fail(ErrorKind::kInternal, "watermark_broken",
                "the log cannot be opened: it ends at position " + std::to_string(end.head.value) +
                    ", and its head watermark " + file.string() +
                    " is missing, so nothing says how far it had come. Restore a backup with "
                    "`dealog restore`; or, when you know from elsewhere that this end is right, "
                    "record it with `dealog verify --accept-end`");
  }
  if (end.head < mark->position) {
    return parted(end.head.next(),
                  "is missing, and all after it (the log ends at position " +
                      std::to_string(end.head.value) + ")",
                  *mark, file);
  }
  if (mark->log_id != identity.log_id) {
    return parted(mark->position, "belongs to another log", *mark, file);
  }
  TreeReader tree(tables);
  if (TRY(tree.root(mark->position.value)) != mark->root) {
    return parted(mark->position, "or one before it is not what it was", *mark, file);
  }
  return mark;
}

// No database, or one whose making was interrupted before anything was written into it.
bool is_unbegun(const Error& error) {
  return error.code == "storage_absent" || error.code == "storage_incomplete";
}

// Without a database there may be what is left of one.
Result<void> require_nothing_lost(const fs::path& folder) {
  const auto file = watermark_path(folder);
  const auto mark = TRY(read_watermark(file));
  if (!mark || mark->position.value == 0) return {};
  return parted(Position{1}, "is missing, and all after it (there is no log)", *mark, file);
}

struct FoundLog {
  LogIdentity identity;
  LogEnd end;
};

// Nothing where no log was begun yet.
Result<std::optional<FoundLog>> look_at_log(const LogTables::Options& options) {
  // A disk of a test's own has nothing in the machine's folder.
  if (options.environment == nullptr) TRY(check_log_folder(options.folder));
  auto looking = options;
  looking.read_only = true;
  const auto tables = LogTables::open(looking);
  if (!tables && is_unbegun(tables.error())) {
    TRY(require_nothing_lost(options.folder));
    return std::nullopt;
  }
  if (!tables) return std::unexpected(why_unopened(options, tables.error()));
  auto identity = TRY(find_log_identity(*tables));
  if (!identity) {
    TRY(require_nothing_lost(options.folder));
    return std::nullopt;
  }
  auto end = TRY(check_log_end(*tables, identity->log_id));
  TRY(fitting_watermark(*tables, *identity, end));
  return FoundLog{*std::move(identity), std::move(end)};
}

}  // namespace

Result<CheckedLog> open_checked_log(const LogTables::Options& options, const std::string& wanted) {
  auto found = TRY(look_at_log(options));
  auto opened = LogTables::open(options);
  if (!opened) return std::unexpected(why_unopened(options, std::move(opened.error())));
  auto tables = std::move(*opened);
  auto identity = TRY(load_log_identity(tables, wanted));
  const auto last = TRY(last_commit(tables));
  if (found && (last ? last->entry.last : Position{}) != found->end.head) {
    return broken(found->end.head, "was the log's end when it was looked at, and is not any more");
  }
  auto end = found ? std::move(found->end) : TRY(check_log_end(tables, identity.log_id));
  auto watermark = TRY(check_watermark(tables, identity, end));
  return CheckedLog{std::move(tables), std::move(identity), std::move(end), std::move(watermark)};
}

Result<WatermarkFile> check_watermark(const LogTables& tables, const LogIdentity& identity,
                                      const LogEnd& end) {
  const auto mark = TRY(fitting_watermark(tables, identity, end));
  if (!mark) return make_watermark(tables, identity.log_id, end);
  if (!identity.watermarked) TRY(write_identity_row(tables, kWatermarkedKey, "1"));
  return WatermarkFile::open(watermark_path(tables.db().folder()), *mark);
}

Result<LogEnd> check_log_end(const LogTables& tables, std::string_view log_id) {
  const Position dropped = TRY(dropped_until(tables));
  const auto last_event = TRY(last_of_events(tables, dropped));
  const auto last = TRY(last_commit(tables));
  const Position committed = last ? last->entry.last : Position{};
  if (last_event > committed) {
    return broken(committed.next(), "has a record and no commit row");
  }
  if (last_event < committed) return broken(last_event.next(), "is missing");
  if (!last) return LogEnd{};
  const KeyId highest_key = TRY(tables.highest_key());
  TRY(check_all_there(tables, dropped, committed));
  TRY(check_indexes(tables, dropped, committed));
  TRY(check_last_group(tables, *last, log_id));
  return LogEnd{committed, last->entry.recorded, last->entry.frontier, highest_key};
}

}  // namespace dealog
