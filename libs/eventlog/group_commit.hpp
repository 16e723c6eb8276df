// Decides on the appends of one group and makes those that are accepted durable together.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "libs/eventlog/log_tables.hpp"
#include "libs/eventlog/recent_tags.hpp"
#include "libs/eventlog/stream_heads.hpp"

namespace dealog {

// Where the log ends.
struct LogEnd {
  Position head;
  Timestamp recorded;
  merkle::Frontier frontier;
  KeyId highest_key = 0;
};

// One cycle is begin(), admit() for each append, write(). The requests must stay where they are
// until write() has returned: names and ids of the group are looked up in them. After write() has
// failed nothing may be called any more. Thread: committer.
class GroupCommit {
 public:
  GroupCommit(const LogTables& tables, std::string log_id, LogEnd end, std::size_t cached_streams);

  void begin(Timestamp now);

  // Checks the append against everything before it, earlier ones of this group included, and adds
  // its rows. The answer holds only once write() has succeeded, since it may rest on the group.
  // Errors: those of EventLog::append; kInternal when the disk could not be read.
  Result<Appended> admit(AppendRequest& request);

  bool has_rows() const { return events_ > 0; }
  std::size_t events() const { return events_; }
  std::size_t bytes() const { return batch_.bytes(); }
  // One synced write. Does nothing when nothing was admitted.
  Result<void> write();

  const LogEnd& end() const { return end_; }

 private:
  // An append of this group, as later ones of it must see it.
  struct InGroup {
    std::string_view fingerprint;
    Position position;
    Position first;
    Position last;
  };
  using StringHash = std::hash<std::string_view>;
  template <class T>
  using ByName = boost::unordered_flat_map<std::string_view, T, StringHash>;

  Result<std::optional<Appended>> answer_for_existing(const AppendRequest& request);
  Result<Appended> stored_append(const Uuid& id, const IdRow& row, const AppendRequest& request);
  Result<IdRow::Answer> stored_answer(const Uuid& id, Position position);
  Result<void> check_new_ids(const AppendRequest& request);
  Result<void> check_condition(const Condition& condition);
  Result<void> check_fresh_keys(const AppendRequest& request);
  Result<StreamVersion> version_of(std::string_view stream);
  Result<void> load_versions(const AppendRequest& request);
  StreamVersion add_event(EncodedEvent& event, Position first, std::uint32_t index,
                          std::uint32_t count);
  void add_index_rows(const EncodedEvent& event, Position position, StreamVersion version);
  void add_commit_row();

  const LogTables& tables_;
  const std::string log_id_;
  LogEnd end_;  // durable
  StreamHeads stream_heads_;
  RecentTags recent_tags_;

  // Of the group:
  Timestamp recorded_;
  Position head_;
  merkle::Frontier frontier_;
  std::size_t events_ = 0;
  std::string leaf_hashes_;
  storage::WriteBatch batch_;
  boost::unordered_flat_map<Uuid, InGroup, std::hash<Uuid>> ids_;
  ByName<StreamVersion> streams_;
  ByName<Position> tags_[2];  // [personal]: last position
  ByName<KeyId> subject_keys_;
  KeyId highest_key_ = 0;

  storage::KeyWriter key_;
};

}  // namespace dealog
