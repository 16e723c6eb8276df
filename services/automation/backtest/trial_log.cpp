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

Result<void> TrialLog::erase_personal_tags(const std::vector<std::string>&) { return read_only(); }
Result<void> TrialLog::erase_raw_body(const Uuid&) { return read_only(); }

std::unique_ptr<EventLog::Subscription> TrialLog::subscribe(std::function<void(Position)>) {
  return std::make_unique<NoSubscription>();
}

}  // namespace dealog::automation
