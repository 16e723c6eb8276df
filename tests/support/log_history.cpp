#include "tests/support/log_history.hpp"

#include <algorithm>
#include <map>

#include "dealog/v1/record.pb.h"

namespace dealog::testing {
namespace {

constexpr std::size_t kFindings = 10;

using Append = LogHistory::Append;
using Read = LogHistory::Read;
using Positions = std::vector<std::uint64_t>;  // ascending

std::uint64_t count_until(const Positions& positions, std::uint64_t position) {
  return static_cast<std::uint64_t>(std::ranges::upper_bound(positions, position) -
                                    positions.begin());
}

// The log as it is in the end, by what conditions ask for.
class Final {
 public:
  Final(const EventLog& log, std::vector<std::string>& found) {
    const auto read = log.read({1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& event) {
      v1::StoredRecord record;
      if (!record.ParseFromString(std::string(event.record))) found.push_back("no record");
      const auto position = event.position.value;
      if (position != ++head_) found.push_back("a hole before " + std::to_string(position));
      auto& stream = streams_[record.stream()];
      stream.push_back(position);
      if (record.version() != stream.size()) {
        found.push_back("stream " + record.stream() + " has version " +
                        std::to_string(record.version()) + " at its place " +
                        std::to_string(stream.size()));
      }
      for (const auto& tag : record.tags()) tags_[tag].push_back(position);
      if (!ids_.emplace(record.event_id(), position).second) {
        found.push_back("an id is there twice, again at " + std::to_string(position));
      }
      fingerprints_.push_back(record.fingerprint());
      append_first_.push_back(position - record.append_index());
      return true;
    });
    if (!read) found.push_back(read.error().message);
  }

  std::uint64_t head() const { return head_; }
  const Positions& stream(const std::string& name) const { return at(streams_, name); }
  const Positions& tag(const std::string& name) const { return at(tags_, name); }
  std::uint64_t position_of(const Uuid& id) const {  // 0: not there
    const auto found = ids_.find(std::string(id.view()));
    return found == ids_.end() ? 0 : found->second;
  }
  const std::string& fingerprint(std::uint64_t position) const {
    return fingerprints_[position - 1];
  }
  std::uint64_t append_first(std::uint64_t position) const { return append_first_[position - 1]; }

 private:
  static const Positions& at(const std::map<std::string, Positions>& all, const std::string& name) {
    static const Positions none;
    const auto found = all.find(name);
    return found == all.end() ? none : found->second;
  }

  std::uint64_t head_ = 0;
  std::map<std::string, Positions> streams_;
  std::map<std::string, Positions> tags_;
  std::map<std::string, std::uint64_t> ids_;
  std::vector<std::string> fingerprints_;
  std::vector<std::uint64_t> append_first_;
};

// Where the log can have ended at a moment: what had been answered was there, and what was asked
// for later was not.
class Bounds {
 public:
  Bounds(const std::vector<Append>& appends, std::uint64_t head) : head_(head) {
    for (const auto& append : appends) {
      if (!append.written) continue;
      answered_.emplace_back(append.answered, append.written->last.value);
      if (!append.written->existed) asked_.emplace_back(append.asked, append.written->first.value);
    }
    std::ranges::sort(answered_);
    std::ranges::sort(asked_);
    for (std::size_t i = 1; i < answered_.size(); ++i) {
      answered_[i].second = std::max(answered_[i].second, answered_[i - 1].second);
    }
    for (std::size_t i = asked_.size(); i-- > 1;) {
      asked_[i - 1].second = std::min(asked_[i - 1].second, asked_[i].second);
    }
  }
  std::uint64_t at_least(std::uint64_t moment) const {
    const auto after = std::ranges::lower_bound(answered_, std::pair{moment, std::uint64_t{0}});
    return after == answered_.begin() ? 0 : std::prev(after)->second;
  }
  std::uint64_t at_most(std::uint64_t moment) const {
    const auto after = std::ranges::lower_bound(asked_, std::pair{moment, std::uint64_t{0}});
    return after == asked_.end() ? head_ : after->second - 1;
  }

 private:
  using Moments = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  Moments answered_;  // time, highest position answered by then
  Moments asked_;     // time, lowest position asked for from then on
  std::uint64_t head_;
};

// Whether the condition holds in the log that ends at `end`.
bool holds(const Condition& condition, const Final& log, std::uint64_t end) {
  if (const auto* at = std::get_if<StreamAt>(&condition)) {
    return count_until(log.stream(at->stream), end) == at->version.value;
  }
  const auto& none = std::get<NoTagAfter>(condition);
  const auto& tagged = log.tag(none.tag);
  return count_until(tagged, end) == count_until(tagged, std::min(none.position.value, end));
}

// Each condition changes its truth at most twice while the log grows, at places where events of
// its stream or tag stand; the ends of the interval and the position after its start are enough,
// since a stream's version and a tag's last place only grow.
bool fails_somewhere(const Condition& condition, const Final& log, std::uint64_t from,
                     std::uint64_t to) {
  return !holds(condition, log, from) || !holds(condition, log, to);
}

class Check {
 public:
  Check(const Final& log, const Bounds& bounds, std::vector<std::string>& found)
      : log_(log), bounds_(bounds), found_(found) {}

  void append(const Append& append) {
    const auto at = log_.position_of(append.events.front().id);
    if (append.written) {
      written(append, *append.written, at);
    } else if (append.unknown) {
      whole_or_absent(append, at);
    } else {
      refused(append, at);
    }
  }

