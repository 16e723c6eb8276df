#include "tests/crash/log_ledger.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/verify.hpp"
#include "tests/support/log_checker.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

constexpr std::uint64_t kStreams = 50;
constexpr std::uint64_t kBodyEvery = 5;
// One broken thing breaks a thousand more; these are enough to see what happened.
constexpr std::size_t kFindings = 10;

std::uint64_t number_of(std::string_view event_id) { return get_u64(event_id.substr(8)) / 3; }

std::string named(std::uint64_t number) { return "append " + std::to_string(number); }

EventSketch sketch_of(std::uint64_t number, std::uint64_t index) {
  EventSketch sketch{.stream = "deal_" + std::to_string((number + index) % kStreams),
                     .id = number * 3 + index,
                     .payload = std::string(number * 37 % 1500, 'p'),
                     .fingerprint = std::to_string(number),
                     .open_tags = {"tag_" + std::to_string(number % 9)}};
  if (number % 4 == 0) sketch.personal_tags = {std::string(16, static_cast<char>(number % 7))};
  if (index == 0) {
    // The first append that is written gives the stream its key; all name the same.
    sketch.box_key = 1 + number % kStreams;
    sketch.fresh_keys = {{sketch.stream, sketch.box_key}};
  }
  return sketch;
}

}  // namespace

std::uint64_t events_of_append(std::uint64_t number) { return 1 + number % 3; }

AppendRequest append_number(std::uint64_t number) {
  std::vector<EventSketch> events;
  for (std::uint64_t i = 0; i < events_of_append(number); ++i) {
    events.push_back(sketch_of(number, i));
  }
  auto request = append_of(events);
  if (number % kBodyEvery == 0) request.raw_bodies = {{id_of(number * 3), std::string(2000, 'b')}};
  return request;
}

void LogLedger::invoked(std::uint64_t number) {
  const std::scoped_lock lock(mutex_);
  entries_.try_emplace(number);
}

void LogLedger::answered(std::uint64_t number, const Result<Appended>& answer) {
  const std::scoped_lock lock(mutex_);
  Entry& entry = entries_[number];
  if (!answer) {
    if (entry.said == Said::kAcknowledged) return;
    const bool unknown = answer.error().kind == ErrorKind::kUnknown;
    // What was unknown once stays so: a later refusal says nothing about the first try.
    if (unknown || entry.said == Said::kNothing) {
      entry.said = unknown ? Said::kUnknown : Said::kRefused;
    }
    return;
  }
  const Place place{answer->first.value, answer->last.value};
  if (entry.said == Said::kAcknowledged &&
      (entry.place.first != place.first || entry.place.last != place.last)) {
    findings_.push_back(named(number) + " was acknowledged at " +
                        std::to_string(entry.place.first) + " and then at " +
                        std::to_string(place.first));
  }
  if (entry.said == Said::kRefused && answer->existed) {
    findings_.push_back(named(number) + " was refused and was there all the same");
  }
  entry = {Said::kAcknowledged, place};
}

void LogLedger::shown(Position head) {
  const std::scoped_lock lock(mutex_);
  shown_ = std::max(shown_, head.value);
}

std::size_t LogLedger::acknowledged() const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count_if(
      entries_, [](const auto& entry) { return entry.second.said == Said::kAcknowledged; }));
}

std::vector<std::uint64_t> LogLedger::unknown() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, entry] : entries_) {
    if (entry.said == Said::kUnknown) numbers.push_back(number);
  }
  return numbers;
}

std::vector<std::string> LogLedger::findings_in(const EventLog& log) const {
  const std::scoped_lock lock(mutex_);
  auto found = findings_;
  const auto add = [&](std::string what) {
    if (found.size() < kFindings) found.push_back(std::move(what));
  };
  std::map<std::uint64_t, std::uint64_t> there;  // append → its first position
  std::set<std::string> ids;
  AppendRequest sent;
  std::uint64_t sent_number = UINT64_MAX;
  const auto read = log.read({1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
    const auto position = stored.position.value;
    const std::string at = " at position " + std::to_string(position);
    v1::StoredRecord record;
    if (!record.ParseFromString(std::string(stored.record))) {
      add("no record" + at);
      return true;
    }
    if (!ids.insert(record.event_id()).second) add("an event is there twice, again" + at);
    const auto number = number_of(record.event_id());
    const auto index = get_u64(record.event_id().substr(8)) % 3;
    if (!entries_.contains(number)) {
      add("nobody sent what is" + at);
      return true;
    }
    if (number != sent_number) {
      sent = append_number(number);
      sent_number = number;
    }
    if (index >= sent.events.size() || !stored.record.starts_with(sent.events[index].bytes)) {
      add("another event than was sent" + at);
    }
    if (record.append_index() != index || record.append_count() != sent.events.size()) {
      add(named(number) + " is not whole" + at);
    }
    if (index == 0) there.emplace(number, position);
    return true;
  });
  if (!read) add("the log cannot be read: " + read.error().message);
  if (log.head().value < shown_) {
    add("the head was shown at " + std::to_string(shown_) + " and is at " +
        std::to_string(log.head().value));
  }
  if (ids.size() != log.head().value) add("the head is not the number of events");

  std::map<std::string, std::uint64_t> versions;
  for (const auto& [number, entry] : entries_) {
    const auto at = there.find(number);
    if (entry.said == Said::kRefused && at != there.end()) add(named(number) + " was refused");
    if (entry.said == Said::kAcknowledged &&
        (at == there.end() || at->second != entry.place.first)) {
      add(named(number) + " was acknowledged at " + std::to_string(entry.place.first) + " and is " +
          (at == there.end() ? "lost" : "at " + std::to_string(at->second)));
    }
    if (at == there.end()) continue;
    for (std::uint64_t i = 0; i < events_of_append(number); ++i) {
      const auto sketch = sketch_of(number, i);
      ++versions[sketch.stream];
      const auto position = log.find_event(id_of(sketch.id));
      if (!position || *position != Position{at->second + i}) {
        add("the id of an event of " + named(number) + " leads elsewhere");
      }
    }
    if (number % kBodyEvery == 0 && !log.raw_body(id_of(number * 3)).value_or(std::nullopt)) {
      add("the raw body of " + named(number) + " is lost");
    }
  }
  for (const auto& [stream, count] : versions) {
    std::uint64_t read_back = 0;
    const auto walked = log.read_stream(stream, {1}, Direction::kForward, SIZE_MAX,
                                        [&](const auto&) { return ++read_back > 0; });
    if (!walked || read_back != count) add("stream " + stream + " has not all of its events");
    const auto version = log.stream_version(stream);
    if (!version || version->value != count) add("stream " + stream + " has another version");
  }
  return found;
}

std::vector<std::string> closed_log_findings(const std::filesystem::path& folder,
                                             rocksdb::Env* environment) {
  const auto report = verify_log({.folder = folder, .environment = environment});
  if (!report) return {"verify: " + report.error().message};
  std::vector<std::string> found;
  for (const auto& problem : report->problems) {
    if (found.size() == 3) break;
    found.push_back("verify: position " + std::to_string(problem.position.value) + " " +
                    problem.what);
  }
  const auto checked = checker::check_log({.log_folder = folder, .environment = environment});
  if (!checked.sound()) found.push_back("second reader: " + checked.problems.front());
  if (checked.events != report->events) found.push_back("the two readers counted differently");
  return found;
}

}  // namespace dealog::testing
