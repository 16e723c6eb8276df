#include <algorithm>
#include <set>

#include "dealog/v1/options.pb.h"
#include "dealog/v1/record.pb.h"
#include "libs/eventlog/archive_reader.hpp"
#include "libs/eventlog/verify_findings.hpp"

namespace dealog {
namespace {

constexpr std::uint64_t kProgressEvery = 100'000;
constexpr std::uint32_t kRecordFormat = 1;

// Goes on behind rows that the disk does not give whole: tries further and further away. The first
// position tried that can be read, or that is after `head`; the scan stands there.
Position step_over(storage::Iterator& rows, Position broken, Position head) {
  storage::KeyWriter key;
  Position next = broken.next();
  for (std::uint64_t step = 1; next <= head; step *= 2) {
    rows.seek(position_key(key, next));
    if (rows.valid()) break;
    if (rows.status()) break;  // nothing there, and nothing broken
    next.value += step;
  }
  return next;
}

// Walks events and commits side by side, one position after the other.
class EventsPass {
 public:
  EventsPass(const LogTables& tables, const VerifyOptions& options, VerifyFindings& findings,
             BodiesPass& bodies)
      : tables_(tables),
        options_(options),
        findings_(findings),
        bodies_(bodies),
        report_(findings.report()),
        events_(tables.db().scan(tables.events, {})),
        commits_(tables.db().scan(tables.commits, {})),
        reader_(tables, options.archive),
        archived_(reader_) {}

  ExpectedRows run();

 private:
  void find_head();
  void load_commit(Position needed);
  Position step_over_broken_events(Position position);
  Position next_present(Position from) const;
  void check_position(Position position);
  std::optional<merkle::Hash> check_dropped(Position position);
  void check_record(Position position, std::string_view bytes);
  std::optional<std::string> index_row(Position position, storage::Family family,
                                       std::string_view key, const char* name);
  void check_indexes(Position position, const v1::StoredRecord& record);
  void check_id_row(Position position, const v1::StoredRecord& record);
  void check_boxes(Position position, const v1::StoredRecord& record);
  void check_append(Position position, const v1::StoredRecord& record);
  void check_leaf(Position position, std::optional<merkle::Hash> leaf);
  void end_commit(Position position);
  void problem(Position position, const std::string& what) {
    findings_.add(position, "position " + std::to_string(position.value) + " " + what);
  }

  const LogTables& tables_;
  const VerifyOptions& options_;
  VerifyFindings& findings_;
  BodiesPass& bodies_;
  VerifyReport& report_;
  storage::Iterator events_;
  storage::Iterator commits_;
  ArchiveReader reader_;
  ArchiveCursor archived_;

