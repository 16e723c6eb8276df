#include "services/automation/backtest/trial_log.hpp"

#include <algorithm>
#include <limits>

#include "libs/base/assert.hpp"
#include "libs/eventlog/append_checks.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog::automation {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::uint64_t kFromTheEnd = std::numeric_limits<std::uint64_t>::max();

std::uint64_t count_below(const std::vector<std::uint64_t>& sorted, std::uint64_t bound) {
  return static_cast<std::uint64_t>(std::ranges::lower_bound(sorted, bound) - sorted.begin());
}

// The same record with another place: of fields that come twice the last one counts.
std::string moved(const StoredEvent& stored, const RecordFields& fields, Position position,
                  StreamVersion version) {
  std::string record(stored.record);
  finish_record(record, {.log_id = fields.log_id,
                         .position = position,
                         .version = version,
                         .recorded = fields.recorded,
                         .append_index = fields.append_index,
                         .append_count = fields.append_count});
  return record;
}

// Hands on an event of the past as it stands here; version 0: the one that it has.
Result<bool> visit_moved(const StoredEvent& stored, Position position, StreamVersion version,
                         const EventVisitor& visit) {
  const auto fields = TRY(parse_record_fields(stored.record));
  if (version.value == 0) version = fields.version;
  if (fields.position == position && fields.version == version) return visit(stored);
  const std::string record = moved(stored, fields, position, version);
  return visit({position, record});
}

std::unexpected<Error> read_only() {
  return fail(ErrorKind::kInternal, "trial_log_read_only", "a back-test erases nothing");
}

class NoSubscription final : public EventLog::Subscription {};

}  // namespace

TrialLog::TrialLog(const EventLog& past, Position start, const Clock& clock)
    : past_(past), clock_(clock), past_head_(start.value) {}

TrialLog::Place TrialLog::show(const RecordedEvent& event) {
  DEALOG_ASSERT(event.position.value == past_head_ + 1);
  ++past_head_;
  head_time_ = event.recorded;
  Place place{.position = head(), .version = event.version};
  if (const auto found = edited_.find(event.stream); found != edited_.end()) {
    ++found->second.past_versions;
    place.version = {++found->second.versions};
  }
  return place;
}

void TrialLog::leave_out(const RecordedEvent& event) {
  DEALOG_ASSERT(event.position.value == past_head_ + 1);
  auto& stream = edited_[event.stream];
  if (stream.edits.empty() && stream.past_versions == 0) {
    stream.past_versions = stream.versions = event.version.value - 1;
  }
  stream.edits.push_back({.past_version = ++stream.past_versions});
  left_out_.push_back(++past_head_);
}

Position TrialLog::head() const { return {past_head_ + added_.size() - left_out_.size()}; }

bool TrialLog::is_shown(Position past) const {
  return past.value <= past_head_ && !std::ranges::binary_search(left_out_, past.value);
}

// How many events stand here up to a position of the past, what was added after it not counted.
std::uint64_t TrialLog::shown_until(std::uint64_t past) const {
  return past + count_below(added_after_, past) - count_below(left_out_, past + 1);
}

Position TrialLog::position_here(Position past) const { return {shown_until(past.value)}; }

