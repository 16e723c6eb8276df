// Current states of streams, through the cache.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "libs/command/fold_cache.hpp"
#include "libs/event/key_ring.hpp"
#include "libs/eventlog/event_log.hpp"

namespace dealog {

// A state and the version it was folded up to; keeps the state alive.
template <class State>
class Folded {
 public:
  explicit Folded(FoldRef fold) : fold_(std::move(fold)), state_(&fold_.as<State>()) {}
  const State& operator*() const { return *state_; }
  const State* operator->() const { return state_; }
  StreamVersion version() const { return fold_->version(); }

 private:
  FoldRef fold_;
  const State* state_;
};

// Thread: any.
class Folds {
 public:
  Folds(const EventLog& log, const KeyRing& keys, FoldCache& cache)
      : log_(log), keys_(keys), cache_(cache) {}

  // The state of a stream as of the last command that this process finished. Version 0 and an empty
  // state for a stream that does not exist. Errors: those of the log and of decode.
  template <class State>
  Result<Folded<State>> current(std::string_view stream) const {
    return Folded<State>(TRY(fold(stream, &FoldOf<State>::make)));
  }
  // The state as of a position of the past; not cached.
  template <class State>
  Result<Folded<State>> as_of(std::string_view stream, Position position) const {
    return Folded<State>(TRY(fold_as_of(stream, &FoldOf<State>::make, position)));
  }

  Result<FoldRef> fold(std::string_view stream, Fold::Factory factory) const;
  Result<FoldRef> fold_as_of(std::string_view stream, Fold::Factory factory,
                             Position position) const;

  // Latest event with a tag, and all of them, newest first, `limit` at most; opened.
  Result<std::optional<RecordedEvent>> last_with_tag(const Tag& tag) const;
  Result<std::vector<RecordedEvent>> with_tag(const Tag& tag, std::size_t limit) const;
  // The text by which the log's index knows a tag.
  std::string index_text(const Tag& tag) const {
    return tag.personal ? keys_.tag_hash(tag.value) : tag.value;
  }

  const EventLog& log() const { return log_; }
  const KeyRing& keys() const { return keys_; }

 private:
  const EventLog& log_;
  const KeyRing& keys_;
  FoldCache& cache_;
};

}  // namespace dealog
