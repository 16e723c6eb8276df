// A company without disk and network on a virtual clock: log, commands, views and the runner of
// rules, in which stories of automation play.
#pragma once

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "libs/command/use_cases/deals.hpp"
#include "libs/command/use_cases/people.hpp"
#include "libs/command/use_cases/regulations.hpp"
#include "libs/command/use_cases/rules.hpp"
#include "libs/command/use_cases/rules_at_once.hpp"
#include "libs/command/use_cases/users.hpp"
#include "libs/event/codec.hpp"
#include "libs/eventlog/in_memory_log.hpp"
#include "libs/projection/memory_view_store.hpp"
#include "projections/all_projectors.hpp"
#include "services/automation/rule_runner.hpp"
#include "tests/support/memory_key_ring.hpp"
#include "tests/support/mortal_log.hpp"

namespace dealog::scenario {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Who carries out what rules do in their own deals at once.
enum class AtOnce { kCommand, kRunner };

class Office {
 public:
  // With a fate its processes die at the points that it counts.
  explicit Office(testing::Fate* fate = nullptr, AtOnce at_once = AtOnce::kCommand)
      : fate_(fate), at_once_(at_once) {
    reopen();
  }

  // A new process over the same log; with its views thrown away they are built anew.
  void reopen(bool rebuild = false) {
    rules_.reset();
    projections_.reset();
    bus_.reset();
    if (fate_) mortal_ = std::make_unique<testing::MortalLog>(log, *fate_);
    EventLog& known = mortal_ ? static_cast<EventLog&>(*mortal_) : log;
    if (rebuild || !views_) views_ = std::make_unique<MemoryViewStore>();
    BusOptions options;
    if (at_once_ == AtOnce::kCommand) options.consequences = use_cases::run_rules_at_once;
    bus_ = std::make_unique<CommandBus>(known, keys, clock, ids_, std::move(options));
    projections_ = std::make_unique<ProjectionRunner>(known, *views_, all_projectors(keys));
    must(projections_->start());
    rules_ = std::make_unique<automation::RuleRunner>(*bus_, *views_, *projections_);
    caught_up();
  }
  CommandBus& bus() { return *bus_; }
  ViewStore& views() { return *views_; }
  ProjectionRunner& projections() { return *projections_; }
  automation::RuleRunner& rules() { return *rules_; }
  // Carries out what is due until nothing is.
  void settle() {
    do {
      caught_up();
    } while (must(rules_->run_once()));
  }
  void caught_up() {
    if (!projections_->wait_for(log.head(), std::chrono::seconds(30))) {
      throw std::runtime_error("the views are behind");
    }
  }
  void at(std::string_view instant) { clock.set(must(Timestamp::parse(instant))); }
  void later(Duration duration) { clock.advance(duration); }

  template <class Work>
  auto run(std::string stream, Work work) {
    CommandRequest request{.name = "test",
                           .stream = std::move(stream),
                           .actor = {"user", boss_.text()},
                           .rights = user::Rights::all()};
    return must(bus_->run_for(std::move(request), std::move(work)));
  }
  void publish(const std::string& yaml) {
    run("pip_" + pipeline,
        [&](Unit& unit) { return use_cases::publish_regulation(unit, pipeline, yaml); });
  }
  void publish_web_studio() {
    const char* folder = std::getenv("DEALOG_SOURCE_DIR");
    std::ifstream file(std::string(folder ? folder : ".") + "/deploy/regulations/web-studio.yaml");
    std::stringstream text;
    text << file.rdbuf();
    publish(text.str());
  }

  UserId hire(const std::string& name, const std::string& role) {
    const user::RegisterUser command{.name = name,
                                     .email = {},
                                     .role = role,
                                     .time_zone = "Europe/Moscow",
                                     .rights = user::Rights::all()};
    return *run("hire", [&](Unit& unit) { return use_cases::register_user(unit, command); }).value;
  }
  DealId open(deal::OpenDeal deal = {.title = "Site", .source = "phone"},
              std::optional<deal::RecordTouch> touch = {}) {
    const use_cases::OpenDealInput input{
        .deal = std::move(deal), .pipeline = pipeline, .touch = std::move(touch)};
    return run("", [&](Unit& unit) { return use_cases::open_deal(unit, input); }).value->deal;
  }
  PersonId person(const std::string& name, const std::string& email) {
    const use_cases::PersonInput input{.name = name,
                                       .contacts = {{.kind = "email", .text = email}}};
    return *run("", [&](Unit& unit) { return use_cases::register_person(unit, input); }).value;
  }
  DealId open_for(const PersonId& person) {
    const use_cases::OpenDealInput input{
        .deal = {.title = "Site", .source = "phone"}, .pipeline = pipeline, .person = person};
    return run("", [&](Unit& unit) { return use_cases::open_deal(unit, input); }).value->deal;
  }
  void change(const DealId& id, const deal::Command& command) {
    CommandRequest request{.name = "test",
                           .stream = id.text(),
                           .also = use_cases::lanes_of(command),
                           .actor = {"user", boss_.text()},
                           .rights = user::Rights::all()};
    must(bus_->run(std::move(request),
                   [&](Unit& unit) { return use_cases::change_deal(unit, id, command); }));
  }
  void set_mode(const std::string& rule, const std::string& mode) {
    run(rule::id_of(pipeline, rule).text(), [&](Unit& unit) -> Result<bool> {
      TRY(use_cases::set_rule_mode(unit, pipeline, {rule, mode}));
      return true;
    });
  }

  deal::State deal(const DealId& id) {
    return *must(bus_->folds().current<deal::State>(id.text()));
  }
  std::vector<RecordedEvent> events(std::string_view type = {}) {
    std::vector<RecordedEvent> all;
    must(log.read(Position{1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
      auto event = must(decode(stored.record, Open::kAll, &keys));
      if (type.empty() || event.type->name == type) {
        all.push_back(std::move(event));
      }
      return true;
    }));
    return all;
  }
  // How many events there are of each type made by a rule.
  std::map<std::string, int> made_by(std::string_view rule) {
    std::map<std::string, int> counts;
    for (const auto& event : events()) {
      if (event.rule == rule) ++counts[std::string(event.type->name)];
    }
    return counts;
  }
  Position head() { return log.head(); }

  std::string pipeline = "web-studio";
  // 12:00 on a Tuesday in Moscow.
  ManualClock clock{Timestamp::parse("2026-03-17T09:00:00Z").value()};
  testing::MemoryKeyRing keys;
  InMemoryLog log{clock};

 private:
  SeededIds ids_{clock, 11};
  UserId boss_{Uuid::derived({}, "boss")};
  testing::Fate* const fate_;
  const AtOnce at_once_;
  std::unique_ptr<testing::MortalLog> mortal_;
  std::unique_ptr<CommandBus> bus_;
  std::unique_ptr<MemoryViewStore> views_;
  std::unique_ptr<ProjectionRunner> projections_;
  std::unique_ptr<automation::RuleRunner> rules_;
};

}  // namespace dealog::scenario
