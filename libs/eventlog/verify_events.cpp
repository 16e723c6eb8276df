#include <algorithm>
#include <set>

#include "dealog/v1/options.pb.h"
#include "dealog/v1/record.pb.h"
#include "libs/eventlog/verify_findings.hpp"

namespace dealog {
namespace {

constexpr std::uint64_t kProgressEvery = 100'000;
constexpr std::uint32_t kRecordFormat = 1;

// Walks events and commits side by side, one position after the other.
class EventsPass {
 public:
  EventsPass(const LogTables& tables, const VerifyOptions& options, VerifyFindings& findings)
      : tables_(tables),
        options_(options),
        findings_(findings),
        report_(findings.report()),
        events_(tables.db().scan(tables.events, {})),
        commits_(tables.db().scan(tables.commits, {})) {}

  Result<ExpectedRows> run();

 private:
  Result<void> find_head();
  Result<void> load_commit();
  Position next_present(Position from) const;
  Result<void> check_position(Position position);
  void check_record(Position position, std::string_view bytes);
  Result<void> check_indexes(Position position, const v1::StoredRecord& record);
  Result<void> check_boxes(Position position, const v1::StoredRecord& record);
  void check_append(Position position, const v1::StoredRecord& record);
  void check_leaf(Position position, std::optional<merkle::Hash> leaf);
  void end_commit(Position position);
  void problem(Position position, const std::string& what) {
    findings_.add(position, "position " + std::to_string(position.value) + " " + what);
  }

  const LogTables& tables_;
  const VerifyOptions& options_;
  VerifyFindings& findings_;
  VerifyReport& report_;
  storage::Iterator events_;
  storage::Iterator commits_;

