#include "libs/command/folds.hpp"

#include <limits>

#include "libs/base/assert.hpp"
#include "libs/event/codec.hpp"

namespace dealog {
namespace {

constexpr Position kFromTheHead{std::numeric_limits<std::uint64_t>::max()};
constexpr std::size_t kWholeStream = std::numeric_limits<std::size_t>::max();

// Runs a read whose visitor decodes: the first of both errors.
template <class Read, class Take>
Result<void> read_decoded(const Read& read, const KeyRing& keys, const Take& take) {
  std::optional<Error> broken;
  TRY(read([&](const StoredEvent& stored) {
    auto event = decode(stored.record, Open::kAll, &keys);
    if (!event) {
      broken = std::move(event).error();
      return false;
    }
    return take(std::move(*event));
  }));
  if (broken) return fail(std::move(*broken));
  return {};
}

Result<void> apply_from_log(const EventLog& log, const KeyRing& keys, std::string_view stream,
                            Position until, Fold& fold) {
  return read_decoded(
      [&](const EventVisitor& visit) {
        return log.read_stream(stream, fold.version().next(), Direction::kForward, kWholeStream,
                               visit);
      },
      keys,
      [&](const RecordedEvent& event) {
        if (event.position > until) return false;
        fold.apply(event);
        return true;
      });
}

}  // namespace

Result<FoldRef> Folds::fold(std::string_view stream, Fold::Factory factory) const {
  auto found = cache_.find(stream);
  if (!found.stale) {
    DEALOG_ASSERT(found.fold->factory() == factory);
    return std::move(found.fold);
  }
  FoldRef fold = std::move(found.fold);
  if (!fold) {
    fold = FoldRef(factory());
  } else if (fold.exclusive() == nullptr) {
    fold = FoldRef(fold->clone());
  }
  DEALOG_ASSERT(fold->factory() == factory);
  const auto read = apply_from_log(log_, keys_, stream, kFromTheHead, *fold.exclusive());
  if (!read) {
    cache_.give_up(stream);
    return fail(read.error());
  }
  cache_.put(stream, fold);
  return fold;
}

Result<FoldRef> Folds::fold_as_of(std::string_view stream, Fold::Factory factory,
                                  Position position) const {
  FoldRef fold(factory());
  TRY(apply_from_log(log_, keys_, stream, position, *fold.exclusive()));
  return fold;
}

Result<std::optional<RecordedEvent>> Folds::last_with_tag(const Tag& tag) const {
  auto events = TRY(with_tag(tag, 1));
  if (events.empty()) return std::nullopt;
  return std::move(events.front());
}

Result<std::vector<RecordedEvent>> Folds::with_tag(const Tag& tag, std::size_t limit) const {
  std::vector<RecordedEvent> events;
  TRY(read_decoded(
      [&](const EventVisitor& visit) {
        return log_.read_tag(tag.personal, index_text(tag), kFromTheHead, Direction::kBackward,
                             limit, visit);
      },
      keys_,
      [&](RecordedEvent&& event) {
        events.push_back(std::move(event));
        return true;
      }));
  return events;
}

}  // namespace dealog
