// A log and a model of it (a vector and a few maps) go through the same random appends, retries,
// erasures and restarts; after each step everything that can be read must be the same. A failure
// is shrunk and prints the seed; repeat it with RC_PARAMS="seed=…".
#include <gtest/gtest.h>
// After gtest, which it extends.
#include <map>
#include <set>

#include <rapidcheck/gtest.h>
#include <rapidcheck/state.h>

#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

struct ModelEvent {
  EventSketch sketch;
  std::uint64_t version = 0;
  Timestamp recorded;
  std::uint64_t first = 0;  // of its append
  std::uint64_t last = 0;
};

struct Model {
  std::vector<ModelEvent> events;                     // position − 1
  std::map<std::string, std::uint64_t> erased_until;  // personal tag → positions erased
  std::set<std::uint64_t> raw_bodies;                 // event ids
  Timestamp now = kNoon;

  std::uint64_t version(const std::string& stream) const {
    std::uint64_t count = 0;
    for (const auto& event : events) count += event.sketch.stream == stream ? 1 : 0;
    return count;
  }
  std::uint64_t position_of(std::uint64_t id) const {  // 0: not there
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].sketch.id == id) return i + 1;
    }
    return 0;
  }
  std::vector<std::uint64_t> tagged(bool personal, const std::string& tag) const {
    std::vector<std::uint64_t> positions;
    const auto erased = erased_until.find(tag);
    for (std::uint64_t p = 1; p <= events.size(); ++p) {
      const auto& sketch = events[p - 1].sketch;
      const auto& tags = personal ? sketch.personal_tags : sketch.open_tags;
      if (personal && erased != erased_until.end() && p <= erased->second) continue;
      if (std::ranges::find(tags, tag) != tags.end()) positions.push_back(p);
    }
    return positions;
  }
};

const std::vector<std::string> kStreams = {"deal_1", "deal_10", "deal_2", "per_1"};
const std::vector<std::string> kTags = {"tsk_1", "tsk_11", "inv:7"};
const std::vector<std::string> kHashes = {std::string(16, '\0'), std::string(16, '\xff')};

// One of the stores, with the clock that it reads.
template <class Store>
struct System {
  ManualClock clock{kNoon};
  Store store{clock};
  EventLog& log() { return store.log(); }
};

std::vector<std::uint64_t> positions(const std::vector<ReadBack>& events) {
  std::vector<std::uint64_t> all;
  for (const auto& event : events) all.push_back(event.position.value);
  return all;
}

// Compares everything that can be read.
template <class Store>
void compare(const Model& model, System<Store>& system) {
  const EventLog& log = system.log();
  RC_ASSERT(log.head().value == model.events.size());
  std::vector<ReadBack> all;
  RC_ASSERT(log.read({}, Direction::kForward, SIZE_MAX, into(all)).has_value());
  RC_ASSERT(all.size() == model.events.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& expected = model.events[i];
    const auto& record = all[i].record;
    RC_ASSERT(all[i].position.value == i + 1);
    RC_ASSERT(record.position() == i + 1);
    RC_ASSERT(record.stream() == expected.sketch.stream);
    RC_ASSERT(record.version() == expected.version);
    RC_ASSERT(record.event_id() == id_of(expected.sketch.id).view());
    RC_ASSERT(record.recorded_us() == expected.recorded.us);
    RC_ASSERT(record.append_index() == i + 1 - expected.first);
    RC_ASSERT(record.append_count() == expected.last - expected.first + 1);
  }
  for (const auto& stream : kStreams) {
    std::vector<ReadBack> forward;
    std::vector<ReadBack> backward;
    RC_ASSERT(log.stream_version(stream).value().value == model.version(stream));
    RC_ASSERT(log.read_stream(stream, {}, Direction::kForward, 1000, into(forward)).has_value());
    RC_ASSERT(log.read_stream(stream, {UINT64_MAX}, Direction::kBackward, 1000, into(backward))
                  .has_value());
    RC_ASSERT(forward.size() == model.version(stream));
    for (std::size_t i = 0; i < forward.size(); ++i) {
      RC_ASSERT(forward[i].record.version() == i + 1);
      RC_ASSERT(backward[backward.size() - 1 - i].bytes == forward[i].bytes);
    }
  }
  for (const bool personal : {false, true}) {
    for (const auto& tag : personal ? kHashes : kTags) {
      std::vector<ReadBack> tagged;
      RC_ASSERT(
          log.read_tag(personal, tag, {}, Direction::kForward, 1000, into(tagged)).has_value());
      RC_ASSERT(positions(tagged) == model.tagged(personal, tag));
    }
  }
}

