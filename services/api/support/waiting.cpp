#include "services/api/support/waiting.hpp"

#include <fmt/format.h>

#include "libs/async/on_pool.hpp"
#include "libs/base/invalid_input.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/number.hpp"
#include "projections/automation/rules_view.hpp"
#include "projections/automation/triggers_view.hpp"
#include "projections/intake/intake_view.hpp"

namespace dealog::api {
namespace {

using boost::asio::awaitable;

// An effect may cause another; beyond this many in a row a reader is not kept waiting for them.
constexpr int kSettledRounds = 8;

std::unexpected<Error> not_reached(Position wanted, Position reached) {
  return fail(ErrorKind::kUnavailable, "position_not_reached",
              fmt::format("the views are at position {} and were asked for {}; try again",
                          reached.value, wanted.value));
}

Result<std::uint64_t> parse_position(std::string_view text, Language language) {
  const auto value = parse_number<std::uint64_t>(text);
  if (!value) {
    return fail(invalid_input(
        language, FieldError{"?min_position", "invalid_position",
                             language == Language::kRu ? "Нужна позиция журнала: целое число"
                                                       : "This must be a position of the log: a "
                                                         "whole number"}));
  }
  return *value;
}

struct Pending {
  bool any = false;  // work caused at or before the position asked about
  Position seen;     // position of the rows that were looked at
};

// Deliveries and triggers of causes at or before `position` that have no end yet.
Result<Pending> pending_until(const Api& api, Position position) {
  const auto snapshot = TRY(api.views.snapshot());
  const ViewContext context{*snapshot, api.keys(), PersonalView::kMasked, api.clock().now()};
  const Position seen = snapshot->position();
  QueueFloors& queues = api.queues;
  const auto deliveries = TRY(views::IntakeView(context).pending(queues.deliveries.position(), 1));
  const auto delivery = deliveries.empty() ? std::nullopt : std::optional(deliveries[0].since);
  queues.deliveries.raise(delivery, seen);
  const auto triggers = TRY(views::TriggersView(context).pending(queues.triggers.position(), 1));
  const auto trigger = triggers.empty() ? std::nullopt : std::optional(triggers[0].position);
  queues.triggers.raise(trigger, seen);
  const bool any = (delivery && *delivery <= position) || (trigger && *trigger <= position) ||
                   TRY(views::RulesView(context).any_due_until(position));
  return Pending{any, seen};
}

awaitable<Result<void>> wait_until_settled(const Api& api, Position position, SteadyTime deadline) {
  // What settling a cause appended may be a cause itself: look again up to where it was seen.
  for (int round = 0; round < kSettledRounds; ++round) {
    CO_TRY(co_await wait_for_position(api, position, deadline));
    for (;;) {
      const auto seen = api.projected.count();
      const Pending pending =
          CO_TRY(co_await on_pool(api.reads, [&] { return pending_until(api, position); }));
      if (!pending.any) {
        if (pending.seen <= position) co_return Result<void>{};
        position = pending.seen;
        break;
      }
      api.projections.hurry();
      if (!co_await api.projected.wait(seen, deadline)) {
        co_return fail(ErrorKind::kUnavailable, "not_settled",
                       "intake or effects caused by then are still at work; try again");
      }
    }
  }
  co_return Result<void>{};
}

}  // namespace

awaitable<Result<void>> wait_for_position(const Api& api, Position position, SteadyTime deadline) {
  for (;;) {
    const auto seen = api.projected.count();
    if (api.projections.position() >= position) co_return Result<void>{};
    api.projections.hurry();
    if (!co_await api.projected.wait(seen, deadline)) {
      co_return not_reached(position, api.projections.position());
    }
  }
}

awaitable<Result<void>> wait_as_asked(const Api& api, const http::Request& request) {
  const auto text = request.query_value("min_position");
  const auto settled = request.query_value("settled");
  if (!text && !settled) co_return Result<void>{};
  const Position position{text ? CO_TRY(parse_position(*text, request.language())) : 0};
  const SteadyTime deadline = steady_now() + limits::kMinPositionWait;
  if (settled && *settled != "false") {
    co_return co_await wait_until_settled(api, std::max(position, api.projections.position()),
                                          deadline);
  }
  co_return co_await wait_for_position(api, position, deadline);
}

}  // namespace dealog::api
