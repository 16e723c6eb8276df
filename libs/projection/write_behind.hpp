// Pages written by a thread of their own while the next one is projected.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "libs/projection/view_store.hpp"

namespace dealog {

// One page is on its way at a time; pages reach the store in their order. Reads see what was handed
// over, written or not. A failed write is the answer of the next write or make_durable.
// Thread: one (the projector's); nobody else writes the store.
class WriteBehind final : public ViewStore {
 public:
  explicit WriteBehind(ViewStore& store);
  // Waits for the page on its way.
  ~WriteBehind() override;

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                    const RowVisitor& visit) const override;
  Result<std::unique_ptr<ViewSnapshot>> snapshot() const override;
  Result<void> write(std::vector<RowWrite> rows) override;
  Result<void> make_durable() override;
  Result<void> purge_deleted(std::string_view prefix) override;

 private:
  void run();
  // Until nothing is on its way; how the last page ended.
  Result<void> wait() const;

  ViewStore& store_;
  std::vector<RowWrite> page_;    // changed by the caller while nothing is on its way
  std::vector<RowWrite> before_;  // freed by the writer, which has the time
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool on_its_way_ = false;  // guarded by mutex_, as all below
  bool closed_ = false;
  Result<void> written_;
  std::thread writer_;  // the last: it uses all above
};

}  // namespace dealog
