#include "services/dealog/demo/year.hpp"

#include <fmt/format.h>

#include "libs/command/use_cases/users.hpp"

namespace dealog::demo {
namespace {

constexpr std::chrono::hours kDay{24};

std::string month_of(const WorkDays& days, Timestamp at) {
  return days.day_of(at).text().substr(0, 7);
}

std::unexpected<Error> failed(Error error, const std::string& where, Timestamp at) {
  for (const auto& field : error.fields)
    error.message += "; " + field.pointer + ": " + field.message;
  error.message = fmt::format("{} at {}: {} {}", where, at.rfc3339(), error.message, error.data);
  return fail(std::move(error));
}

}  // namespace

Year::Year(Stagehands& crew, const Season& season, const WorkDays& days, std::vector<Story> stories)
    : crew_(crew), season_(season), days_(days) {
  for (Story& story : stories) {
    DealPlay play(story.sketch, crew_);
    parts_.push_back({std::move(story), std::move(play)});
    enqueue(parts_.size() - 1);
  }
  plan_incidents();
  plan_noise();
}

void Year::enqueue(std::size_t part) {
  const Part& it = parts_[part];
  if (it.next < it.story.steps.size() && it.story.steps[it.next].at < season_.until) {
    turns_.push({it.story.steps[it.next].at, part});
  }
}

void Year::add(Timestamp at, std::string what, std::function<Result<void>()> happen) {
  if (at < season_.from || at >= season_.until) return;
  incidents_.push_back({at, std::move(what), std::move(happen)});
  turns_.push({at, parts_.size() + incidents_.size() - 1});
}

// What keeps the lamps lit that no deal lights.
void Year::plan_incidents() {
  if (season_.staying < season_.sellers) {
    add(season_.departure, "a seller leaves", [this] { return dismiss_leaver(); });
  }
  const Currency rub = Currency::parse("RUB").value_or(Currency());
  const auto pay = [this](PaidOnline payment) {
    return [this, payment = std::move(payment)]() -> Result<void> {
      TRY(crew_.door.pay(payment));
      return {};
    };
  };
  add(season_.until - 3 * kDay, "a payment for nothing known",
      pay({.id = "shop-4711",
           .amount = {1'250'000, rub},
           .order = "shop-4711",
           .description = "Оплата заказа shop-4711"}));
  add(season_.until - std::chrono::hours(20), "another one",
      pay({.id = "shop-4742",
           .amount = {490'000, rub},
           .order = "shop-4742",
           .description = "Оплата заказа shop-4742"}));
  add(season_.until - 2 * kDay, "a delivery that nobody understands",
      pay({.id = "broken-1",
           .amount = {},
           .order = "",
           .description = "",
           .without_amount = true}));
  add(season_.until - std::chrono::hours(6), "a second one",
      pay({.id = "broken-2",
           .amount = {},
           .order = "",
           .description = "",
           .without_amount = true}));
  add(season_.until - 12 * kDay, "a payment by mistake",
      pay({.id = "mistake-1",
           .amount = {300'000, rub},
           .order = "mistake",
           .description = "Ошибочный платёж"}));
  add(season_.until - 11 * kDay, "its refund", [this, rub]() -> Result<void> {
    TRY(crew_.door.refund("refund-1", "mistake-1", {300'000, rub}));
    return {};
  });
}

// Robots, double clicks and declined cards, every other week.
void Year::plan_noise() {
  Random random(season_.seed, 1ULL << 41);
  const Currency rub = Currency::parse("RUB").value_or(Currency());
  int number = 0;
  for (Timestamp at = season_.from + 5 * kDay; at < season_.until - kDay;
       at = at + 14 * kDay + std::chrono::minutes(random.between(0, 2000))) {
    ++number;
    const FilledForm spam{
        .id = fmt::format("robot-{}", number),
        .person = draw_person(random, 95'000'000u + static_cast<unsigned>(number)),
        .comment = "Продвижение сайтов недорого",
        .campaign = "",
        .by_robot = true};
    const auto submit = [this, spam]() -> Result<void> {
      TRY(crew_.door.submit(Site::kLanding, spam));
      return {};
    };
    add(at, "a robot", submit);
    add(at + std::chrono::seconds(40), "the same again", submit);
    const PaidOnline declined{.id = fmt::format("declined-{}", number),
                              .amount = {1'000'000 + number, rub},
                              .order = "",
                              .description = "Оплата",
                              .event = "payment.canceled"};
    add(at + std::chrono::hours(7), "a card is declined", [this, declined]() -> Result<void> {
      TRY(crew_.door.pay(declined));
      return {};
    });
  }
}

Result<void> Year::take(const Turn& turn) {
  crew_.desk.wait_until(turn.at);
  if (turn.place >= parts_.size()) {
    Incident& incident = incidents_[turn.place - parts_.size()];
    auto done = incident.happen();
    return done ? Result<void>() : failed(std::move(done).error(), incident.what, turn.at);
  }
  Part& part = parts_[turn.place];
  if (part.next >= part.story.steps.size()) return {};  // forgotten meanwhile
  const Step& step = part.story.steps[part.next++];
  auto done = step.act(part.play);
  if (!done) {
    return failed(std::move(done).error(),
                  fmt::format("demo deal {}, step '{}'", turn.place, step.what), turn.at);
  }
  enqueue(turn.place);
  return {};
}

// The deals of whoever leaves are handed over; a few are forgotten.
Result<void> Year::dismiss_leaver() {
  const std::size_t leaver = season_.staying;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    Part& part = parts_[i];
    if (part.play.seller() != leaver) continue;
    if (part.story.forgotten) {
      part.next = part.story.steps.size();
      continue;
    }
    if (part.play.began()) {
      const auto state = TRY(part.play.state());
      if (!state->is_open() && state->open_tasks.empty() && part.next >= part.story.steps.size()) {
        continue;  // done with; it stays in the books as his
      }
    }
    TRY(part.play.hand_over(i % season_.staying));
  }
  const UserId gone = crew_.staff.sellers()[leaver].id;
  TRY(crew_.desk.by(crew_.staff.owner(), "deactivate_user", gone.text(),
                    [&](Unit& unit) -> Result<bool> {
                      TRY(use_cases::deactivate_user(unit, gone));
                      return true;
                    }));
  return {};
}

Result<MonthReport> Year::report(std::string month) const {
  MonthReport report{.month = std::move(month)};
  for (const Part& part : parts_) {
    if (!part.play.began()) continue;
    const auto state = TRY(part.play.state());
    ++report.deals;
    ++(state->is_open()                        ? report.open
       : state->outcome == deal::Outcome::kWon ? report.won
                                               : report.lost);
  }
  report.events = crew_.desk.core().log().head().value;
  return report;
}

Result<MonthReport> Year::play(const CompanyOptions& options) {
  std::string month = month_of(days_, season_.from);
  while (!turns_.empty()) {
    const Turn turn = turns_.top();
    turns_.pop();
    const std::string now = month_of(days_, turn.at);
    if (now != month) {
      if (options.on_month) options.on_month(TRY(report(month)));
      month = now;
    }
    TRY(take(turn));
    if (options.interrupted && options.interrupted()) {
      return fail(ErrorKind::kUnavailable, "interrupted", "interrupted; nothing was kept");
    }
  }
  crew_.desk.wait_until(season_.until);
  TRY(crew_.desk.settle());
  const MonthReport last = TRY(report(month));
  if (options.on_month) options.on_month(last);
  return last;
}

}  // namespace dealog::demo
