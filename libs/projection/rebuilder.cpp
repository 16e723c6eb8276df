#include "libs/projection/rebuilder.hpp"

#include <deque>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/event/decode_into.hpp"
#include "libs/projection/write_behind.hpp"

namespace dealog {
namespace {

// Events that were decoded; behind `count` lie those of an earlier use, whose memory is used again.
struct Decoded {
  std::vector<RecordedEvent> events;
  std::size_t count = 0;
};

// Blocks of decoded events from the reading thread to the projecting one: decoding costs as much
// as projecting, and there are two cores.
class Hose {
 public:
  explicit Hose(std::size_t blocks) : blocks_(blocks) {}

  // False when nobody takes any more.
  bool push(Decoded block) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return waiting_.size() < blocks_ || closed_; });
    if (closed_) return false;
    waiting_.push_back(std::move(block));
    filled_.notify_one();
    return true;
  }
  // A block that has been projected, for its memory.
  void give_back(Decoded block) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(block));
  }
  Decoded take_free() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return {};
    auto block = std::move(free_.back());
    free_.pop_back();
    block.count = 0;
    return block;
  }
  // Nothing at the end.
  std::optional<Decoded> take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) return std::nullopt;
    auto block = std::move(waiting_.front());
    waiting_.pop_front();
    room_.notify_one();
    return block;
  }
  void end(Result<void> result) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    result_ = std::move(result);
    filled_.notify_one();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_one();
  }
  Result<void> result() {
    const std::lock_guard lock(mutex_);
    return result_;
  }

 private:
  const std::size_t blocks_;
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::deque<Decoded> waiting_;  // guarded by mutex_, as all below
  std::vector<Decoded> free_;
  bool ended_ = false;
  bool closed_ = false;
  Result<void> result_;
};

constexpr std::size_t kBlockEvents = 512;

void read_into(const EventLog& log, Position head, Hose& hose) {
  Result<void> decoded_all;
  Decoded block;
  auto read = log.read(Position{1}, Direction::kForward, head.value, [&](const StoredEvent& e) {
    if (block.events.empty()) block.events.resize(kBlockEvents);
    decoded_all = decode_into(e.record, Open::kNothing, nullptr, block.events[block.count]);
    if (!decoded_all) return false;
    if (++block.count < kBlockEvents) return true;
    return hose.push(std::exchange(block, hose.take_free()));
  });
  if (read && decoded_all && block.count > 0) hose.push(std::move(block));
  hose.end(read ? std::move(decoded_all) : std::move(read));
}

Result<void> write_page(PageProjector& pages, Position head, const RebuildListener& listener) {
  if (auto written = pages.write_page(); !written) return written;
  if (listener && !listener({pages.checkpoint().position, head, pages.rows_written()})) {
    return fail(ErrorKind::kUnavailable, "rebuild_stopped", "the rebuild was given up");
  }
  return {};
}

Result<void> project_all(Hose& hose, PageProjector& pages, Position head,
                         const RebuildOptions& options, const RebuildListener& listener) {
  while (auto block = hose.take()) {
    pages.apply(std::span(block->events).first(block->count));
    hose.give_back(*std::move(block));
    if (pages.pending_events() >= options.page_events || pages.dirty_rows() >= options.page_rows) {
      if (auto written = write_page(pages, head, listener); !written) return written;
    }
  }
  if (auto read = hose.result(); !read) return read;
  return write_page(pages, head, listener);
}

}  // namespace

Result<RebuildProgress> rebuild(const EventLog& log,
                                std::vector<std::unique_ptr<Projector>> projectors,
                                ViewStore& store, const RebuildOptions& options,
                                const RebuildListener& listener) {
  const Position head = log.head();
  WriteBehind behind(store);
  PageProjector pages(behind, std::move(projectors), log.log_id(), options.page_rows);
  Hose hose(std::max<std::size_t>(2, options.decoded_ahead / kBlockEvents));
  std::thread reader([&] { read_into(log, head, hose); });
  auto done = project_all(hose, pages, head, options, listener);
  hose.close();
  reader.join();
  if (!done) return fail(std::move(done).error());
  if (auto purged = pages.purge(); !purged) return fail(std::move(purged).error());
  if (auto durable = behind.make_durable(); !durable) return fail(std::move(durable).error());
  return RebuildProgress{pages.checkpoint().position, head, pages.rows_written()};
}

void ViewDigest::add(std::string_view key, std::string_view value) {
  std::string row;
  row.reserve(8 + key.size() + value.size());
  put_u64(row, key.size());
  row.append(key).append(value);
  const std::string hash = sha256(row);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] += get_u64(std::string_view(hash).substr(i * 8));
  }
  ++rows;
}

std::string ViewDigest::hex() const {
  std::string bytes;
  for (const auto part : sum) put_u64(bytes, part);
  return to_hex(bytes);
}

Result<ViewDigest> digest_of(const ViewReader& rows, std::string_view prefix) {
  ViewDigest digest;
  auto scanned = rows.scan_prefix(prefix, ScanOrder::kForward,
                                  [&](std::string_view key, std::string_view value) {
                                    digest.add(key, value);
                                    return true;
                                  });
  if (!scanned) return fail(std::move(scanned).error());
  return digest;
}

Result<std::vector<ViewDifference>> differences(
    const ViewReader& left, const ViewReader& right,
    const std::vector<std::unique_ptr<Projector>>& projectors) {
  std::vector<ViewDifference> out;
  for (const auto& projector : projectors) {
    const ViewDigest l = TRY(digest_of(left, projector->prefix()));
    const ViewDigest r = TRY(digest_of(right, projector->prefix()));
    if (l != r) out.push_back({std::string(projector->name()), l, r});
  }
  return out;
}

}  // namespace dealog