  void read(const Read& read) {
    const auto low = bounds_.at_least(read.asked);
    const auto high = bounds_.at_most(read.answered);
    const bool of_head = read.stream.empty();
    const auto least = of_head ? low : count_until(log_.stream(read.stream), low);
    const auto most = of_head ? high : count_until(log_.stream(read.stream), high);
    if (read.seen < least) add("a read saw less than had been acknowledged", read.seen);
    if (read.seen > most) add("a read saw what had not been asked for yet", read.seen);
  }

 private:
  void written(const Append& append, const Appended& answer, std::uint64_t at) {
    const auto first = answer.first.value;
    if (at == 0 || log_.append_first(at) != first)
      return add("an append is not where it is", first);
    if (answer.existed) {
      if (append.on_existing == OnExisting::kRequireSame &&
          log_.fingerprint(at) != append.events.front().fingerprint) {
        add("another request was answered under the same key", first);
      }
      if (first > bounds_.at_most(append.answered))
        add("it existed before it was asked for", first);
      return;
    }
    whole_or_absent(append, at);
    if (answer.last.value - first + 1 != append.events.size()) add("not as many events", first);
    if (first <= bounds_.at_least(append.asked)) add("it stands before what was answered", first);
    for (const auto& condition : append.conditions) {
      if (!holds(condition, log_, first - 1)) add("written against its condition", first);
    }
  }

  void whole_or_absent(const Append& append, std::uint64_t at) {
    for (std::size_t i = 0; i < append.events.size(); ++i) {
      const auto place = log_.position_of(append.events[i].id);
      if (place != (at == 0 ? 0 : at + i)) add("an append is not whole", at);
    }
  }

  void refused(const Append& append, std::uint64_t at) {
    const auto low = bounds_.at_least(append.asked);
    const auto high = bounds_.at_most(append.answered);
    const auto& code = append.refusal;
    if (code == "idempotency_key_reused") {
      bool taken =
          at != 0 && at <= high && log_.fingerprint(at) != append.events.front().fingerprint;
      for (std::size_t i = 1; i < append.events.size(); ++i) {
        const auto place = log_.position_of(append.events[i].id);
        taken = taken || (place != 0 && place <= high);
      }
      if (!taken) add("refused for a key that nobody had used", low);
    } else if (code == "version_conflict" || code == "tag_conflict") {
      const bool justified = std::ranges::any_of(append.conditions, [&](const auto& condition) {
        return std::holds_alternative<StreamAt>(condition) == (code == "version_conflict") &&
               fails_somewhere(condition, log_, low, high);
      });
      if (!justified) add("a " + code + " without a reason", low);
      // What was there before it was asked is answered again, not judged.
      if (at != 0 && at <= low) add("a " + code + " for what was there", at);
    } else {
      add("an answer that no client expects: " + code, low);
    }
  }

  void add(const std::string& what, std::uint64_t position) {
    if (found_.size() < kFindings) {
      found_.push_back(what + ", position " + std::to_string(position));
    }
  }

  const Final& log_;
  const Bounds& bounds_;
  std::vector<std::string>& found_;
};

}  // namespace

Result<Appended> LogHistory::append(EventLog& log, const AppendRequest& request) {
  Append entry{.events = request.events,
               .conditions = request.conditions,
               .on_existing = request.on_existing};
  for (auto& event : entry.events) event.bytes.clear();
  entry.asked = ++time_;
  auto answer = log.append_and_wait(request);
  entry.answered = ++time_;
  if (answer) {
    entry.written = *answer;
  } else {
    entry.refusal = answer.error().code;
    entry.unknown = answer.error().kind == ErrorKind::kUnknown;
  }
  const std::scoped_lock lock(mutex_);
  appends_.push_back(std::move(entry));
  return answer;
}

Position LogHistory::head(const EventLog& log) {
  const auto asked = ++time_;
  const auto seen = log.head();
  const auto answered = ++time_;
  const std::scoped_lock lock(mutex_);
  reads_.push_back({"", asked, answered, seen.value});
  return seen;
}

StreamVersion LogHistory::read_stream(const EventLog& log, const std::string& stream) {
  const auto asked = ++time_;
  std::uint64_t seen = 0;
  const auto read = log.read_stream(stream, {1}, Direction::kForward, SIZE_MAX,
                                    [&](const StoredEvent&) { return ++seen > 0; });
  const auto answered = ++time_;
  const std::scoped_lock lock(mutex_);
  // A read that fails has seen nothing, and that is a finding too.
  reads_.push_back({stream, asked, answered, read ? seen : 0});
  return {seen};
}

std::vector<std::string> LogHistory::findings(const EventLog& log) const {
  std::vector<std::string> found;
  const Final end(log, found);
  const Bounds bounds(appends_, end.head());
  Check check(end, bounds, found);
  for (const auto& append : appends_) check.append(append);
  for (const auto& read : reads_) check.read(read);
  std::uint64_t events = 0;
  std::map<std::uint64_t, std::size_t> sent;  // first position → events
  for (const auto& append : appends_) {
    const auto at = end.position_of(append.events.front().id);
    const bool wrote = append.unknown || (append.written && !append.written->existed);
    if (at != 0 && wrote && sent.emplace(at, append.events.size()).second) {
      events += append.events.size();
    }
  }
  if (events != end.head()) found.emplace_back("there are events that nobody was told of");
  return found;
}

}  // namespace dealog::testing