// The event of the past that stands here at a position where none was added.
std::uint64_t TrialLog::past_of(Position here) const {
  std::uint64_t low = 1, high = past_head_;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (shown_until(middle) < here.value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<std::uint64_t> TrialLog::past_versions(std::string_view stream) const {
  std::uint64_t version = 0;
  Result<void> parsed;
  TRY(past_.read_stream(stream, {kFromTheEnd}, Direction::kBackward, kAll,
                        [&](const StoredEvent& stored) {
                          if (stored.position.value > past_head_) return true;
                          const auto fields = parse_record_fields(stored.record);
                          if (!fields) {
                            parsed = fail(fields.error());
                          } else {
                            version = fields->version.value;
                          }
                          return false;
                        }));
  if (!parsed) return fail(std::move(parsed).error());
  return version;
}

Result<TrialLog::EditedStream*> TrialLog::edited(std::string_view stream) {
  if (const auto found = edited_.find(std::string(stream)); found != edited_.end()) {
    return &found->second;
  }
  const std::uint64_t versions = TRY(past_versions(stream));
  auto& made = edited_[std::string(stream)];
  made.past_versions = made.versions = versions;
  return &made;
}

std::vector<TrialLog::Entry> TrialLog::entries(const EditedStream& stream) {
  std::vector<Entry> all;
  all.reserve(stream.versions);
  std::uint64_t past = 0;
  const auto pass_until = [&](std::uint64_t end) {
    while (past < end) all.push_back({.version = all.size() + 1, .number = ++past});
  };
  for (const Edit& edit : stream.edits) {
    pass_until(edit.added ? edit.past_version : edit.past_version - 1);
    if (edit.added) {
      all.push_back({.added = true, .version = all.size() + 1, .number = edit.index});
    } else {
      ++past;
    }
  }
  pass_until(stream.past_versions);
  return all;
}

// ---- appending ----

void TrialLog::append(AppendRequest request, AppendCallback done) { done(commit(request)); }

Result<Appended> TrialLog::commit(AppendRequest& request) {
  if (auto known = TRY(existing(request))) return *known;
  for (const auto& condition : request.conditions) TRY(check(condition));
  return store(request);
}

Result<std::optional<Appended>> TrialLog::existing(const AppendRequest& request) const {
  const auto position = TRY(find_event(request.events.front().id));
  if (!position) return std::nullopt;
  return Appended{.first = *position, .last = *position, .recorded = head_time_, .existed = true};
}

Result<void> TrialLog::check(const Condition& condition) const {
  if (const auto* at = std::get_if<StreamAt>(&condition)) {
    const auto version = TRY(stream_version(at->stream));
    if (version != at->version) return version_conflict(*at, version);
    return {};
  }
  const auto& none = std::get<NoTagAfter>(condition);
  std::optional<Position> found;
  TRY(read_tag(none.personal, none.tag, none.position.next(), Direction::kForward, 1,
               [&](const StoredEvent& stored) {
                 found = stored.position;
                 return false;
               }));
  if (found) return tag_conflict(none, *found);
  return {};
}

Result<Appended> TrialLog::store(AppendRequest& request) {
  head_time_ = std::max(clock_.now(), head_time_);
  Appended appended{.first = head().next(), .last = {}, .recorded = head_time_};
  const std::string id = log_id();
  for (auto& event : request.events) {
    EditedStream& stream = *TRY(edited(event.stream));
    const Position position = head().next();
    const std::size_t index = added_.size();
    appended.versions.push_back({++stream.versions});
    stream.edits.push_back({.added = true, .past_version = stream.past_versions, .index = index});
    finish_record(event.bytes,
                  {.log_id = id,
                   .position = position,
                   .version = appended.versions.back(),
                   .recorded = head_time_,
                   .append_index = static_cast<std::uint32_t>(appended.versions.size() - 1),
                   .append_count = static_cast<std::uint32_t>(request.events.size())});
    ids_[event.id] = index;
    for (auto& tag : event.open_tags) tags_[{false, tag}].push_back(index);
    for (auto& tag : event.personal_tag_hashes) tags_[{true, tag}].push_back(index);
    added_after_.push_back(past_head_);
    added_places_.push_back(position.value);
    added_.push_back({std::move(event.bytes), head_time_, position});
  }
  appended.last = head();
  return appended;
}

// ---- reading ----

Result<bool> TrialLog::visit_added(std::size_t index, const EventVisitor& visit) const {
  return visit(added(index));
}

Result<void> TrialLog::read(Position from, Direction direction, std::size_t limit,
                            const EventVisitor& visit) const {
  const bool forward = direction == Direction::kForward;
  const std::uint64_t end = head().value;
  std::uint64_t here = forward ? std::max<std::uint64_t>(from.value, 1) : std::min(from.value, end);
  for (; here >= 1 && here <= end && limit > 0; here += forward ? 1 : -1, --limit) {
    const auto place = std::ranges::lower_bound(added_places_, here);
    if (place != added_places_.end() && *place == here) {
      const auto index = static_cast<std::size_t>(place - added_places_.begin());
      if (!TRY(visit_added(index, visit))) return {};
      continue;
    }
    Result<bool> more = true;
    TRY(past_.read({past_of({here})}, Direction::kForward, 1, [&](const StoredEvent& stored) {
      StreamVersion version;
      const auto fields = parse_record_fields(stored.record);
      const auto changed = fields ? edited_.find(std::string(fields->stream)) : edited_.end();
      if (changed != edited_.end()) {
        const auto all = entries(changed->second);
        const auto entry = std::ranges::find_if(all, [&](const Entry& one) {
          return !one.added && one.number == fields->version.value;
        });
        if (entry != all.end()) version = {entry->version};
      }
      more = visit_moved(stored, {here}, version, visit);
      return false;
    }));
    if (!more) return fail(std::move(more).error());
    if (!*more) return {};
  }
  return {};
}

Result<void> TrialLog::read_past_stream(std::string_view stream, StreamVersion from,
                                        Direction direction, std::size_t limit,
                                        const EventVisitor& visit) const {
  const bool forward = direction == Direction::kForward;
  Result<bool> more = true;
  if (limit == 0) return {};
  TRY(past_.read_stream(stream, from, direction, kAll, [&](const StoredEvent& stored) {
    if (stored.position.value > past_head_) return !forward;
    more = visit_moved(stored, position_here(stored.position), {}, visit);
    return more && *more && --limit > 0;
  }));
  if (!more) return fail(std::move(more).error());
  return {};
}

Result<void> TrialLog::read_stream(std::string_view stream, StreamVersion from, Direction direction,
                                   std::size_t limit, const EventVisitor& visit) const {
  const auto found = edited_.find(std::string(stream));
  if (found == edited_.end()) return read_past_stream(stream, from, direction, limit, visit);
  auto all = entries(found->second);
  const bool forward = direction == Direction::kForward;
  if (!forward) std::ranges::reverse(all);
  std::erase_if(all, [&](const Entry& entry) {
    return forward ? entry.version < from.value : entry.version > from.value;
  });
  if (all.size() > limit) all.resize(limit);
  for (std::size_t i = 0; i < all.size();) {
    if (all[i].added) {
      if (!TRY(visit_added(all[i++].number, visit))) return {};
      continue;
    }
    // A run of past versions is one read.
    Result<bool> more = true;
    const std::size_t begin = i;
    while (i < all.size() && !all[i].added &&
           all[i].number == all[begin].number + (forward ? i - begin : begin - i)) {
      ++i;
    }
    std::size_t at = begin;
    TRY(past_.read_stream(
        stream, {all[begin].number}, direction, i - begin, [&](const StoredEvent& stored) {
          more = visit_moved(stored, position_here(stored.position), {all[at++].version}, visit);
          return more && *more;
        }));
    if (!more) return fail(std::move(more).error());
    if (!*more) return {};
  }
  return {};
}

// Both are in order: the added ones are put between those of the past.
Result<void> TrialLog::read_tag(bool personal, std::string_view tag, Position from,
                                Direction direction, std::size_t limit,
                                const EventVisitor& visit) const {
  const bool forward = direction == Direction::kForward;
  std::vector<std::size_t> own;
  if (const auto found = tags_.find({personal, std::string(tag)}); found != tags_.end()) {
    own = found->second;
  }
  std::erase_if(own, [&](std::size_t index) {
    return forward ? added_[index].position < from : added_[index].position > from;
  });
  if (!forward) std::ranges::reverse(own);
  auto next = own.begin();
  bool more = limit > 0;
  const auto take = [&](const StoredEvent& stored) {
    more = visit(stored) && --limit > 0;
    return more;
  };
  const auto take_own_before = [&](Position place) {
    for (; more && next != own.end(); ++next) {
      const bool before = forward ? added_[*next].position < place : added_[*next].position > place;
      if (!before) break;
      take(added(*next));
    }
  };
  // A bound: what was added moved events on by so many, what was left out back.
  std::uint64_t begin = from.value > added_.size() ? from.value - added_.size() : 0;
  if (!forward) begin = std::min(past_head_, from.value) + left_out_.size();
  Result<void> read;
  TRY(past_.read_tag(personal, tag, {forward ? begin : std::min(begin, past_head_)}, direction,
                     kAll, [&](const StoredEvent& stored) {
                       if (!more) return false;
                       if (stored.position.value > past_head_) return !forward;
                       if (!is_shown(stored.position)) return true;
                       const Position here = position_here(stored.position);
                       if (forward ? here < from : here > from) return true;
                       take_own_before(here);
                       if (!more) return false;
                       // Its version matters to nobody who looks for a tag.
                       auto visited = visit_moved(stored, here, {}, take);
                       if (!visited) read = fail(std::move(visited).error());
                       return more && read.has_value();
                     }));
  if (!read) return read;
  take_own_before(forward ? Position{kFromTheEnd} : Position{});
  return {};
}

Result<StreamVersion> TrialLog::stream_version(std::string_view stream) const {
  if (const auto found = edited_.find(std::string(stream)); found != edited_.end()) {
    return StreamVersion{found->second.versions};
  }
  return StreamVersion{TRY(past_versions(stream))};
}

Result<std::optional<Position>> TrialLog::find_event(const Uuid& id) const {
  if (const auto found = ids_.find(id); found != ids_.end()) return added_[found->second].position;
  const auto past = TRY(past_.find_event(id));
  if (!past || !is_shown(*past)) return std::nullopt;
  return position_here(*past);
}

Result<Position> TrialLog::position_at(Timestamp at) const {
  const auto past = TRY(past_.position_at(at));
  Position found{shown_until(std::min(past.value, past_head_))};
  for (auto added = added_.rbegin(); added != added_.rend(); ++added) {
    if (added->recorded > at) continue;
    return std::max(found, added->position);
  }
  return found;
}

Result<void> TrialLog::erase_personal_tags(const std::vector<std::string>&) { return read_only(); }
Result<void> TrialLog::erase_raw_body(const Uuid&) { return read_only(); }

std::unique_ptr<EventLog::Subscription> TrialLog::subscribe(std::function<void(Position)>) {
  return std::make_unique<NoSubscription>();
}

}  // namespace dealog::automation