template <class Store>
using Command = rc::state::Command<Model, System<Store>>;

template <class Store>
struct Append final : Command<Store> {
  std::vector<EventSketch> events;
  std::string stream = *rc::gen::elementOf(kStreams);  // of the conditions
  int version_off = *rc::gen::weightedElement<int>({{6, 0}, {1, 1}, {1, -1}});
  bool has_version = *rc::gen::arbitrary<bool>();
  bool has_tag = *rc::gen::weightedElement<bool>({{3, false}, {1, true}});
  bool tag_is_personal = *rc::gen::arbitrary<bool>();
  std::size_t tag = *rc::gen::inRange<std::size_t>(0, 2);
  std::uint64_t tag_after = *rc::gen::inRange<std::uint64_t>(0, 12);
  bool accept_any = *rc::gen::arbitrary<bool>();
  bool with_body = *rc::gen::arbitrary<bool>();

  explicit Append(const Model&) {
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i) {
      EventSketch sketch{.stream = *rc::gen::elementOf(kStreams)};
      // Few ids, so that requests are repeated often, whole, in part and with other fingerprints.
      sketch.id = *rc::gen::inRange<std::uint64_t>(1, 60) * 4 + static_cast<unsigned>(i);
      sketch.fingerprint = *rc::gen::element<std::string>("one", "two");
      if (*rc::gen::arbitrary<bool>()) sketch.open_tags = {*rc::gen::elementOf(kTags)};
      if (*rc::gen::arbitrary<bool>()) sketch.personal_tags = {*rc::gen::elementOf(kHashes)};
      events.push_back(std::move(sketch));
    }
  }

  std::vector<Condition> conditions(const Model& model) const {
    std::vector<Condition> all;
    if (has_version) {
      const auto version = static_cast<std::int64_t>(model.version(stream)) + version_off;
      all.push_back(
          StreamAt{stream, {static_cast<std::uint64_t>(std::max<std::int64_t>(0, version))}});
    }
    if (has_tag) {
      all.push_back(
          NoTagAfter{tag_is_personal, tag_is_personal ? kHashes[tag] : kTags[tag], {tag_after}});
    }
    return all;
  }

  // "" when it is stored, "existed", or the code of the refusal.
  std::string outcome(const Model& model) const {
    if (const auto position = model.position_of(events.front().id); position != 0) {
      const bool same = model.events[position - 1].sketch.fingerprint == events.front().fingerprint;
      return same || accept_any ? "existed" : "idempotency_key_reused";
    }
    for (const auto& event : events) {
      if (model.position_of(event.id) != 0) return "idempotency_key_reused";
    }
    for (const auto& condition : conditions(model)) {
      if (const auto* at = std::get_if<StreamAt>(&condition)) {
        if (model.version(at->stream) != at->version.value) return "version_conflict";
      } else {
        const auto& none = std::get<NoTagAfter>(condition);
        const auto tagged = model.tagged(none.personal, none.tag);
        if (!tagged.empty() && tagged.back() > none.position.value) return "tag_conflict";
      }
    }
    return "";
  }

  void apply(Model& model) const override {
    if (!outcome(model).empty()) return;
    const Timestamp last = model.events.empty() ? Timestamp{} : model.events.back().recorded;
    const Timestamp recorded = std::max(model.now, last);
    const std::uint64_t first = model.events.size() + 1;
    for (const auto& event : events) {
      const auto version = model.version(event.stream) + 1;
      model.events.push_back({event, version, recorded, first, first + events.size() - 1});
    }
    if (with_body) model.raw_bodies.insert(events.front().id);
  }

  void run(const Model& before, System<Store>& system) const override {
    auto request = append_of(events, conditions(before));
    request.on_existing = accept_any ? OnExisting::kAcceptAny : OnExisting::kRequireSame;
    if (with_body) request.raw_bodies = {{id_of(events.front().id), "body"}};
    const auto answer = system.log().append_and_wait(std::move(request));
    const auto expected = outcome(before);
    if (expected.empty() || expected == "existed") {
      RC_ASSERT(answer.has_value());
      RC_ASSERT(answer->existed == (expected == "existed"));
    } else {
      RC_ASSERT(!answer.has_value());
      RC_ASSERT(answer.error().code == expected);
    }
    const auto after = this->nextState(before);
    if (answer) {
      const auto& stored = after.events[after.position_of(events.front().id) - 1];
      RC_ASSERT(answer->first.value == stored.first);
      RC_ASSERT(answer->last.value == stored.last);
      RC_ASSERT(answer->recorded == stored.recorded);
    }
    compare(after, system);
  }

  void show(std::ostream& out) const override {
    out << "append to";
    for (const auto& event : events) out << " " << event.stream << "#" << event.id;
    if (has_version) out << " if " << stream << " is off by " << version_off;
    if (has_tag) out << " if no tag " << tag << (tag_is_personal ? "p" : "o") << " > " << tag_after;
    if (accept_any) out << " accepting any";
  }
};

