#include "libs/eventlog/group_commit.hpp"

#include <algorithm>

#include "dealog/v1/record.pb.h"
#include "libs/base/assert.hpp"
#include "libs/eventlog/append_checks.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog {
namespace {

// A number as the value of an index row.
struct BigEndian {
  explicit BigEndian(std::uint64_t value) : bytes(__builtin_bswap64(value)) {}
  std::string_view view() const { return {reinterpret_cast<const char*>(&bytes), sizeof bytes}; }
  std::uint64_t bytes;
};

}  // namespace

GroupCommit::GroupCommit(const LogTables& tables, std::string log_id, LogEnd end,
                         std::size_t cached_streams)
    : tables_(tables),
      log_id_(std::move(log_id)),
      end_(std::move(end)),
      stream_heads_(cached_streams),
      recent_tags_(end_.head),
      batch_(limits::kGroupBytes / 4) {}

void GroupCommit::begin(Timestamp now) {
  recorded_ = std::max(now, end_.recorded);
  head_ = end_.head;
  frontier_ = end_.frontier;
  events_ = 0;
  leaf_hashes_.clear();
  batch_.clear();
  ids_.clear();
  streams_.clear();
  tags_[0].clear();
  tags_[1].clear();
  subject_keys_.clear();
  highest_key_ = end_.highest_key;
}

Result<Appended> GroupCommit::admit(AppendRequest& request) {
  if (const auto existing = TRY(answer_for_existing(request))) return *existing;
  TRY(check_new_ids(request));
  for (const auto& condition : request.conditions) TRY(check_condition(condition));
  TRY(check_fresh_keys(request));
  TRY(load_versions(request));

  // Nothing below can fail: an append is in the batch whole or not at all.
  const Position first = head_.next();
  const auto count = static_cast<std::uint32_t>(request.events.size());
  std::vector<StreamVersion> versions(count);
  for (std::uint32_t index = 0; index < count; ++index) {
    versions[index] = add_event(request.events[index], first, index, count);
  }
  for (const auto& body : request.raw_bodies) {
    batch_.put(tables_.raw, body.event_id.view(), body.sealed);
  }
  return Appended{
      .first = first, .last = head_, .recorded = recorded_, .versions = std::move(versions)};
}

Result<std::optional<Appended>> GroupCommit::answer_for_existing(const AppendRequest& request) {
  const auto& first = request.events.front();
  if (const auto found = ids_.find(first.id); found != ids_.end()) {
    const auto& earlier = found->second;
    if (request.on_existing == OnExisting::kRequireSame &&
        earlier.fingerprint != first.fingerprint) {
      return key_reused();
    }
    return Appended{earlier.first, earlier.last, recorded_, true};
  }
  const auto row = TRY(tables_.id_row(first.id));
  if (!row) return std::nullopt;
  return TRY(stored_append(first.id, *row, request));
}

Result<Appended> GroupCommit::stored_append(const Uuid& id, const IdRow& row,
                                            const AppendRequest& request) {
  const auto answer = row.answer ? *row.answer : TRY(stored_answer(id, row.position));
  if (request.on_existing == OnExisting::kRequireSame &&
      answer.fingerprint != request.events.front().fingerprint) {
    return key_reused();
  }
  const Position first{row.position.value - answer.append_index};
  return Appended{first, {first.value + answer.append_count - 1}, answer.recorded, true};
}

Result<IdRow::Answer> GroupCommit::stored_answer(const Uuid& id, Position position) {
  storage::PinnedValue record;
  if (!TRY(tables_.record_at(position, record))) return log_gap(position);
  const auto fields = TRY(parse_record_fields(record.view()));
  if (fields.event_id != id.view() || fields.append_index >= fields.append_count) {
    return fail(ErrorKind::kInternal, "log_broken",
                "the record at position " + std::to_string(position.value) +
                    " is not the one its index names. Run `dealog verify`");
  }
  return answer_of(fields);
}

Result<void> GroupCommit::check_new_ids(const AppendRequest& request) {
  for (std::size_t i = 1; i < request.events.size(); ++i) {
    const auto& id = request.events[i].id;
    if (const auto found = ids_.find(id); found != ids_.end()) {
      return event_id_taken(id, found->second.position);
    }
    if (const auto position = TRY(tables_.find_id(id))) return event_id_taken(id, *position);
  }
  return {};
}

Result<void> GroupCommit::check_condition(const Condition& condition) {
  if (const auto* stream = std::get_if<StreamAt>(&condition)) {
    const auto version = TRY(version_of(stream->stream));
    if (version != stream->version) return version_conflict(*stream, version);
    return {};
  }
  const auto& none = std::get<NoTagAfter>(condition);
  const auto& in_group = tags_[none.personal ? 1 : 0];
  if (const auto found = in_group.find(none.tag);
      found != in_group.end() && found->second > none.position) {
    return tag_conflict(none, found->second);
  }
  // What is older than the group can only matter when the condition reaches back before it.
  if (none.position >= end_.head) return {};
  if (recent_tags_.not_after(none.personal, none.tag, none.position)) return {};
  if (const auto found = TRY(tables_.tagged_after(none.personal, none.tag, none.position))) {
    return tag_conflict(none, *found);
  }
  return {};
}

