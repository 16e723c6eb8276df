// From the type of an event to the function that applies it.
#pragma once

#include <array>

#include "libs/base/assert.hpp"
#include "libs/event/catalogue.hpp"
#include "libs/event/event.hpp"

namespace dealog {

// A table of plain functions `void f(const Message&, const RecordedEvent&, Context&)`, found by the
// number of the event's type. Built once; thread: any after that.
template <class Context>
class EventHandlers {
 public:
  template <class M>
  using Typed = void (*)(const M&, const RecordedEvent&, Context&);

  template <auto Handler>
  EventHandlers& on() {
    add<Handler>(Handler);
    return *this;
  }

  // Whether there is a handler for such an event.
  bool knows(const RecordedEvent& event) const {
    const auto number = event.type->number;
    return number < handlers_.size() && handlers_[number] != nullptr;
  }
  // There must be one.
  void apply(const RecordedEvent& event, Context& context) const {
    handlers_[event.type->number](event, context);
  }

 private:
  static constexpr std::size_t kTypes = 1024;  // numbers of event types stay below
  using Erased = void (*)(const RecordedEvent&, Context&);

  template <auto Handler, class M>
  void add(Typed<M>) {
    const EventType* type = find_event_type(M::descriptor()->name());
    DEALOG_ASSERT(type != nullptr && type->number < kTypes && !handlers_[type->number]);
    handlers_[type->number] = [](const RecordedEvent& event, Context& context) {
      Handler(static_cast<const M&>(*event.payload), event, context);
    };
  }

  std::array<Erased, kTypes> handlers_{};
};

}  // namespace dealog
