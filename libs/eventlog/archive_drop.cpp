#include "libs/eventlog/archive_drop.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/archive_walk.hpp"
#include "libs/eventlog/bulk_writes.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/record_fields.hpp"
#include "libs/eventlog/tree_reader.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;
using storage::Sync;

// Fewer rows than this between two that stay are erased one by one.
constexpr std::uint64_t kRowsOfRange = 64;

std::string bytes_of(Position position) {
  std::string bytes;
  put_u64(bytes, position.value);
  return bytes;
}

// The archive may have been copied here by something that did not sync.
Result<void> sync_archive(const fs::path& archive) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(archive, error)) {
    const OpenFile file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (file.is_open() && ::fsync(file.get()) == 0) continue;
    return fail(ErrorKind::kInternal, "archive_unusable",
                "syncing " + entry.path().string() + ": " + std::generic_category().message(errno) +
                    ". Nothing was dropped");
  }
  return sync_names(archive);
}

class Dropping {
 public:
  Dropping(const LogTables& tables, const fs::path& archive, const DropOptions& options)
      : tables_(tables), archive_(archive), options_(options) {}

  Result<DropDone> run() {
    const auto lock = TRY(lock_archive(archive_));
    done_.before = done_.dropped = TRY(dropped_until(tables_));
    const Position archived = TRY(verified_end());
    const Position to = TRY(end_of_drop(std::min(archived, options_.until)));
    step("looking at the records");
    TRY(look(to));
    if (options_.dry_run) {
      done_.dropped = std::max(to, done_.before);
      done_.file_bytes = tables_.db().file_bytes();
      return done_;
    }
    if (to > done_.before) TRY(mark(to));
    step("dropping");
    TRY(erase_records());
    done_.file_bytes = tables_.db().file_bytes();
    return done_;
  }

 private:
  void step(std::string_view what) const {
    if (options_.on_step) options_.on_step(what);
  }
  bool stays(std::string_view stream) const { return options_.keeps && options_.keeps(stream); }

  // The end of an archive of which every record is that of the log's own tree.
  Result<Position> verified_end() {
    step("verifying the archive");
    const auto end = TRY(check_archive(archive_));
    const auto segments = TRY(list_segments(archive_));
    if (segments.empty()) return Position{};
    const auto tree = TRY(tree_of_log_at(tables_, segments.back()));
    if (end.last != segments.back().last || !(tree == end.frontier)) {
      return fail(ErrorKind::kConflict, "archive_busy",
                  "the archive changed while it was read. Run the command again");
    }
    TRY(sync_archive(archive_));
    return end.last;
  }

  // The end of the commit that ends at or before `wanted` and is not the log's last: opening reads
  // that one.
  Result<Position> end_of_drop(Position wanted) const {
    auto rows = tables_.db().scan(tables_.commits, {}, storage::ScanOrder::kBackward);
    if (rows.valid()) rows.next();
    TRY(rows.status());
    if (!rows.valid()) return Position{};
    if (parse_u64(rows.key()).value_or(0) > wanted.value) rows.seek(bytes_of(wanted));
    TRY(rows.status());
    return Position{rows.valid() ? parse_u64(rows.key()).value_or(0) : 0};
  }

  // Counts, and holds each record against the tree: one that is not the tree's is not dropped,
  // since somebody should look at it first.
  Result<void> look(Position to) {
    TreeReader tree(tables_);
    auto rows =
        tables_.db().scan(tables_.events, {.to = bytes_of(std::max(to, done_.before).next())});
    Position expected = done_.before.next();
    for (; rows.valid(); rows.next()) {
      const Position position{parse_u64(rows.key()).value_or(0)};
      if (position > done_.before) {
        if (position != expected) return log_gap(expected);
        expected = expected.next();
      }
      if (merkle::leaf_hash(rows.value()) != TRY(tree.leaf(position))) {
        return fail(ErrorKind::kInternal, "log_broken",
                    "position " + std::to_string(position.value) +
                        " is not what the log's tree says; nothing was dropped. Run "
                        "`dealog verify`");
      }
      const auto fields = TRY(parse_record_fields(rows.value()));
      if (stays(fields.stream)) {
        ++done_.kept;
        continue;
      }
      ++done_.events;
      done_.bytes += rows.value().size();
    }
    TRY(rows.status());
    return to > done_.before && expected <= to ? Result<void>(log_gap(expected)) : Result<void>();
  }

  // From here on older versions refuse the log. A row of ids is right in both forms, so it does not
  // matter how far this came before a crash.
  Result<void> mark(Position to) {
    step("keeping what answers repeated requests");
    TRY(write_identity_row(tables_, kFormatKey, kDroppedLogFormat));
    auto rows = tables_.db().scan(
        tables_.events, {.from = bytes_of(done_.before.next()), .to = bytes_of(to.next())});
    for (; rows.valid(); rows.next()) {
      const auto fields = TRY(parse_record_fields(rows.value()));
      const IdRow row{.position = {parse_u64(rows.key()).value_or(0)}, .answer = answer_of(fields)};
      writes_->put(tables_.ids, fields.event_id, to_bytes(row));
      TRY(writes_.write_when_full());
    }
    TRY(rows.status());
    TRY(writes_.finish());
    TRY(write_identity_row(tables_, kArchiveKey,
                           fs::absolute(archive_).lexically_normal().string()));
    TRY(write_identity_row(tables_, kDroppedKey, bytes_of(to)));
    done_.dropped = to;
    return {};
  }

  // All up to the mark that do not stay; what an earlier call left as well.
  Result<void> erase_records() {
    const Position end = done_.dropped.next();
    auto rows = tables_.db().scan(tables_.events, {.to = bytes_of(end)});
    std::vector<std::string> run;  // the first keys since the last row that stays
    std::uint64_t length = 0;
    const auto erase_run = [&](std::string_view to) {
      if (length >= kRowsOfRange) {
        writes_->erase_range(tables_.events, run.front(), to);
      } else {
        for (const auto& key : run) writes_->erase(tables_.events, key);
      }
      run.clear();
      length = 0;
    };
    for (; rows.valid(); rows.next()) {
      if (stays(TRY(parse_record_fields(rows.value())).stream)) {
        erase_run(rows.key());
        TRY(writes_.write_when_full());
        continue;
      }
      if (++length < kRowsOfRange || run.empty()) run.emplace_back(rows.key());
    }
    TRY(rows.status());
    erase_run(bytes_of(end));
    TRY(writes_.finish());
    return tables_.db().compact(tables_.events, {.to = bytes_of(end)});
  }

  const LogTables& tables_;
  const fs::path& archive_;
  const DropOptions& options_;
  DropDone done_;
  BulkWrites writes_{tables_.db()};
};

}  // namespace

Result<DropDone> drop_archived(const LogTables& tables, const fs::path& archive,
                               const DropOptions& options) {
  return Dropping(tables, archive, options).run();
}

}  // namespace dealog
