// Laws of a deal over random sequences of commands, sensible and not.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

// Numbers from which a command is made, so that shrinking stays simple.
struct Step {
  std::uint8_t what = 0;
  std::uint8_t which = 0;  // of the things that exist
  std::uint8_t how = 0;
  std::int16_t amount = 0;  // roubles
  std::uint16_t minutes = 0;
};

void showValue(const Step& step, std::ostream& out) {
  out << "{" << int{step.what} << "," << int{step.which} << "," << int{step.how} << ","
      << step.amount << "," << step.minutes << "}";
}

rc::Gen<Step> any_step() {
  return rc::gen::build<Step>(
      rc::gen::set(&Step::what, rc::gen::inRange<std::uint8_t>(0, 8)),
      rc::gen::set(&Step::which, rc::gen::inRange<std::uint8_t>(0, 255)),
      rc::gen::set(&Step::how, rc::gen::inRange<std::uint8_t>(0, 255)),
      rc::gen::set(&Step::amount, rc::gen::inRange<std::int16_t>(-500, 500)),
      rc::gen::set(&Step::minutes, rc::gen::inRange<std::uint16_t>(0, 5000)));
}

// One of the things, or one that does not exist.
template <class T>
auto pick(const std::vector<T>& things, std::uint8_t which) {
  using Id = decltype(T::id);
  return things.empty() || which % 16 == 15 ? Id(numbered(99)) : things[which % things.size()].id;
}

// Mostly sensible.
Money roubles(const Step& step) {
  return rub(step.how % 16 == 15 ? step.amount : std::abs(int{step.amount}) + 1);
}

std::string stage_of(std::uint8_t which) {
  const auto& stages = web_studio().stages;
  return stages[which % stages.size()].code;
}

Occurred sometimes_late(const Step& step, Timestamp now) {
  if (step.how % 3 != 0) return std::nullopt;
  return OccurredAt{.at = now - std::chrono::minutes(step.minutes)};
}

Command money_command(const State& state, const Step& step, Timestamp now) {
  const Money amount = roubles(step);
  const PaymentId payment = id<PaymentId>(step.how % 3);
  std::optional<InvoiceId> invoice;
  if (step.which % 2 == 0) invoice = pick(state.invoices, step.which / 2);
  switch (step.how % 5) {
    case 0:
      return AllocateRefund{payment, invoice, amount};
    case 1:
      return IssueInvoice{step.which % 2 ? "final" : "prepayment", amount};
    case 2:
      return VoidInvoice{pick(state.invoices, step.which)};
    default:
      return AllocatePayment{payment, invoice, amount, sometimes_late(step, now)};
  }
}

Command quote_command(const State& state, const Step& step) {
  const QuoteId quote = pick(state.quotes, step.which);
  const QuoteContents contents = one_line(roubles(step), step.which * 20);
  switch (step.how % 8) {
    case 0:
      return DraftQuote{contents};
    case 1:
      return ReviseQuote{quote, contents};
    case 2:
      return SubmitQuote{quote};
    case 3:
      return ApproveQuote{quote};
    case 4:
      return RejectQuote{quote};
    case 5:
      return AcceptQuote{quote};
    default:
      return SendQuote{quote};
  }
}

Command task_command(const State& state, const Step& step, Timestamp now) {
  const TaskId task = pick(state.open_tasks, step.which);
  switch (step.how % 5) {
    case 0:
      return CompleteTask{task};
    case 1:
      return CancelTask{task};
    case 2:
      return ReassignTask{task, step.which % 2 ? kAnna : kBoris};
    case 3:
      return RescheduleTask{task, {.at = now + std::chrono::minutes(step.minutes)}};
    default:
      return CreateTask{.kind = "meeting", .title = "Meet", .due = {.at = now}};
  }
}

Command stage_command(const Step& step, Timestamp now) {
  const Occurred occurred = sometimes_late(step, now);
  switch (step.how % 6) {
    case 0:
      return LoseDeal{.reason = "price", .occurred = occurred};
    case 1:
      return ReopenDeal{.occurred = occurred};
    case 2:
      return ReportDealStage{stage_of(step.which), "import", occurred};
    default:
      return ChangeDealStage{.to = stage_of(step.which),
                             .reason = step.amount % 2 ? "because" : "",
                             .override_gates = step.how % 2 == 0,
                             .occurred = occurred};
  }
}

