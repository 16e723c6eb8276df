#include "libs/command/fold_cache.hpp"

#include <algorithm>

#include "libs/base/assert.hpp"

namespace dealog {
namespace {

std::uint64_t weight_of(const Fold& fold) { return std::min(fold.version().value, kCountedEvents); }

}  // namespace

void Fold::apply(const RecordedEvent& event) {
  DEALOG_ASSERT(event.version == version_.next());
  evolve_state(event);
  version_ = event.version;
}

void FoldRef::reset() {
  Fold* const fold = std::exchange(fold_, nullptr);
  if (fold != nullptr && fold->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete fold;
  }
}

Fold* FoldRef::exclusive() {
  const bool alone = fold_ != nullptr && fold_->references_.load(std::memory_order_acquire) == 1;
  return alone ? fold_ : nullptr;
}

void FoldRef::check_factory(Fold::Factory factory) const {
  DEALOG_ASSERT(fold_ != nullptr && fold_->factory() == factory);
}

FoldCache::Found FoldCache::find(std::string_view stream) {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(stream);
  if (found == index_.end()) {
    ++reading_[std::string(stream)].readers;
    return {.fold = {}, .stale = true};
  }
  const auto entry = found->second;
  if (entry->behind) {
    Found behind{.fold = std::move(entry->fold), .stale = true};
    cached_events_ -= weight_of(*behind.fold);
    index_.erase(found);
    entries_.erase(entry);
    ++reading_[std::string(stream)].readers;
    return behind;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return {.fold = entry->fold, .stale = false};
}

void FoldCache::put(std::string_view stream, FoldRef fold) {
  const std::lock_guard lock(mutex_);
  const Reading reading = stop_reading(stream);
  if (reading.forgotten || fold->version().value == 0) return;
  const auto found = index_.find(stream);
  if (found != index_.end()) {
    if (found->second->fold->version() >= fold->version()) return;
    erase(found->second);
  }
  insert(stream, std::move(fold), reading.went_on);
}

void FoldCache::give_up(std::string_view stream) {
  const std::lock_guard lock(mutex_);
  stop_reading(stream);
}

void FoldCache::advance(std::string_view stream, std::span<const RecordedEvent> events,
                        FoldRef fresh) {
  if (events.empty()) return;
  const std::lock_guard lock(mutex_);
  if (Reading* reading = find_reading(stream)) reading->went_on = true;
  const auto found = index_.find(stream);
  if (found == index_.end()) {
    if (!fresh || fresh->version().next() != events.front().version) return;
    if (fresh.exclusive() == nullptr) fresh = FoldRef(fresh->clone());
    for (const auto& event : events) fresh.exclusive()->apply(event);
    insert(stream, std::move(fresh), false);
    return;
  }
  Entry& entry = *found->second;
  fresh.reset();
  if (entry.behind || entry.fold->version() >= events.back().version) return;
  if (entry.fold->version().next() != events.front().version) {
    entry.behind = true;
    return;
  }
  cached_events_ -= weight_of(*entry.fold);
  if (entry.fold.exclusive() == nullptr) entry.fold = FoldRef(entry.fold->clone());
  for (const auto& event : events) entry.fold.exclusive()->apply(event);
  cached_events_ += weight_of(*entry.fold);
  entries_.splice(entries_.begin(), entries_, found->second);
  trim();
}

void FoldCache::mark_behind(std::string_view stream) {
  const std::lock_guard lock(mutex_);
  if (Reading* reading = find_reading(stream)) reading->went_on = true;
  const auto found = index_.find(stream);
  if (found != index_.end()) found->second->behind = true;
}

void FoldCache::forget(std::string_view stream) {
  const std::lock_guard lock(mutex_);
  if (Reading* reading = find_reading(stream)) reading->forgotten = true;
  const auto found = index_.find(stream);
  if (found != index_.end()) erase(found->second);
}

std::size_t FoldCache::streams() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::uint64_t FoldCache::events() const {
  const std::lock_guard lock(mutex_);
  return cached_events_;
}

void FoldCache::insert(std::string_view stream, FoldRef fold, bool behind) {
  cached_events_ += weight_of(*fold);
  entries_.push_front({std::string(stream), std::move(fold), behind});
  index_.emplace(entries_.front().stream, entries_.begin());
  trim();
}

void FoldCache::erase(Entries::iterator entry) {
  cached_events_ -= weight_of(*entry->fold);
  index_.erase(entry->stream);
  entries_.erase(entry);
}

void FoldCache::trim() {
  while (entries_.size() > stream_limit_ || cached_events_ > event_limit_) {
    if (entries_.empty()) return;
    erase(std::prev(entries_.end()));
  }
}

FoldCache::Reading* FoldCache::find_reading(std::string_view stream) {
  if (reading_.empty()) return nullptr;
  const auto found = reading_.find(std::string(stream));
  return found == reading_.end() ? nullptr : &found->second;
}

FoldCache::Reading FoldCache::stop_reading(std::string_view stream) {
  const auto found = reading_.find(std::string(stream));
  if (found == reading_.end()) return {};
  const Reading reading = found->second;
  if (--found->second.readers == 0) reading_.erase(found);
  return reading;
}

}  // namespace dealog
