#include "libs/projection/write_behind.hpp"

#include <algorithm>

namespace dealog {

WriteBehind::WriteBehind(ViewStore& store) : store_(store), writer_([this] { run(); }) {}

WriteBehind::~WriteBehind() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  writer_.join();
}

void WriteBehind::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return on_its_way_ || closed_; });
    if (!on_its_way_) return;
    lock.unlock();
    before_.clear();
    auto written = store_.write(page_);
    lock.lock();
    written_ = std::move(written);
    on_its_way_ = false;
    changed_.notify_all();
  }
}

Result<void> WriteBehind::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !on_its_way_; });
  return written_;
}

Result<std::optional<std::string>> WriteBehind::get(std::string_view key) const {
  bool on_its_way;
  {
    const std::lock_guard lock(mutex_);
    on_its_way = on_its_way_;
  }
  if (on_its_way) {
    const auto row = std::ranges::lower_bound(page_, key, {}, &RowWrite::key);
    if (row != page_.end() && row->key == key) return row->value;
  }
  return store_.get(key);
}

Result<void> WriteBehind::scan(std::string_view begin, std::string_view end, ScanOrder order,
                               const RowVisitor& visit) const {
  TRY(wait());
  return store_.scan(begin, end, order, visit);
}

Result<std::unique_ptr<ViewSnapshot>> WriteBehind::snapshot() const {
  TRY(wait());
  return store_.snapshot();
}

Result<void> WriteBehind::write(std::vector<RowWrite> rows) {
  TRY(wait());
  before_ = std::exchange(page_, std::move(rows));
  {
    const std::lock_guard lock(mutex_);
    on_its_way_ = true;
  }
  changed_.notify_all();
  return {};
}

Result<void> WriteBehind::make_durable() {
  TRY(wait());
  return store_.make_durable();
}

Result<void> WriteBehind::purge_deleted(std::string_view prefix) {
  TRY(wait());
  return store_.purge_deleted(prefix);
}

}  // namespace dealog