template <class Store>
struct Reopen final : Command<Store> {
  void run(const Model& before, System<Store>& system) const override {
    system.store.reopen();
    compare(before, system);
    for (const auto& event : before.events) {
      const auto body = system.log().raw_body(id_of(event.sketch.id)).value();
      RC_ASSERT(body.has_value() == before.raw_bodies.contains(event.sketch.id));
      const auto found = system.log().find_event(id_of(event.sketch.id)).value();
      RC_ASSERT(found == Position{before.position_of(event.sketch.id)});
    }
  }
  void show(std::ostream& out) const override { out << "reopen"; }
};

template <class Store>
struct MoveClock final : Command<Store> {
  std::int64_t seconds = *rc::gen::inRange<std::int64_t>(-30, 60);

  void apply(Model& model) const override { model.now = model.now + std::chrono::seconds(seconds); }
  void run(const Model& before, System<Store>& system) const override {
    system.clock.advance(std::chrono::seconds(seconds));
    // A time means the last position recorded by then.
    const Timestamp at = before.now;
    std::uint64_t expected = 0;
    for (const auto& event : before.events) expected += event.recorded <= at ? 1 : 0;
    RC_ASSERT(system.log().position_at(at).value().value == expected);
  }
  void show(std::ostream& out) const override { out << "move clock by " << seconds; }
};

template <class Store>
struct Erase final : Command<Store> {
  std::size_t hash = *rc::gen::inRange<std::size_t>(0, 2);
  std::uint64_t body = *rc::gen::inRange<std::uint64_t>(1, 60) * 4;

  void apply(Model& model) const override {
    model.erased_until[kHashes[hash]] = model.events.size();
    model.raw_bodies.erase(body);
  }
  void run(const Model& before, System<Store>& system) const override {
    RC_ASSERT(system.log().erase_personal_tags({kHashes[hash]}).has_value());
    RC_ASSERT(system.log().erase_raw_body(id_of(body)).has_value());
    compare(this->nextState(before), system);
  }
  void show(std::ostream& out) const override { out << "erase " << hash << " and body " << body; }
};

template <class Store>
void follow_the_model() {
  System<Store> system;
  rc::state::check(
      Model{}, system,
      rc::state::gen::execOneOfWithArgs<Append<Store>, Append<Store>, Append<Store>, Append<Store>,
                                        Reopen<Store>, MoveClock<Store>, Erase<Store>>());
}

RC_GTEST_PROP(LogMachine, TheLogInMemoryFollowsTheModel, ()) { follow_the_model<InMemoryStore>(); }
RC_GTEST_PROP(LogMachine, TheLogOnDiskFollowsTheModel, ()) { follow_the_model<RocksStore>(); }

}  // namespace
}  // namespace dealog::testing
