// given(events).when(command).then(events) for an aggregate whose decide needs its state alone.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libs/event/catalogue.hpp"
#include "libs/event/event.hpp"

namespace dealog::testing {

// The event as it is read back from `stream`; `erased` as it reads once the keys are gone.
inline RecordedEvent read_back(const NewEvent& event, StreamVersion version,
                               const StreamName& stream = "stream", bool erased = false) {
  RecordedEvent out;
  out.type = &event_type_of(*event.payload);
  out.stream = stream;
  out.version = version;
  out.id = Uuid::derived({}, stream + std::to_string(version.value));
  out.position = {version.value};
  out.recorded = {1'770'000'000'000'000};
  out.occurred = event.occurred.value_or(OccurredAt{.at = out.recorded});
  std::shared_ptr<google::protobuf::Message> copy(event.payload->New());
  copy->CopyFrom(*event.payload);
  for (const auto& fields : out.type->sealed_fields) {
    if (!erased) break;
    for (const auto* field : fields) copy->GetReflection()->ClearField(copy.get(), field);
  }
  out.payload = std::move(copy);
  return out;
}

template <class State>
class Story {
 public:
  // Decides a command that must succeed, and applies what it makes.
  template <class Command>
  Story& given(const Command& command) {
    auto events = decide(state_, command);
    if (!events) {
      ADD_FAILURE() << "given was refused: " << events.error().code << " "
                    << events.error().message;
      return *this;
    }
    apply(*events);
    return *this;
  }
  Story& given_events(const std::vector<NewEvent>& events) {
    apply(events);
    return *this;
  }

  template <class Command>
  Story& when(const Command& command) {
    events_.clear();
    error_ = {};
    auto events = decide(state_, command);
    if (!events) {
      error_ = std::move(events).error();
      return *this;
    }
    events_ = std::move(*events);
    apply(events_);
    return *this;
  }

  Story& then(const std::vector<std::string>& names) {
    std::vector<std::string> made;
    for (const auto& event : events_) made.push_back(event_type_of(*event.payload).name);
    EXPECT_EQ(made, names) << error_.code << " " << error_.message;
    return *this;
  }
  Story& then_refused(const std::string& code) {
    EXPECT_EQ(error_.code, code) << error_.message;
    EXPECT_TRUE(events_.empty());
    return *this;
  }
  // Refused as invalid input with exactly these pointers.
  Story& then_invalid(const std::vector<std::string>& pointers) {
    std::vector<std::string> found;
    for (const auto& field : error_.fields) found.push_back(field.pointer);
    EXPECT_EQ(error_.code, "invalid_input") << error_.message;
    EXPECT_EQ(found, pointers);
    return *this;
  }

  const State& state() const { return state_; }
  const Error& error() const { return error_; }
  const std::vector<NewEvent>& events() const { return events_; }
  // Tags of all events of the last command, personal ones first by their text.
  std::vector<Tag> tags() const {
    std::vector<Tag> tags;
    for (const auto& event : events_) {
      tags.insert(tags.end(), event.tags.begin(), event.tags.end());
    }
    return tags;
  }
  template <class M>
  const M& event(std::size_t index = 0) const {
    return dynamic_cast<const M&>(*events_.at(index).payload);
  }
  const std::vector<NewEvent>& history() const { return history_; }
  // The last event as it is found by one of its tags.
  std::optional<RecordedEvent> last() const {
    return read_back(history_.back(), {history_.size()});
  }

 private:
  void apply(const std::vector<NewEvent>& events) {
    for (const auto& event : events) {
      history_.push_back(event);
      evolve(state_, read_back(event, {history_.size()}));
    }
  }

  State state_;
  std::vector<NewEvent> history_;
  std::vector<NewEvent> events_;
  Error error_;
};

}  // namespace dealog::testing
