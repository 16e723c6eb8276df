#include "libs/eventlog/in_memory_log.hpp"

#include <algorithm>

#include "libs/base/assert.hpp"

namespace dealog {
namespace {

// Runs without the lock, since the visitor may append. Stored records never move.
Result<void> visit_all(const std::vector<StoredEvent>& page, const EventVisitor& visit) {
  for (const auto& event : page) {
    if (!visit(event)) break;
  }
  return {};
}

}  // namespace

InMemoryLog::InMemoryLog(const Clock& clock, InMemoryLogOptions options)
    : clock_(clock), options_(std::move(options)) {
  DEALOG_ASSERT(options_.log_id.size() == 16);
}

void InMemoryLog::append(AppendRequest request, AppendCallback done) {
  if (auto checked = check_append(request, append_bytes(request)); !checked) {
    return done(fail(std::move(checked).error()));
  }
  {
    const std::scoped_lock lock(queue_mutex_);
    if (queued_events_ + request.events.size() <= options_.queue_events) {
      queued_events_ += request.events.size();
      queue_.push_back({std::move(request), std::move(done)});
      done = nullptr;
      if (committing_) return;  // whoever is committing takes it along
      committing_ = true;
    }
  }
  if (done) return done(log_busy());

  while (true) {
    Pending pending;
    {
      const std::scoped_lock lock(queue_mutex_);
      if (queue_.empty()) {
        committing_ = false;
        return;
      }
      pending = std::move(queue_.front());
      queue_.pop_front();
      queued_events_ -= pending.request.events.size();
    }
    auto answer = [&] {
      const std::unique_lock lock(data_mutex_);
      return commit(pending.request);
    }();
    const bool grew = answer.has_value() && !answer->existed;
    const Position last = grew ? answer->last : Position{};
    pending.done(std::move(answer));
    if (grew) subscribers_.wake(last);
  }
}

Result<Appended> InMemoryLog::commit(AppendRequest& request) {
  if (const auto existing = answer_for_existing(request)) return *existing;
  for (const auto& condition : request.conditions) TRY(check_condition(condition));
  for (const auto& event : request.events) {
    for (const auto& fresh : event.fresh_keys) {
      const auto known = subject_keys_.find(fresh.subject);
      if (known != subject_keys_.end() && known->second != fresh.key) {
        return subject_key_conflict(fresh.subject);
      }
    }
  }
  return store(request);
}

std::optional<Result<Appended>> InMemoryLog::answer_for_existing(
    const AppendRequest& request) const {
  const auto& first = request.events.front();
  if (const auto found = ids_.find(first.id); found != ids_.end()) {
    const auto& stored = events_[found->second.value - 1];
    if (request.on_existing == OnExisting::kRequireSame &&
        stored.fingerprint != first.fingerprint) {
      return key_reused();
    }
    return Appended{stored.append_first, stored.append_last, stored.recorded, true};
  }
  for (const auto& event : request.events) {
    if (const auto found = ids_.find(event.id); found != ids_.end()) {
      return event_id_taken(event.id, found->second);
    }
  }
  return std::nullopt;
}

Result<void> InMemoryLog::check_condition(const Condition& condition) const {
  if (const auto* stream = std::get_if<StreamAt>(&condition)) {
    const auto version = version_of(stream->stream);
    if (version != stream->version) return version_conflict(*stream, version);
    return {};
  }
  const auto& none = std::get<NoTagAfter>(condition);
  const auto places = tags_.find({none.personal, none.tag});
  if (places != tags_.end() && !places->second.empty() && places->second.back() > none.position) {
    return tag_conflict(none, places->second.back());
  }
  return {};
}

Appended InMemoryLog::store(AppendRequest& request) {
  const Timestamp last_recorded = events_.empty() ? Timestamp{} : events_.back().recorded;
  const Timestamp recorded = std::max(clock_.now(), last_recorded);
  const Position first{events_.size() + 1};
  const Position last{events_.size() + request.events.size()};
  std::vector<StreamVersion> versions;
  for (auto& event : request.events) {
    const Position position{events_.size() + 1};
    auto& places = streams_[event.stream];
    const auto index = static_cast<std::uint32_t>(versions.size());
    versions.push_back({places.size() + 1});
    finish_record(event.bytes, {.log_id = options_.log_id,
                                .position = position,
                                .version = versions.back(),
                                .recorded = recorded,
                                .append_index = index,
                                .append_count = static_cast<std::uint32_t>(request.events.size())});
    places.push_back(position);
    ids_[event.id] = position;
    const auto tag = [&](bool personal, const std::string& value) {
      auto& tagged = tags_[{personal, value}];
      if (tagged.empty() || tagged.back() != position) tagged.push_back(position);
    };
    for (const auto& value : event.open_tags) tag(false, value);
    for (const auto& value : event.personal_tag_hashes) tag(true, value);
    for (const auto& fresh : event.fresh_keys) subject_keys_[fresh.subject] = fresh.key;
    events_.push_back({std::move(event.bytes), recorded, event.fingerprint, first, last});
  }
  for (auto& body : request.raw_bodies) raw_bodies_[body.event_id] = std::move(body.sealed);
  return {.first = first, .last = last, .recorded = recorded, .versions = std::move(versions)};
}

StreamVersion InMemoryLog::version_of(std::string_view stream) const {
  const auto places = streams_.find(stream);
  return {places == streams_.end() ? 0 : places->second.size()};
}

Position InMemoryLog::head() const {
  const std::shared_lock lock(data_mutex_);
  return {events_.size()};
}

Timestamp InMemoryLog::head_time() const {
  const std::shared_lock lock(data_mutex_);
  return events_.empty() ? Timestamp{} : events_.back().recorded;
}

StoredEvent InMemoryLog::at(Position position) const {
  return {position, events_[position.value - 1].record};
}

Result<void> InMemoryLog::read(Position from, Direction direction, std::size_t limit,
                               const EventVisitor& visit) const {
  std::vector<StoredEvent> page;
  {
    const std::shared_lock lock(data_mutex_);
    const std::uint64_t end = events_.size();
    if (direction == Direction::kForward) {
      for (auto p = std::max<std::uint64_t>(from.value, 1); p <= end && page.size() < limit; ++p) {
        page.push_back(at({p}));
      }
    } else {
      for (auto p = std::min(from.value, end); p >= 1 && page.size() < limit; --p) {
        page.push_back(at({p}));
      }
    }
  }
  return visit_all(page, visit);
}

Result<void> InMemoryLog::read_stream(std::string_view stream, StreamVersion from,
                                      Direction direction, std::size_t limit,
                                      const EventVisitor& visit) const {
  std::vector<StoredEvent> page;
  {
    const std::shared_lock lock(data_mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return {};
    const auto& places = found->second;
    const std::uint64_t end = places.size();
    if (direction == Direction::kForward) {
      for (auto v = std::max<std::uint64_t>(from.value, 1); v <= end && page.size() < limit; ++v) {
        page.push_back(at(places[v - 1]));
      }
    } else {
      for (auto v = std::min(from.value, end); v >= 1 && page.size() < limit; --v) {
        page.push_back(at(places[v - 1]));
      }
    }
  }
  return visit_all(page, visit);
}

Result<void> InMemoryLog::read_tag(bool personal, std::string_view tag, Position from,
                                   Direction direction, std::size_t limit,
                                   const EventVisitor& visit) const {
  std::vector<StoredEvent> page;
  {
    const std::shared_lock lock(data_mutex_);
    const auto found = tags_.find({personal, std::string(tag)});
    if (found == tags_.end()) return {};
    const auto& places = found->second;
    if (direction == Direction::kForward) {
      for (auto it = std::ranges::lower_bound(places, from);
           it != places.end() && page.size() < limit; ++it) {
        page.push_back(at(*it));
      }
    } else {
      for (auto it = std::ranges::upper_bound(places, from);
           it != places.begin() && page.size() < limit;) {
        page.push_back(at(*--it));
      }
    }
  }
  return visit_all(page, visit);
}

Result<StreamVersion> InMemoryLog::stream_version(std::string_view stream) const {
  const std::shared_lock lock(data_mutex_);
  return version_of(stream);
}

Result<std::optional<Position>> InMemoryLog::find_event(const Uuid& id) const {
  const std::shared_lock lock(data_mutex_);
  const auto found = ids_.find(id);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

Result<Position> InMemoryLog::position_at(Timestamp at) const {
  const std::shared_lock lock(data_mutex_);
  const auto after = std::ranges::upper_bound(events_, at, {}, &Stored::recorded);
  return Position{static_cast<std::uint64_t>(after - events_.begin())};
}

Result<std::optional<KeyId>> InMemoryLog::subject_key(std::string_view subject) const {
  const std::shared_lock lock(data_mutex_);
  const auto found = subject_keys_.find(subject);
  if (found == subject_keys_.end()) return std::nullopt;
  return found->second;
}

Result<KeyId> InMemoryLog::highest_key() const {
  const std::shared_lock lock(data_mutex_);
  KeyId highest = 0;
  for (const auto& [subject, key] : subject_keys_) highest = std::max(highest, key);
  return highest;
}

Result<std::optional<std::string>> InMemoryLog::raw_body(const Uuid& event_id) const {
  const std::shared_lock lock(data_mutex_);
  const auto found = raw_bodies_.find(event_id);
  if (found == raw_bodies_.end()) return std::nullopt;
  return found->second;
}

Result<void> InMemoryLog::erase_personal_tags(const std::vector<std::string>& tag_hashes) {
  const std::unique_lock lock(data_mutex_);
  for (const auto& hash : tag_hashes) tags_.erase({true, hash});
  return {};
}

Result<void> InMemoryLog::erase_raw_body(const Uuid& event_id) {
  const std::unique_lock lock(data_mutex_);
  raw_bodies_.erase(event_id);
  return {};
}

std::unique_ptr<EventLog::Subscription> InMemoryLog::subscribe(std::function<void(Position)> wake) {
  return subscribers_.add(std::move(wake));
}

}  // namespace dealog