Command paper_command(const State& state, const Step& step) {
  switch (step.how % 4) {
    case 0:
      return AddDocument{step.which % 2 ? "acceptance" : "contract", "Paper"};
    case 1:
      return GiveAcknowledgement{"production"};
    default:
      return SignDocument{pick(state.documents, step.which)};
  }
}

Command order_command(const Step& step, Timestamp now) {
  DetailsChange change;
  change.amount = roubles(step);
  if (step.how % 7 == 0) change.amount = Change<Money>::cleared();
  switch (step.how % 5) {
    case 0:
      return AssignDealOwner{step.which % 2 ? kAnna : kBoris, sometimes_late(step, now)};
    case 1:
      return SetParticipant{id<PersonId>(step.which % 4), "payer"};
    case 2:
      return RemoveParticipant{id<PersonId>(step.which % 4)};
    default:
      return ChangeDealDetails{change};
  }
}

Command command_of(const State& state, const Step& step, Timestamp now) {
  switch (step.what % 8) {
    case 0:
      return stage_command(step, now);
    case 1:
      return task_command(state, step, now);
    case 2:
      return quote_command(state, step);
    case 3:
      return paper_command(state, step);
    case 4:
    case 5:
      return money_command(state, step, now);
    case 6:
      return order_command(step, now);
    default: {
      RecordTouch touch = a_call(step.which % 2 ? "in" : "out", "connected");
      touch.occurred = sometimes_late(step, now);
      return touch;
    }
  }
}

// The visits as a reader of the events alone counts them.
struct VisitCount {
  std::uint32_t begun = 0;
  std::uint32_t running = 0;

  void begin(std::uint32_t number) {
    RC_ASSERT(number == begun + 1);
    RC_ASSERT(running == 0u);
    begun = number;
    running = 1;
  }
  void end() {
    RC_ASSERT(running == 1u);
    running = 0;
  }
  void count(const RecordedEvent& event) {
    if (event.as<v1::DealOpened>()) begin(1);
    if (const auto* moved = event.as<v1::DealStageChanged>()) {
      end();
      begin(moved->visit());
    }
    if (const auto* reported = event.as<v1::DealStageReported>()) {
      end();
      begin(reported->visit());
    }
    if (event.as<v1::DealWon>() || event.as<v1::DealLost>()) end();
    if (const auto* reopened = event.as<v1::DealReopened>()) begin(reopened->visit());
  }
};

void check_visits(const DealStory& story) {
  VisitCount visits;
  for (const RecordedEvent& event : story.history()) visits.count(event);
  const State& state = story.state();
  RC_ASSERT(visits.begun == state.visit());
  RC_ASSERT(visits.running == (state.is_open() ? 1u : 0u));
  for (std::size_t i = 1; i < state.visits.size(); ++i) {
    RC_ASSERT(state.visits[i - 1].entered_at <= state.visits[i].entered_at);
  }
}

void check_money(const State& state) {
  std::int64_t paid = 0;
  std::map<InvoiceId, std::int64_t> on_invoice;
  for (const Allocation& share : state.allocations) {
    RC_ASSERT(share.refunded_minor >= 0 && share.refunded_minor <= share.allocated_minor);
    paid += share.allocated_minor - share.refunded_minor;
    on_invoice[share.invoice] += share.allocated_minor - share.refunded_minor;
  }
  RC_ASSERT(paid == state.paid_minor);
  RC_ASSERT(paid >= 0);
  std::set<std::string> numbers;
  for (const Invoice& invoice : state.invoices) {
    RC_ASSERT(invoice.allocated_minor == on_invoice[invoice.id]);
    RC_ASSERT(invoice.amount.minor > 0);
    RC_ASSERT(invoice.live() || invoice.allocated_minor == 0);
    RC_ASSERT(numbers.insert(invoice.number).second);
  }
  RC_ASSERT(std::ranges::count(state.quotes, QuoteState::kAccepted, &Quote::state) <= 1);
}

