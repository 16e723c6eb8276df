// What a trial's log gives to whoever reads it: events of the past at their places here, and
// between them those that were added.
#include <algorithm>
#include <limits>

#include "libs/eventlog/record_fields.hpp"
#include "services/automation/backtest/trial_log.hpp"

namespace dealog::automation {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::uint64_t kFromTheEnd = std::numeric_limits<std::uint64_t>::max();

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

}  // namespace

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

}  // namespace dealog::automation
