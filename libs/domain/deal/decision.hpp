// Inside of decide: events as they are made, and the state as it would be after them, so that
// what follows from an event is judged with it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/domain/deal/commands.hpp"
#include "libs/domain/deal/context.hpp"
#include "libs/domain/deal/decide.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::deal {

// What an event says besides its payload.
struct Envelope {
  std::vector<Tag> tags = {};
  Occurred occurred = {};
  std::optional<std::size_t> caused_by = {};  // index of an event of this decision
  std::string rule = {};                      // of an automatic event
};

// Copies the state at the first event, so it is for commands with consequences; the hot ones make
// their single event themselves. References to the old and the context must outlive it.
class Decision {
 public:
  Decision(const State& before, const Context& context) : before_(before), context_(context) {}

  const State& state() const { return after_ ? *after_ : before_; }
  const State& before() const { return before_; }
  const Context& context() const { return context_; }
  const rules::Regulation& regulation() const { return *context_.regulation; }

  // Returns the event's index.
  template <class M>
  std::size_t add(M message, Envelope envelope = {}) {
    NewEvent event = make_event(std::move(message), std::move(envelope.tags));
    event.occurred = std::move(envelope.occurred);
    event.caused_by = envelope.caused_by;
    event.rule_version = envelope.rule.empty() ? 0 : regulation().version;
    event.rule = std::move(envelope.rule);
    return add_event(std::move(event));
  }

  // Year's next number; the caller of decide is asked once.
  Result<InvoiceNumber> next_invoice_number();

  Events take() && { return std::move(events_); }

 private:
  std::size_t add_event(NewEvent event);

  const State& before_;
  const Context& context_;
  std::optional<State> after_;
  std::optional<InvoiceNumber> last_number_;
  Events events_;
};

// ---- refusals that several commands share ----

Result<> require_exists(const State& state, const Context& context);
// kNotFound "deal_not_found", kConflict "deal_closed".
Result<> require_open(const State& state, const Context& context);
Result<> require_right(bool granted, std::string_view right, const Context& context);
// Of the acting user; empty: none, or no user.
std::string actor_role(const Context& context);
std::unexpected<Error> refuse(const Context& context, ErrorKind kind, std::string code,
                              std::string_view ru, std::string_view en);
std::unexpected<Error> too_many(const Context& context, std::string_view what, std::size_t limit);

// One event without consequences.
template <class M>
Events single(M message, std::vector<Tag> tags = {}, Occurred occurred = {}) {
  Events events;
  events.push_back(make_event(std::move(message), std::move(tags)));
  events.back().occurred = std::move(occurred);
  return events;
}

// A tag for every participant, by which the deals of a person are found.
std::vector<Tag> participant_tags(const State& state);

// Stage and visit at the time when a late fact happened.
template <class M>
void stamp_visit(M& message, const State& state, Timestamp occurred) {
  const std::uint32_t visit = state.visit_at(occurred);
  message.set_stage(state.visits[visit - 1].stage);
  message.set_visit(visit);
}

}  // namespace dealog::deal
