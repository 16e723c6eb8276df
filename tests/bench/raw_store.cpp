#include "tests/bench/raw_store.hpp"

#include <atomic>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <time.h>

#include "libs/base/clock.hpp"
#include "libs/event/codec.hpp"
#include "libs/eventlog/log_tables.hpp"
#include "libs/eventlog/rocks_log.hpp"
#include "tests/bench/child_process.hpp"

namespace dealog::bench {
namespace {

void check(const rocksdb::Status& status) {
  if (!status.ok()) give_up(status.ToString());
}

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

double process_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// The families of the log in which an event has rows.
class RawStore {
 public:
  explicit RawStore(const std::filesystem::path& folder) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const char* name : {"default", "events", "streams", "ids", "tags"}) {
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    }
    rocksdb::DB* opened = nullptr;
    check(rocksdb::DB::Open(options, folder.string(), families, &handles_, &opened));
    store_.reset(opened);
  }
  ~RawStore() {
    for (auto* handle : handles_) static_cast<void>(store_->DestroyColumnFamilyHandle(handle));
  }

  void add(rocksdb::WriteBatch& batch, const RawEvent& event, const Uuid& id, Position position,
           storage::KeyWriter& key) {
    const std::string place(position_key(key, position));
    check(batch.Put(handles_[1], place, event.record));
    check(batch.Put(handles_[2], slice(stream_key(key, event.stream, {position.value})), place));
    check(batch.Put(handles_[3], slice(id.view()), place));
    for (const auto& tag : event.tags) {
      check(batch.Put(handles_[4], slice(tag_key(key, false, tag, position)), ""));
    }
  }
  void write(rocksdb::WriteBatch& batch) {
    rocksdb::WriteOptions options;
    options.sync = true;
    check(store_->Write(options, &batch));
  }

 private:
  std::unique_ptr<rocksdb::DB> store_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace

std::vector<RawEvent> read_events(const std::filesystem::path& log_folder, std::size_t count) {
  const SystemClock clock;
  auto log = RocksLog::open({.folder = log_folder, .clock = &clock});
  if (!log) give_up(log.error().message);
  std::vector<RawEvent> events;
  const auto read =
      (*log)->read({UINT64_MAX}, Direction::kBackward, count, [&](const StoredEvent& stored) {
        const auto event = decode(stored.record, Open::kNothing, nullptr);
        if (event) events.push_back({std::string(stored.record), event->stream, event->tags});
        return true;
      });
  if (!read || events.empty()) give_up("the log has no events to compare with");
  return events;
}

Measured write_raw(const std::filesystem::path& folder, const NextRawEvent& next, int writers,
                   double seconds) {
  const SystemClock clock;
  SystemIds ids(clock);
  RawStore store(folder);
  Measured result;
  std::atomic<std::uint64_t> position = 0;
  std::mutex mutex;
  const double cpu = process_cpu_seconds();
  const auto start = steady_now();
  const auto elapsed = [&] { return std::chrono::duration<double>(steady_now() - start).count(); };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < writers; ++i) {
      threads.emplace_back([&] {
        Latencies own;
        storage::KeyWriter key;
        while (elapsed() < seconds) {
          const std::uint64_t number = ++position;
          const auto sent = steady_now();
          rocksdb::WriteBatch batch;
          store.add(batch, next(number), ids.next(), {number}, key);
          store.write(batch);
          own.add(steady_now() - sent);
        }
        const std::scoped_lock lock(mutex);
        result.latencies.add(own);
      });
    }
  }
  result.seconds = elapsed();
  result.cpu_us =
      (process_cpu_seconds() - cpu) * 1e6 / static_cast<double>(result.latencies.count());
  return result;
}

double write_raw_batches(const std::filesystem::path& folder, const NextRawEvent& next,
                         std::size_t batch, double seconds) {
  const SystemClock clock;
  SystemIds ids(clock);
  RawStore store(folder);
  storage::KeyWriter key;
  rocksdb::WriteBatch rows;
  std::uint64_t position = 0;
  const auto start = steady_now();
  const auto elapsed = [&] { return std::chrono::duration<double>(steady_now() - start).count(); };
  while (elapsed() < seconds) {
    rows.Clear();
    for (std::size_t i = 0; i < batch; ++i) {
      ++position;
      store.add(rows, next(position), ids.next(), {position}, key);
    }
    store.write(rows);
  }
  return static_cast<double>(position) / elapsed();
}

}  // namespace dealog::bench