  std::optional<CommitEntry> commit_;       // the next row that ends at or after the position
  merkle::Frontier frontier_;               // over the leaves before the position
  bool frontier_known_ = true;              // false from a leaf that nothing tells, to the next row
  std::optional<v1::StoredRecord> record_;  // at the position, when it is there and whole
  Timestamp last_recorded_;
  std::uint32_t append_index_ = 0;  // of the record before
  std::uint32_t append_count_ = 0;  // 0: nothing is known of the record before
  ExpectedRows expected_;
  storage::KeyWriter key_;
};

Result<ExpectedRows> EventsPass::run() {
  TRY(find_head());
  TRY(load_commit());
  for (Position p{1}; p <= report_.head; p = p.next()) {
    while (commit_ && commit_->last < p) TRY(load_commit());
    if (const Position present = next_present(p); present > p) {
      problem(p, "is missing, and all up to " + std::to_string(present.value - 1));
      append_count_ = 0;
      frontier_known_ = false;
      p = present;
      if (p > report_.head) break;
    }
    TRY(check_position(p));
    if (options_.progress && p.value % kProgressEvery == 0) options_.progress(p, report_.head);
  }
  TRY(events_.status());
  TRY(commits_.status());
  if (append_count_ != 0 && append_index_ + 1 != append_count_) {
    problem(report_.head.next(), "is missing: the last append is not complete");
  }
  report_.root = frontier_.root();
  return expected_;
}

Result<void> EventsPass::find_head() {
  for (const auto family : {tables_.events, tables_.commits}) {
    const auto last = tables_.db().scan(family, {}, storage::ScanOrder::kBackward);
    TRY(last.status());
    if (!last.valid()) continue;
    const auto position = parse_u64(last.key());
    if (position) report_.head = std::max(report_.head, Position{*position});
    if (!position) findings_.add({}, "a row of events or commits has a key that is no position");
  }
  return {};
}

// Steps to the next commits row that can be read.
Result<void> EventsPass::load_commit() {
  for (commit_.reset(); commits_.valid() && !commit_; commits_.next()) {
    ++report_.commits;
    auto entry = parse_commit(commits_.key(), commits_.value());
    if (entry) {
      commit_ = std::move(*entry);
    } else {
      findings_.add({parse_u64(commits_.key()).value_or(0)}, entry.error().message);
    }
  }
  return commits_.status();
}

// The first position from `from` on that has a record or a commits row: one wrong key must not make
// a walk over all the numbers before it.
Position EventsPass::next_present(Position from) const {
  std::uint64_t present = report_.head.value + 1;
  if (events_.valid()) present = std::min(present, parse_u64(events_.key()).value_or(from.value));
  if (commit_) present = std::min(present, commit_->first.value);
  return {std::max(present, from.value)};
}

Result<void> EventsPass::check_position(Position position) {
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
  } else {
    problem(position, "is missing");
    append_count_ = 0;
  }
  if (record_) {
    check_append(position, *record_);
    TRY(check_indexes(position, *record_));
    TRY(check_boxes(position, *record_));
  }
  check_leaf(position, leaf);
  return {};
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

Result<void> EventsPass::check_indexes(Position position, const v1::StoredRecord& record) {
  const auto& db = tables_.db();
  const auto points_here = [&](storage::Family family, std::string_view key) -> Result<bool> {
    storage::PinnedValue value;
    if (!TRY(db.get(family, key, value))) return false;
    return parse_u64(value.view()) == position.value;
  };
  ++expected_.streams;
  if (record.version() == 1) ++report_.streams;
  if (!TRY(points_here(tables_.streams, stream_key(key_, record.stream(), {record.version()})))) {
    problem(position, "is not what the index of streams names for version " +
                          std::to_string(record.version()) + " of '" + record.stream() + "'");
  }
  if (record.version() > 1) {
    const auto before =
        TRY(db.get(tables_.streams, stream_key(key_, record.stream(), {record.version() - 1})));
    const auto earlier = before ? parse_u64(*before) : std::nullopt;
    if (!earlier || *earlier >= position.value) {
      problem(position, "has version " + std::to_string(record.version()) + " of '" +
                            record.stream() + "' without the version before it");
    }
  }
  ++expected_.ids;
  if (!TRY(points_here(tables_.ids, record.event_id()))) {
    problem(position, "is not what the index of ids names for its event");
  }
  const std::set<std::string_view> tags(record.tags().begin(), record.tags().end());
  for (const auto tag : tags) {
    ++expected_.tags;
    if (!TRY(db.contains(tables_.tags, tag_key(key_, false, tag, position)))) {
      problem(position, "is not in the index of its tag '" + std::string(tag) + "'");
    }
  }
  return {};
}

Result<void> EventsPass::check_boxes(Position position, const v1::StoredRecord& record) {
  for (const auto& box : record.boxes()) {
    const bool named = box.privacy() == v1::PERSON && !record.subject().empty();
    const std::string& subject = named ? record.subject() : record.stream();
    const auto row = TRY(tables_.db().get(tables_.subject_keys, subject));
    if (!row || parse_u64(*row) != box.key_id()) {
      problem(position, "has a box under key " + std::to_string(box.key_id()) +
                            ", which subject_keys does not name for '" + subject + "'");
    }
  }
  return {};
}

// Goes on with the leaf that the commits row tells, so that one wrong record is one problem and
// not one for every row after it.
void EventsPass::check_leaf(Position position, std::optional<merkle::Hash> leaf) {
  if (!commit_ || position < commit_->first) {
    problem(position, "has no commit row");
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
}

void EventsPass::end_commit(Position position) {
  if (frontier_known_ && !(frontier_ == commit_->frontier)) {
    problem(position, "has a commit row whose Merkle frontier is not that of the leaves before it");
  }
  frontier_ = commit_->frontier;
  frontier_known_ = true;
}

}  // namespace

Result<ExpectedRows> verify_events(const LogTables& tables, const VerifyOptions& options,
                                   VerifyFindings& findings) {
  return EventsPass(tables, options, findings).run();
}

}  // namespace dealog
