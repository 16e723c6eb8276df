// Folded states of streams, kept between commands.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "libs/event/event.hpp"

namespace dealog {

// One stream's state, folded up to a version. Shared read-only; the cache alone changes one, and
// only while nobody else holds it.
class Fold {
 public:
  // Makes an empty fold; its address also says which type of state it is.
  using Factory = std::unique_ptr<Fold> (*)();

  explicit Fold(Factory factory) : factory_(factory) {}
  virtual ~Fold() = default;
  Fold& operator=(const Fold&) = delete;

  virtual std::unique_ptr<Fold> clone() const = 0;
  void apply(const RecordedEvent& event);

  StreamVersion version() const { return version_; }
  Factory factory() const { return factory_; }

 protected:
  Fold(const Fold& other) : factory_(other.factory_), version_(other.version_) {}
  virtual void evolve_state(const RecordedEvent& event) = 0;

 private:
  friend class FoldRef;
  Factory factory_;
  StreamVersion version_;
  mutable std::atomic<std::uint32_t> references_{0};
};

// `State` is default-constructible and copyable, with `void evolve(State&, const RecordedEvent&)`
// beside it. A stream is always folded into one type of state.
template <class State>
class FoldOf final : public Fold {
 public:
  FoldOf() : Fold(&make) {}
  static std::unique_ptr<Fold> make() { return std::make_unique<FoldOf>(); }
  std::unique_ptr<Fold> clone() const override { return std::make_unique<FoldOf>(*this); }

  State state;

 private:
  void evolve_state(const RecordedEvent& event) override { evolve(state, event); }
};

// Counted reference to a fold. Thread: as a shared_ptr.
class FoldRef {
 public:
  FoldRef() = default;
  explicit FoldRef(std::unique_ptr<Fold> fold) : fold_(fold.release()) { retain(); }
  FoldRef(const FoldRef& other) : fold_(other.fold_) { retain(); }
  FoldRef(FoldRef&& other) noexcept : fold_(std::exchange(other.fold_, nullptr)) {}
  FoldRef& operator=(FoldRef other) noexcept {
    std::swap(fold_, other.fold_);
    return *this;
  }
  ~FoldRef() { reset(); }

  void reset();
  explicit operator bool() const { return fold_ != nullptr; }
  const Fold* operator->() const { return fold_; }
  const Fold& operator*() const { return *fold_; }
  // Not to be asked for the wrong type: asserts.
  template <class State>
  const State& as() const {
    check_factory(&FoldOf<State>::make);
    return static_cast<const FoldOf<State>*>(fold_)->state;
  }
  // The fold itself when this is the only reference, else null.
  Fold* exclusive();

 private:
  void retain() {
    if (fold_ != nullptr) fold_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  void check_factory(Fold::Factory factory) const;
  Fold* fold_ = nullptr;
};

// How much may be kept: 10,000 open deals and their people fit. An event adds at most some 100
// bytes to a state and repeats add nothing, so a fold counts as kCountedEvents events at most, and
// the second bound is some hundred megabytes.
inline constexpr std::size_t kCachedStreams = 50'000;
inline constexpr std::uint64_t kCachedEvents = 2'000'000;
inline constexpr std::uint64_t kCountedEvents = 256;

// Least recently used folds by stream, bounded by number of streams and of folded events.
// Thread: any.
class FoldCache {
 public:
  explicit FoldCache(std::size_t streams = kCachedStreams, std::uint64_t events = kCachedEvents)
      : stream_limit_(streams), event_limit_(events) {}

  struct Found {
    FoldRef fold;        // empty: not cached
    bool stale = false;  // not cached, or the stream is known to have gone on since
  };
  // What is stale is to be brought up to date from the log and given to `put`, or to `give_up`. A
  // fold that is behind is taken out of the cache, so that this needs no copy.
  Found find(std::string_view stream);

  // Keeps a fold that was read from the log, unless there is a newer one. When the stream went on
  // since `find`, the fold counts as behind.
  void put(std::string_view stream, FoldRef fold);
  void give_up(std::string_view stream);

  // Applies events that were appended to `stream`, in order, when the cached fold ends right before
  // them; otherwise it is marked as behind. A fold of a stream that has just begun is given as
  // `fresh` (version 0) and is kept.
  void advance(std::string_view stream, std::span<const RecordedEvent> events, FoldRef fresh);

  // The stream has gone on, nobody knows how.
  void mark_behind(std::string_view stream);
  // Drops it: what it holds must not stay in memory (erasure).
  void forget(std::string_view stream);

  std::size_t streams() const;
  std::uint64_t events() const;

 private:
  struct Entry {
    std::string stream;
    FoldRef fold;
    bool behind = false;
  };
  using Entries = std::list<Entry>;

  // Somebody reads the stream just now.
  struct Reading {
    unsigned readers = 0;
    bool went_on = false;    // what is read may lack the newest events
    bool forgotten = false;  // what is read must not be kept
  };

  // All under mutex_.
  void insert(std::string_view stream, FoldRef fold, bool behind);
  void erase(Entries::iterator entry);
  void trim();
  Reading* find_reading(std::string_view stream);
  Reading stop_reading(std::string_view stream);

  const std::size_t stream_limit_;
  const std::uint64_t event_limit_;
  mutable std::mutex mutex_;
  Entries entries_;  // guarded by mutex_; most recently used first
  boost::unordered_flat_map<std::string_view, Entries::iterator> index_;  // guarded by mutex_
  std::uint64_t cached_events_ = 0;                                       // guarded by mutex_
  std::unordered_map<std::string, Reading> reading_;                      // guarded by mutex_
};

}  // namespace dealog
