// Events to append and logs to append them to, for the tests of the log.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include "dealog/v1/options.pb.h"
#include "dealog/v1/record.pb.h"
#include "libs/base/clock.hpp"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/eventlog/in_memory_log.hpp"
#include "libs/eventlog/rocks_log.hpp"

namespace dealog::testing {

inline constexpr Timestamp kNoon{1'767'268'800'000'000};  // 2026-01-01T12:00:00Z

// A folder of its own, gone with the object. In memory where there is such a place: these tests
// restart the process at most, which keeps what was written, synced or not.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = ::access(memory.c_str(), W_OK) == 0;
    path_ = (in_memory ? memory : std::filesystem::temp_directory_path()) /
            ("dealog-" + to_hex(random_bytes(8)));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The id whose last eight bytes are `number`.
inline Uuid id_of(std::uint64_t number) {
  std::string bytes = "dealogtx";
  put_u64(bytes, number);
  return Uuid::from_bytes(bytes);
}

struct EventSketch {
  std::string stream;
  std::uint64_t id = 0;
  std::string payload = "payload";
  std::string fingerprint = {};
  std::vector<std::string> open_tags = {};
  std::vector<std::string> personal_tags = {};  // 16 bytes each
  std::vector<SubjectKey> fresh_keys = {};
  KeyId box_key = 0;  // a box under this key, as the codec seals free text; 0: none
};

inline EncodedEvent event(const EventSketch& sketch) {
  v1::StoredRecord record;
  record.set_format(1);
  record.set_stream(sketch.stream);
  const Uuid id = id_of(sketch.id);
  record.set_event_id(std::string(id.view()));
  record.set_type(1);
  record.set_fingerprint(sketch.fingerprint);
  for (const auto& tag : sketch.open_tags) record.add_tags(tag);
  record.set_payload(sketch.payload);
  record.set_workspace(1);
  if (sketch.box_key != 0) {
    auto& box = *record.add_boxes();
    box.set_algorithm(1);
    box.set_key_id(sketch.box_key);
    box.set_ciphertext("sealed");
    box.set_privacy(v1::DEAL);
  }
  return {.stream = sketch.stream,
          .id = id,
          .fingerprint = sketch.fingerprint,
          .open_tags = sketch.open_tags,
          .personal_tag_hashes = sketch.personal_tags,
          .fresh_keys = sketch.fresh_keys,
          .bytes = record.SerializeAsString()};
}

inline AppendRequest append_of(const std::vector<EventSketch>& sketches,
                               std::vector<Condition> conditions = {}) {
  AppendRequest request{.events = {}, .conditions = std::move(conditions)};
  for (const auto& sketch : sketches) request.events.push_back(event(sketch));
  return request;
}

// An event as it was read back.
struct ReadBack {
  Position position;
  v1::StoredRecord record;
  std::string bytes;
};

inline EventVisitor into(std::vector<ReadBack>& out) {
  return [&out](const StoredEvent& stored) {
    ReadBack read{stored.position, {}, std::string(stored.record)};
    if (!read.record.ParseFromString(read.bytes)) std::abort();
    out.push_back(std::move(read));
    return true;
  };
}

// The stores that the conformance suite runs over. reopen() is a restart of the process.
class InMemoryStore {
 public:
  explicit InMemoryStore(const Clock& clock) : log_(clock, {.queue_events = kQueueEvents}) {}
  static constexpr std::size_t kQueueEvents = 64;
  EventLog& log() { return log_; }
  void reopen() {}

 private:
  InMemoryLog log_;
};

class RocksStore {
 public:
  static constexpr std::size_t kQueueEvents = 64;
  explicit RocksStore(const Clock& clock) : clock_(clock) { open(); }
  EventLog& log() { return *log_; }
  void reopen() {
    log_.reset();
    open();
  }

 private:
  void open() {
    auto opened = RocksLog::open({.folder = folder_.path() / "log",
                                  .clock = &clock_,
                                  .bounds = {.queue_events = kQueueEvents, .group_events = 16},
                                  .cached_streams = 16});
    if (!opened) throw std::runtime_error(opened.error().message);
    log_ = std::move(*opened);
  }

  const Clock& clock_;
  TemporaryFolder folder_;
  std::unique_ptr<RocksLog> log_;
};

}  // namespace dealog::testing
