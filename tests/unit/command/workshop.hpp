// A bus over a log in memory, with the web studio's regulation published: what the tests of
// commands work with. `restart` gives a new bus over the same log and keys.
#pragma once

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libs/base/clock.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/command/use_cases/people.hpp"
#include "libs/command/use_cases/regulations.hpp"
#include "libs/eventlog/in_memory_log.hpp"
#include "tests/support/memory_key_ring.hpp"

namespace dealog {

inline std::string regulation_file(std::string_view name) {
  const char* folder = std::getenv("DEALOG_SOURCE_DIR");
  std::ifstream file(std::string(folder != nullptr ? folder : ".") + "/deploy/regulations/" +
                     std::string(name));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline Money rub(std::int64_t roubles) { return {roubles * 100, Currency::parse("RUB").value()}; }

class Workshop {
 public:
  explicit Workshop(BusOptions options = {}) : options_(options) { restart(); }

  // A new process over the same data folder.
  void restart() {
    bus_.reset();
    bus_ = std::make_unique<CommandBus>(log, keys, clock, ids, options_);
  }
  CommandBus& bus() { return *bus_; }
  const Folds& folds() { return bus_->folds(); }

  CommandRequest request(StreamName stream = {}) const {
    CommandRequest request;
    request.name = "test";
    request.stream = std::move(stream);
    request.actor = {"user", "usr_00000000000000000000000000000001"};
    request.rights = user::Rights::all();
    return request;
  }
  static Idempotency keyed(std::string key, std::string body = "body") {
    return {.principal = "usr_1",
            .method = "POST",
            .path = "/v1/deals",
            .key = std::move(key),
            .canonical = std::move(body)};
  }

  // Runs a work that returns a value; the test fails when it is refused.
  template <class F>
  auto must(F work, CommandRequest request) {
    auto done = bus_->run_for(std::move(request), std::move(work));
    if (!done) {
      ADD_FAILURE() << done.error().code << ": " << done.error().message;
      std::abort();
    }
    return std::move(*done->value);
  }
  template <class F>
  auto must(F work) {
    return must(std::move(work), request());
  }
  Result<Outcome> change(const DealId& deal, const deal::Command& command) {
    auto asked = request(deal.text());
    asked.also = use_cases::lanes_of(command);
    return bus_->run(std::move(asked),
                     [&](Unit& unit) { return use_cases::change_deal(unit, deal, command); });
  }

  void publish_web_studio() {
    must([](Unit& unit) {
      return use_cases::publish_regulation(unit, "web-studio", regulation_file("web-studio.yaml"));
    });
  }
  DealId open_deal(std::string title = "Site") {
    return must([&](Unit& unit) {
             return use_cases::open_deal(unit, {.deal = {.title = title, .source = "phone"}});
           })
        .deal;
  }
  DealId open_deal_of(use_cases::PersonInput person) {
    return must([&](Unit& unit) {
             return use_cases::open_deal(
                 unit, {.deal = {.title = "Site", .source = "phone"}, .person = person});
           })
        .deal;
  }

  template <class State>
  Folded<State> state(std::string_view stream) {
    auto state = folds().current<State>(stream);
    EXPECT_TRUE(state.has_value());
    return *state;
  }
  // The same state from the log alone.
  template <class State>
  Folded<State> fresh(std::string_view stream) {
    auto state = folds().as_of<State>(stream, {UINT64_MAX});
    EXPECT_TRUE(state.has_value());
    return *state;
  }
  std::vector<std::string> event_names(Position from = {1}) {
    std::vector<std::string> names;
    EXPECT_TRUE(log.read(from, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
      names.push_back(decode(stored.record, Open::kNothing, nullptr)->type->name);
      return true;
    }));
    return names;
  }

  ManualClock clock{Timestamp::parse("2026-03-17T09:00:00Z").value()};
  SeededIds ids{clock, 7};
  testing::MemoryKeyRing keys;
  InMemoryLog log{clock};

 private:
  BusOptions options_;
  std::unique_ptr<CommandBus> bus_;
};

inline use_cases::PersonInput somebody(std::string name, std::string phone,
                                       std::string email = {}) {
  use_cases::PersonInput input{.name = std::move(name), .contacts = {}};
  if (!phone.empty()) input.contacts.push_back({.kind = "phone", .text = std::move(phone)});
  if (!email.empty()) input.contacts.push_back({.kind = "email", .text = std::move(email)});
  return input;
}

inline deal::RecordTouch call_connected(std::string note = {}) {
  return {.kind = "call", .direction = "out", .outcome = "connected", .note = std::move(note)};
}

}  // namespace dealog