  std::optional<CommitEntry> commit_;       // the next row that ends at or after the position
  merkle::Frontier frontier_;               // over the leaves before the position
  bool frontier_known_ = true;              // false from a leaf that nothing tells, to the next row
  std::optional<v1::StoredRecord> record_;  // at the position, when it is there and whole
  Timestamp last_recorded_;
  std::uint32_t append_index_ = 0;  // of the record before
  std::uint32_t append_count_ = 0;  // 0: nothing is known of the record before
  bool archive_gone_ = false;       // said once, not for every position
  bool commits_unread_ = false;     // those before commit_, or all that follow
  bool unreadable_ = false;         // an index row of the position was
  ExpectedRows expected_;
  storage::KeyWriter key_;
};

ExpectedRows EventsPass::run() {
  find_head();
  load_commit({1});
  for (Position p{1}; p <= report_.head; p = p.next()) {
    while (commit_ && commit_->last < p) load_commit(p);
    if (const auto readable = step_over_broken_events(p); readable > p) {
      p = readable;
      if (p > report_.head) break;
      while (commit_ && commit_->last < p) load_commit(p);
    }
    if (const Position present = next_present(p); present > p) {
      problem(p, "is missing, and all up to " + std::to_string(present.value - 1));
      append_count_ = 0;
      frontier_known_ = false;
      p = present;
      if (p > report_.head) break;
    }
    check_position(p);
    if (options_.progress && p.value % kProgressEvery == 0) options_.progress(p, report_.head);
  }
  if (append_count_ != 0 && append_index_ + 1 != append_count_) {
    problem(report_.head.next(), "is missing: the last append is not complete");
  }
  report_.root = frontier_.root();
  return expected_;
}

void EventsPass::find_head() {
  for (const auto family : {tables_.events, tables_.commits}) {
    const auto last = tables_.db().scan(family, {}, storage::ScanOrder::kBackward);
    if (const auto status = last.status(); !status) {
      findings_.add({},
                    "the end of events or commits cannot be read (" + status.error().message + ")");
    }
    if (!last.valid()) continue;
    const auto position = parse_u64(last.key());
    if (position) report_.head = std::max(report_.head, Position{*position});
    if (!position) findings_.add({}, "a row of events or commits has a key that is no position");
  }
}

// Steps to the next commits row that can be read; `needed` is the position that is looked at.
void EventsPass::load_commit(Position needed) {
  commits_unread_ = false;
  for (commit_.reset(); !commit_; commits_.next()) {
    if (const auto status = commits_.status(); !status) {
      problem(needed, "has a commit row that cannot be read (" + status.error().message + ")");
      needed = step_over(commits_, needed, report_.head);
      commits_unread_ = true;
    }
    if (!commits_.valid()) return;
    ++report_.commits;
    auto entry = parse_commit(commits_.key(), commits_.value());
    if (entry) {
      commit_ = std::move(*entry);
    } else {
      findings_.add({parse_u64(commits_.key()).value_or(0)}, entry.error().message);
    }
  }
}

// The position itself while the disk gives its record; else the next that it does give.
Position EventsPass::step_over_broken_events(Position position) {
  const auto status = events_.status();
  if (status) return position;
  problem(position, "cannot be read (" + status.error().message + ")");
  append_count_ = 0;
  frontier_known_ = false;
  return step_over(events_, position, report_.head);
}

// The first position from `from` on that has a record or a commits row: one wrong key must not make
// a walk over all the numbers before it.
Position EventsPass::next_present(Position from) const {
  std::uint64_t present = report_.head.value + 1;
  if (events_.valid()) present = std::min(present, parse_u64(events_.key()).value_or(from.value));
  if (commit_) present = std::min(present, commit_->first.value);
  return {std::max(present, from.value)};
}

void EventsPass::check_position(Position position) {
  while (events_.valid() && parse_u64(events_.key()).value_or(0) < position.value) {
    findings_.add({}, "a row of events has a key that is no position");
    events_.next();
  }
  record_.reset();
  std::optional<merkle::Hash> leaf;
  if (events_.valid() && parse_u64(events_.key()) == position.value) {
    ++report_.events;
    leaf = merkle::leaf_hash(events_.value());
    check_record(position, events_.value());
    events_.next();
  } else if (position <= findings_.dropped) {
    leaf = check_dropped(position);
  } else {
    problem(position, "is missing");
    append_count_ = 0;
  }
  if (record_) {
    check_append(position, *record_);
    check_indexes(position, *record_);
    check_boxes(position, *record_);
    bodies_.see(position, *record_);
  }
  check_leaf(position, leaf);
}

// Its leaf when the archive was read.
std::optional<merkle::Hash> EventsPass::check_dropped(Position position) {
  if (!options_.archive.empty() && !archive_gone_) {
    const auto record = archived_.at(position);
    if (record) {
      ++report_.events;
      ++report_.archived;
      check_record(position, *record);
      return merkle::leaf_hash(*record);
    }
    archive_gone_ = record.error().kind == ErrorKind::kUnavailable;
    problem(position, "cannot be read from the archive (" + record.error().message + ")");
  }
  ++report_.unread;
  ++expected_.streams;
  ++expected_.ids;
  append_count_ = 0;
  return std::nullopt;
}

void EventsPass::check_record(Position position, std::string_view bytes) {
  v1::StoredRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    append_count_ = 0;
    return problem(position, "holds bytes that are no record");
  }
  if (record.format() != kRecordFormat) problem(position, "has a record of an unknown format");
  if (record.position() != position.value) {
    problem(position, "holds the record of position " + std::to_string(record.position()));
  }
  if (record.log_id() != report_.log_id) problem(position, "holds a record of another log");
  if (record.event_id().size() != 16) problem(position, "has an event id that is none");
  if (Timestamp{record.recorded_us()} < last_recorded_) {
    problem(position, "was recorded before the position before it");
  }
  last_recorded_ = std::max(last_recorded_, Timestamp{record.recorded_us()});
  record_ = std::move(record);
}

void EventsPass::check_append(Position position, const v1::StoredRecord& record) {
  const std::uint32_t index = record.append_index();
  const std::uint32_t count = record.append_count();
  if (index >= count) problem(position, "has a place outside its append");
  if (append_count_ != 0) {
    const bool ended = append_index_ + 1 == append_count_;
    const bool follows = ended ? index == 0 : index == append_index_ + 1 && count == append_count_;
    if (!follows) problem(position, "does not continue the append before it");
  }
  append_index_ = index;
  append_count_ = count;
}

// The row's value; nothing when there is none. One that the disk does not give whole is a problem
// of the position and not looked at further.
std::optional<std::string> EventsPass::index_row(Position position, storage::Family family,
                                                 std::string_view key, const char* name) {
  auto value = tables_.db().get(family, key);
  if (value) return std::move(*value);
  problem(position, "has a row in " + std::string(name) + " that cannot be read (" +
                        value.error().message + ")");
  unreadable_ = true;
  return std::nullopt;
}

void EventsPass::check_indexes(Position position, const v1::StoredRecord& record) {
  unreadable_ = false;
  const auto named = [&](storage::Family family, std::string_view key,
                         const char* name) -> std::uint64_t {
    const auto value = index_row(position, family, key, name);
    return value ? parse_u64(*value).value_or(0) : 0;
  };
  ++expected_.streams;
  if (record.version() == 1) ++report_.streams;
  const auto of_version =
      named(tables_.streams, stream_key(key_, record.stream(), {record.version()}), "streams");
  if (of_version != position.value && !unreadable_) {
    problem(position, "is not what the index of streams names for version " +
                          std::to_string(record.version()) + " of '" + record.stream() + "'");
  }
  if (record.version() > 1) {
    const auto earlier = named(
        tables_.streams, stream_key(key_, record.stream(), {record.version() - 1}), "streams");
    if ((earlier == 0 || earlier >= position.value) && !unreadable_) {
      problem(position, "has version " + std::to_string(record.version()) + " of '" +
                            record.stream() + "' without the version before it");
    }
  }
  ++expected_.ids;
  check_id_row(position, record);
  const std::set<std::string_view> tags(record.tags().begin(), record.tags().end());
  for (const auto tag : tags) {
    ++expected_.tags;
    if (!index_row(position, tables_.tags, tag_key(key_, false, tag, position), "tags") &&
        !unreadable_) {
      problem(position, "is not in the index of its tag '" + std::string(tag) + "'");
    }
  }
}

void EventsPass::check_id_row(Position position, const v1::StoredRecord& record) {
  const auto value = index_row(position, tables_.ids, record.event_id(), "ids");
  if (unreadable_) return;
  const auto row = value ? parse_id_row(*value) : std::nullopt;
  if (!row || row->position != position) {
    return problem(position, "is not what the index of ids names for its event");
  }
  const IdRow::Answer answer{.recorded = {record.recorded_us()},
                             .append_index = record.append_index(),
                             .append_count = record.append_count(),
                             .fingerprint = record.fingerprint()};
  if (row->answer && *row->answer != answer) {
    problem(position, "has a row of ids that would answer a repeated request wrongly");
  }
}

void EventsPass::check_boxes(Position position, const v1::StoredRecord& record) {
  unreadable_ = false;
  for (const auto& box : record.boxes()) {
    const bool named = box.privacy() == v1::PERSON && !record.subject().empty();
    const std::string& subject = named ? record.subject() : record.stream();
    const auto row = index_row(position, tables_.subject_keys, subject, "subject_keys");
    if ((!row || parse_u64(*row) != box.key_id()) && !unreadable_) {
      problem(position, "has a box under key " + std::to_string(box.key_id()) +
                            ", which subject_keys does not name for '" + subject + "'");
    }
  }
}

// Goes on with the leaf that the commits row tells, so that one wrong record is one problem and
// not one for every row after it.
void EventsPass::check_leaf(Position position, std::optional<merkle::Hash> leaf) {
  if (!commit_ || position < commit_->first) {
    if (!commits_unread_) problem(position, "has no commit row");
    if (!leaf) frontier_known_ = false;
    frontier_.push(leaf.value_or(merkle::Hash{}));
    return;
  }
  merkle::Hash told;
  const auto offset = (position.value - commit_->first.value) * sizeof(merkle::Hash);
  std::copy_n(commit_->leaf_hashes.begin() + static_cast<std::ptrdiff_t>(offset), told.size(),
              reinterpret_cast<char*>(told.data()));
  if (leaf && *leaf != told) problem(position, "does not match the hash of its commit row");
  if (record_ && Timestamp{record_->recorded_us()} != commit_->recorded) {
    problem(position, "was not recorded when its commit row says");
  }
  frontier_.push(told);
  if (position == commit_->last) end_commit(position);
  if (const auto asked = findings_.roots.find(position.value);
      asked != findings_.roots.end() && frontier_known_) {
    asked->second = frontier_.root();
  }
}

void EventsPass::end_commit(Position position) {
  if (frontier_known_ && !(frontier_ == commit_->frontier)) {
    problem(position, "has a commit row whose Merkle frontier is not that of the leaves before it");
  }
  frontier_ = commit_->frontier;
  frontier_known_ = true;
}

}  // namespace

ExpectedRows verify_events(const LogTables& tables, const VerifyOptions& options,
                           VerifyFindings& findings, BodiesPass& bodies) {
  return EventsPass(tables, options, findings, bodies).run();
}

}  // namespace dealog