Result<void> GroupCommit::check_fresh_keys(const AppendRequest& request) {
  for (const auto& event : request.events) {
    for (const auto& fresh : event.fresh_keys) {
      std::optional<KeyId> known;
      if (const auto found = subject_keys_.find(fresh.subject); found != subject_keys_.end()) {
        known = found->second;
      } else {
        known = TRY(tables_.subject_key(fresh.subject));
      }
      if (known && *known != fresh.key) return subject_key_conflict(fresh.subject);
    }
  }
  return {};
}

Result<StreamVersion> GroupCommit::version_of(std::string_view stream) {
  if (const auto found = streams_.find(stream); found != streams_.end()) return found->second;
  if (const auto cached = stream_heads_.find(stream)) return *cached;
  const auto version = TRY(tables_.last_version(stream));
  if (version.value > 0) stream_heads_.put(stream, version);
  return version;
}

Result<void> GroupCommit::load_versions(const AppendRequest& request) {
  for (const auto& event : request.events) {
    streams_.try_emplace(event.stream, TRY(version_of(event.stream)));
  }
  return {};
}

StreamVersion GroupCommit::add_event(EncodedEvent& event, Position first, std::uint32_t index,
                                     std::uint32_t count) {
  head_ = head_.next();
  ++events_;
  auto& version = streams_.find(event.stream)->second;
  version = version.next();
  finish_record(event.bytes, {.log_id = log_id_,
                              .position = head_,
                              .version = version,
                              .recorded = recorded_,
                              .append_index = index,
                              .append_count = count});
  batch_.put(tables_.events, position_key(key_, head_), event.bytes);
  add_index_rows(event, head_, version);
  const auto leaf = merkle::leaf_hash(event.bytes);
  leaf_hashes_.append(merkle::view(leaf));
  frontier_.push(leaf);
  ids_.emplace(event.id, InGroup{.fingerprint = event.fingerprint,
                                 .position = head_,
                                 .first = first,
                                 .last = {first.value + count - 1}});
  return version;
}

void GroupCommit::add_index_rows(const EncodedEvent& event, Position position,
                                 StreamVersion version) {
  const BigEndian place(position.value);
  batch_.put(tables_.streams, stream_key(key_, event.stream, version), place.view());
  batch_.put(tables_.ids, event.id.view(), place.view());
  for (const auto& tag : event.open_tags) {
    batch_.put(tables_.tags, tag_key(key_, false, tag, position), "");
    tags_[0].insert_or_assign(tag, position);
  }
  for (const auto& hash : event.personal_tag_hashes) {
    batch_.put(tables_.personal_tags, tag_key(key_, true, hash, position), "");
    tags_[1].insert_or_assign(hash, position);
  }
  for (const auto& fresh : event.fresh_keys) {
    const bool is_new = subject_keys_.insert_or_assign(fresh.subject, fresh.key).second;
    if (is_new) batch_.put(tables_.subject_keys, fresh.subject, BigEndian(fresh.key).view());
    highest_key_ = std::max(highest_key_, fresh.key);
  }
}

void GroupCommit::add_commit_row() {
  v1::CommitRow row;
  row.set_first_position(end_.head.value + 1);
  row.set_last_position(head_.value);
  row.set_recorded_us(recorded_.us);
  row.set_leaf_hashes(leaf_hashes_);
  for (std::size_t i = 0; i < frontier_.root_count(); ++i) {
    row.add_frontier(std::string(merkle::view(frontier_.root_at(i))));
  }
  batch_.put(tables_.commits, position_key(key_, head_), row.SerializeAsString());
}

Result<void> GroupCommit::write() {
  if (events_ == 0) return {};
  DEALOG_ASSERT(head_.value == end_.head.value + events_);
  DEALOG_ASSERT(frontier_.leaves() == head_.value);
  add_commit_row();
  if (highest_key_ > end_.highest_key) {
    batch_.put(tables_.meta, kHighestKeyKey, BigEndian(highest_key_).view());
  }
  TRY(tables_.db().write(batch_, storage::Sync::kYes));
  for (const auto& [stream, version] : streams_) stream_heads_.put(stream, version);
  for (const bool personal : {false, true}) {
    for (const auto& [tag, position] : tags_[personal]) recent_tags_.put(personal, tag, position);
  }
  recent_tags_.forget_if_full(head_);
  end_ = {head_, recorded_, frontier_, highest_key_};
  return {};
}

}  // namespace dealog
