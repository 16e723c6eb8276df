#include "libs/command/unit.hpp"

#include <algorithm>

#include "libs/base/assert.hpp"
#include "libs/command/recorded_form.hpp"

namespace dealog {
namespace {

Uuid event_id(const Uuid& command_id, std::size_t index) {
  return index == 0 ? command_id : Uuid::derived(command_id, std::to_string(index));
}

}  // namespace

Uuid Unit::new_uuid(std::string_view name) const {
  Uuid uuid = Uuid::derived(given_.command_id, name);
  const auto ms = static_cast<std::uint64_t>(given_.started.us / 1000);
  for (std::size_t i = 0; i < 6; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  }
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (uuid.bytes[6] & 0x0f));  // version 7
  return uuid;
}

StreamVersion Unit::version_of(std::string_view stream) const {
  const auto found = by_stream_.find(stream);
  if (found == by_stream_.end() || !found->second->base) return {};
  return found->second->base->version();
}

Result<std::optional<RecordedEvent>> Unit::last_with_tag(const Tag& tag) const {
  return given_.folds.last_with_tag(tag);
}

Result<std::vector<RecordedEvent>> Unit::with_tag(const Tag& tag, std::size_t limit) const {
  return given_.folds.with_tag(tag, limit);
}

void Unit::require_no_tag_after(const Tag& tag, Position position) {
  tag_conditions_.push_back(NoTagAfter{tag.personal, given_.folds.index_text(tag), position});
}

Result<std::optional<RecordedEvent>> Unit::hold_tag(const Tag& tag) {
  auto last = TRY(last_with_tag(tag));
  require_no_tag_after(tag, last ? last->position : Position{});
  return last;
}

std::optional<StreamName> Unit::emitted_with_tag(const Tag& tag) const {
  for (auto made = emitted_.rbegin(); made != emitted_.rend(); ++made) {
    const auto& tags = made->event.tags;
    if (std::find(tags.begin(), tags.end(), tag) != tags.end()) return made->stream;
  }
  return std::nullopt;
}

std::size_t Unit::emit(std::string_view stream, std::vector<NewEvent> events,
                       std::optional<std::size_t> cause) {
  const std::size_t first = emitted_.size();
  auto& places = touch(stream).emitted;
  for (auto& event : events) {
    places.push_back(emitted_.size());
    event.caused_by = event.caused_by ? std::optional(*event.caused_by + first) : cause;
    if (author_ && event.rule.empty()) {
      event.rule = author_->rule;
      event.rule_version = author_->rule_version;
    }
    emitted_.push_back({.stream = StreamName(stream),
                        .event = std::move(event),
                        .actor = author_ ? std::optional(author_->actor) : std::nullopt});
  }
  return first;
}

Unit::Part::Part(Unit& unit, Author author)
    : unit_(unit),
      author_(std::move(author)),
      emitted_(unit.emitted_.size()),
      tag_conditions_(unit.tag_conditions_.size()),
      raw_bodies_(unit.raw_bodies_.size()) {
  DEALOG_ASSERT(unit.author_ == nullptr);
  unit.author_ = &author_;
}

Unit::Part::~Part() {
  unit_.author_ = nullptr;
  if (kept_) return;
  auto& conditions = unit_.tag_conditions_;
  conditions.erase(conditions.begin() + static_cast<std::ptrdiff_t>(tag_conditions_),
                   conditions.end());
  auto& bodies = unit_.raw_bodies_;
  bodies.erase(bodies.begin() + static_cast<std::ptrdiff_t>(raw_bodies_), bodies.end());
  unit_.take_back(emitted_);
}

void Unit::take_back(std::size_t emitted) {
  for (const auto& touched : touched_) {
    auto& places = touched->emitted;
    while (!places.empty() && places.back() >= emitted) places.pop_back();
    if (touched->applied <= places.size()) continue;
    touched->overlay = {};
    touched->applied = 0;
  }
  emitted_.erase(emitted_.begin() + static_cast<std::ptrdiff_t>(emitted), emitted_.end());
}

Result<SealKey> Unit::seal_key(std::string_view subject) {
  SealKey key = TRY(given_.keys.key_for(subject));
  if (key.fresh) fresh_keys_.push_back({std::string(subject), key.id});
  return key;
}

Uuid Unit::next_event_id() const { return event_id(given_.command_id, emitted_.size()); }

Uuid Unit::id_of(std::size_t place) const {
  const Uuid& own = emitted_[place].event.id;
  return own.is_nil() ? event_id(given_.command_id, place) : own;
}

RecordedEvent Unit::recorded(std::size_t place, StreamVersion version) const {
  return recorded_form(
      emitted_[place], given_.actor, given_.now,
      {.id = id_of(place), .position = {}, .version = version, .recorded = given_.now});
}

std::uint32_t Unit::depth_of(std::size_t place) const {
  const auto& cause = emitted_[place].event.caused_by;
  return cause ? depth_of(*cause) + 1 : given_.causation_depth;
}

Result<const FoldRef*> Unit::access(std::string_view stream, Fold::Factory factory,
                                    bool conditional) {
  Touched& touched = touch(stream);
  if (!touched.base) touched.base = TRY(given_.folds.fold(stream, factory));
  touched.conditional |= conditional;
  bring_up_to_date(touched);
  return touched.overlay ? &touched.overlay : &touched.base;
}

Unit::Touched& Unit::touch(std::string_view stream) {
  if (const auto found = by_stream_.find(stream); found != by_stream_.end()) return *found->second;
  auto& touched = *touched_.emplace_back(std::make_unique<Touched>());
  touched.stream = stream;
  by_stream_.emplace(touched.stream, &touched);
  return touched;
}

void Unit::bring_up_to_date(Touched& touched) {
  for (; touched.applied < touched.emitted.size(); ++touched.applied) {
    const std::size_t place = touched.emitted[touched.applied];
    if (!touched.overlay) touched.overlay = FoldRef(touched.base->clone());
    // The work may hold a pointer to the state, never a reference to the fold.
    Fold* const fold = touched.overlay.exclusive();
    DEALOG_ASSERT(fold != nullptr);
    fold->apply(recorded(place, fold->version().next()));
  }
}

std::vector<Condition> Unit::take_conditions() {
  std::vector<Condition> conditions = std::move(tag_conditions_);
  for (const auto& touched : touched_) {
    if (touched->conditional) {
      conditions.push_back(StreamAt{touched->stream, touched->base->version()});
    }
  }
  return conditions;
}

}  // namespace dealog