// What one command made, judged by what the events themselves say.
void check_events(const std::vector<NewEvent>& events, bool was_open) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const NewEvent& event = events[i];
    RC_ASSERT(!event.caused_by || *event.caused_by < i);
    const auto* moved = dynamic_cast<const v1::DealStageChanged*>(event.payload.get());
    if (!moved) continue;
    RC_ASSERT(was_open);
    RC_ASSERT(moved->from() != moved->to());
    RC_ASSERT(moved->automatic() == !event.rule.empty());
    const bool all_met =
        std::ranges::all_of(moved->verdicts(), [](const auto& verdict) { return verdict.met(); });
    RC_ASSERT(all_met || moved->overridden());
    RC_ASSERT(!moved->overridden() || !moved->reason().empty());
    RC_ASSERT(moved->direction() == "forward" || !moved->reason().empty());
  }
}

template <class M>
bool has(const DealStory& story) {
  return std::ranges::any_of(story.history(),
                             [](const RecordedEvent& event) { return event.as<M>() != nullptr; });
}

RC_GTEST_PROP(DealLaws, HoldAfterEveryCommand, ()) {
  const auto steps = *rc::gen::scale(3, rc::gen::container<std::vector<Step>>(any_step()));
  DealStory story;
  story.who_may_import().who_may_override().given(a_lead());
  for (const Step& step : steps) {
    story.later(std::chrono::minutes(step.minutes % 600));
    story.as(step.which % 2 ? kAnna : kBoris);
    const bool was_open = story.state().is_open();
    story.when(command_of(story.state(), step, story.context().now));
    check_events(story.events(), was_open);
    check_visits(story);
    check_money(story.state());
  }
  RC_ASSERT(!::testing::Test::HasFailure());
  RC_CLASSIFY(has<v1::DealWon>(story), "won");
  RC_CLASSIFY(has<v1::DealReopened>(story), "reopened");
  RC_CLASSIFY(has<v1::QuoteAccepted>(story), "quote accepted");
  RC_CLASSIFY(has<v1::RefundAllocated>(story), "refunded");
}

// `GET transitions` and `POST transitions` are one judge: for every state and stage.
RC_GTEST_PROP(DealLaws, OptionsAndMovesAgree, ()) {
  const auto steps = *rc::gen::container<std::vector<Step>>(any_step());
  DealStory story;
  story.who_may_import().given(a_deal_worth(rub(100)));
  for (const Step& step : steps) {
    story.when(command_of(story.state(), step, story.context().now));
  }
  for (const StageOption& option : options(story.state(), story.context())) {
    const auto moved =
        decide(story.state(), ChangeDealStage{.to = option.stage, .reason = "x"}, story.context());
    RC_ASSERT(moved.has_value() == option.allowed);
    if (!moved) RC_ASSERT(moved.error().code == option.refusal);
  }
}

// The lines of a quote: whatever they are, the total is the sum of what stands on the lines.
RC_GTEST_PROP(DealLaws, QuoteTotalsAreTheSumsOfTheirLines, ()) {
  const auto sizes = *rc::gen::container<std::vector<std::tuple<std::int64_t, std::int64_t>>>(
      rc::gen::tuple(rc::gen::inRange<std::int64_t>(1, 1'000'000'000'001),
                     rc::gen::inRange<std::int64_t>(0, kMaxMoneyMinor + 1)));
  RC_PRE(!sizes.empty());
  QuoteContents contents;
  for (const auto& [quantity, price] : sizes) {
    contents.lines.push_back({"Work", quantity, Money{price, rub(0).currency},
                              *rc::gen::inRange<std::int32_t>(0, 10'001)});
  }
  DealStory story;
  story.given(a_lead()).when(DraftQuote{contents});
  if (story.events().empty()) {
    RC_ASSERT(story.error().code == "amount_out_of_range");
    return;
  }
  const auto& quote = story.event<v1::QuoteDrafted>();
  std::int64_t sum = 0;
  for (const v1::Line& line : quote.lines()) {
    RC_ASSERT(line.total().minor() >= 0);
    sum += line.total().minor();
  }
  RC_ASSERT(sum == quote.total().minor());
  RC_ASSERT(sum <= kMaxMoneyMinor);
}

}  // namespace
}  // namespace dealog::deal
