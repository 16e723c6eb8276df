// Stories about an aggregate that is decided and evolved:
//
//   Story().given(OpenDeal{…}).when(LoseDeal{…}).then({"DealLost"});
//   Story().given(OpenDeal{…}).when(ChangeDealStage{…}).then_refused("gate_not_met");
//
// `given` and `when` both decide a command and apply what it makes; `given` must succeed, the
// result of `when` is asked about by `then…`. Every step also checks that the state over the
// recorded events is the state that the decision saw, and that erased events fold as well.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libs/event/catalogue.hpp"
#include "libs/event/event.hpp"

namespace dealog::testing {

using Where = std::source_location;

inline std::vector<std::string> names_of(const std::vector<NewEvent>& events) {
  std::vector<std::string> names;
  for (const NewEvent& event : events) names.push_back(event.payload->GetDescriptor()->name());
  return names;
}

inline std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

// The event as it would be read back; `erased` without what was sealed.
inline RecordedEvent recorded(const NewEvent& event, const Actor& actor, Timestamp now,
                              bool erased = false) {
  RecordedEvent out;
  out.type = &event_type_of(*event.payload);
  out.actor = actor;
  out.recorded = now;
  out.occurred = event.occurred.value_or(OccurredAt{.at = now});
  out.rule = event.rule;
  std::shared_ptr<google::protobuf::Message> copy(event.payload->New());
  copy->CopyFrom(*event.payload);
  if (erased) {
    for (const auto& fields : out.type->sealed_fields) {
      for (const auto* field : fields) copy->GetReflection()->ClearField(copy.get(), field);
    }
  }
  out.payload = std::move(copy);
  return out;
}

// `State` and `Context` have decide(state, command, context) and both forms of evolve beside them;
// a derived story keeps the context and gives it by context().
template <class State>
class GivenWhenThen {
 public:
  template <class Self, class Command>
  Self&& given(this Self&& self, const Command& command, Where where = Where::current()) {
    const auto result = decide(self.state_, command, self.context());
    if (!result) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << "given was refused: " << self.explain(result.error());
    } else {
      self.apply(*result, self.context(), where);
    }
    return std::forward<Self>(self);
  }

  template <class Self, class Command>
  Self&& when(this Self&& self, const Command& command, Where where = Where::current()) {
    auto result = decide(self.state_, command, self.context());
    self.events_.clear();
    self.error_.reset();
    if (result) {
      self.events_ = std::move(*result);
      self.apply(self.events_, self.context(), where);
    } else {
      self.error_ = std::move(result.error());
    }
    return std::forward<Self>(self);
  }

  // Exactly these events, in order.
  template <class Self>
  Self&& then(this Self&& self, const std::vector<std::string>& names,
              Where where = Where::current()) {
    if (self.error_ || names_of(self.events_) != names) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << "expected: " << joined(names) << "\n but was: "
          << (self.error_ ? self.explain(*self.error_) : joined(names_of(self.events_)));
    }
    return std::forward<Self>(self);
  }
  template <class Self>
  Self&& then_nothing(this Self&& self, Where where = Where::current()) {
    return std::forward<Self>(self).then({}, where);
  }

  template <class Self>
  Self&& then_refused(this Self&& self, std::string_view code, Where where = Where::current()) {
    if (!self.error_ || self.error_->code != code) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << "expected refusal: " << code << "\n but was: "
          << (self.error_ ? self.explain(*self.error_) : joined(names_of(self.events_)));
    }
    return std::forward<Self>(self);
  }
  // Refused as invalid input with exactly these "pointer code" pairs.
  template <class Self>
  Self&& then_invalid(this Self&& self, const std::vector<std::string>& fields,
                      Where where = Where::current()) {
    std::vector<std::string> actual;
    if (self.error_) {
      for (const FieldError& field : self.error_->fields) {
        actual.push_back(field.pointer + " " + field.code);
      }
    }
    if (actual != fields) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << "expected: " << joined(fields) << "\n but was: "
          << (self.error_ ? self.explain(*self.error_) : joined(names_of(self.events_)));
    }
    return std::forward<Self>(self);
  }

  const State& state() const { return state_; }
  const std::vector<NewEvent>& events() const { return events_; }
  const Error& error() const { return error_.value(); }
  // The n-th event of a type that `when` made; the test fails when there is none.
  template <class M>
  const M& event(std::size_t n = 0) const {
    for (const NewEvent& event : events_) {
      if (event.payload->GetDescriptor() == M::descriptor() && n-- == 0) {
        return static_cast<const M&>(*event.payload);
      }
    }
    ADD_FAILURE() << "no " << M::descriptor()->name() << " among " << joined(names_of(events_));
    static const M kNone;
    return kNone;
  }
  // The whole of it, envelope included.
  const NewEvent& made(std::string_view name, std::size_t n = 0) const {
    for (const NewEvent& event : events_) {
      if (event.payload->GetDescriptor()->name() == name && n-- == 0) return event;
    }
    ADD_FAILURE() << "no " << name << " among " << joined(names_of(events_));
    static const NewEvent kNone;
    return kNone;
  }
  // Everything that has happened since the beginning, as it was recorded.
  const std::vector<RecordedEvent>& history() const { return history_; }
  // The same history after the keys of all subjects were destroyed.
  const State& erased_state() const { return erased_; }

 private:
  template <class Context>
  void apply(const std::vector<NewEvent>& events, const Context& context, Where where) {
    State replayed = state_;
    for (const NewEvent& event : events) {
      evolve(state_, event, context);
      history_.push_back(recorded(event, context.actor, context.now));
      evolve(replayed, history_.back());
      evolve(erased_, recorded(event, context.actor, context.now, true));
    }
    if (!(replayed == state_)) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << "the recorded events fold to another state than the decided ones: "
          << joined(names_of(events));
    }
  }

  static std::string explain(const Error& error) {
    std::string text = error.code + " (" + error.message + ")";
    for (const FieldError& field : error.fields) {
      text += "\n  " + field.pointer + " " + field.code + ": " + field.message;
    }
    return text + (error.data.empty() ? "" : "\n  " + error.data);
  }

  State state_;
  State erased_;
  std::vector<NewEvent> events_;
  std::optional<Error> error_;
  std::vector<RecordedEvent> history_;
};

}  // namespace dealog::testing
