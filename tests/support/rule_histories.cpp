#include "tests/support/rule_histories.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <rapidcheck.h>

#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/event/catalogue.hpp"
#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/projection_runner.hpp"
#include "projections/automation/rules_projector.hpp"
#include "services/automation/backtest/backtest.hpp"
#include "services/automation/rule_runner.hpp"
#include "tests/support/history.hpp"
#include "tests/support/sample_events.hpp"

namespace dealog::testing {
namespace {

using Action = OracleAction;
using Fact = OracleFact;
using Kind = OracleFact::Kind;
using Rule = OracleRule;
using Trigger = OracleRule::Trigger;

constexpr std::string_view kPipeline = "web-studio";
const Timestamp kStart = time_of("2026-03-02T09:00:00Z");
constexpr std::int64_t kMinute = 60'000'000;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

Timestamp at(std::int64_t minute) { return {kStart.us + minute * kMinute}; }
std::int64_t minute_of(Timestamp instant) { return (instant.us - kStart.us) / kMinute; }

Date day_of(std::int64_t number) {
  const Date first = Date::parse(kStart.rfc3339().substr(0, 10)).value();
  return {first.days + static_cast<std::int32_t>(number)};
}

// ---- generating ----

const std::vector<std::string> kStages{"first", "second", "third"};

int below(int bound) { return *rc::gen::inRange(0, bound); }
std::string any_stage() { return kStages[static_cast<std::size_t>(below(3))]; }
// Found at the first try: small cases draw the same number for ever.
std::string another_stage(const std::string& stage) {
  const auto at = std::ranges::find(kStages, stage) - kStages.begin();
  return kStages[static_cast<std::size_t>(at + 1 + below(2)) % kStages.size()];
}

// What the generator knows of a deal, so that most facts make sense.
struct Sketch {
  bool opened = false, open = false;
  std::string stage = "first";
  std::vector<std::string> tasks, quotes;
};

constexpr int kOwners = 2;

// When an owner is away, so that nobody is away twice at a time.
using Absences = std::map<std::string, std::pair<std::int64_t, std::int64_t>>;

// Somebody is away from before now or later on, or it comes to nothing.
std::optional<Fact> any_absence(Absences& known, int owner, std::int64_t minute, int serial) {
  Fact fact{.minute = minute, .deal = -1, .number = owner};
  if (!known.empty() && below(3) == 0) {
    fact.kind = Kind::kBack;
    fact.id = known.begin()->first;
    known.erase(known.begin());
    return fact;
  }
  fact.kind = Kind::kAway;
  fact.id = "abs_" + fmt::format("{:032x}", serial);
  fact.begins = minute - 100 + below(400);
  fact.ends = fact.begins + 1 + below(300);
  const bool clash = std::ranges::any_of(known, [&](const auto& one) {
    return one.second.first < fact.ends && fact.begins < one.second.second;
  });
  if (clash) return std::nullopt;
  known[fact.id] = {fact.begins, fact.ends};
  return fact;
}

Fact any_fact(Sketch& deal, std::int64_t minute, int serial) {
  Fact fact{.minute = minute};
  if (!deal.opened) {
    deal.opened = deal.open = true;
    fact.number = below(kOwners);
    return fact;
  }
  const auto known = [&](const std::vector<std::string>& ids) {
    return ids[static_cast<std::size_t>(below(static_cast<int>(ids.size())))];
  };
  const int choice = below(23);
  if (!deal.open && choice < 6) {
    fact.kind = Kind::kReopened;
    fact.text = deal.stage;
    deal.open = true;
  } else if (choice < 5) {
    fact.kind = Kind::kTouch;
    fact.yes = below(2) == 0;
  } else if (choice < 8 && deal.open) {
    fact.kind = Kind::kMoved;
    fact.text = another_stage(deal.stage);
    fact.id = std::exchange(deal.stage, fact.text);
  } else if (choice < 11 || (choice < 15 && deal.tasks.empty())) {
    fact.kind = Kind::kTaskMade;
    fact.id = "tsk_" + fmt::format("{:032x}", serial);
    fact.text = "call";
    fact.number = minute + below(300);
    deal.tasks.push_back(fact.id);
  } else if (choice < 15) {
    fact.kind = choice == 11   ? Kind::kTaskDropped
                : choice == 12 ? Kind::kTaskMoved
                               : Kind::kTaskDone;
    fact.id = known(deal.tasks);
    fact.number = minute + below(300);
  } else if (choice < 16 || (choice < 17 && deal.quotes.empty())) {
    fact.kind = Kind::kQuoteSent;
    fact.id = "quo_" + fmt::format("{:032x}", serial);
    fact.number = below(4) - 1;
    deal.quotes.push_back(fact.id);
  } else if (choice < 17) {
    fact.kind = Kind::kQuoteRejected;
    fact.id = known(deal.quotes);
  } else if (choice < 18 && deal.open) {
    fact.kind = Kind::kLost;
    deal.open = false;
  } else if (choice < 19) {
    fact.kind = Kind::kDate;
    fact.number = below(4) - 1;
  } else if (choice < 20) {
    fact.kind = Kind::kAssigned;
    fact.number = below(kOwners);
  } else if (choice < 22 && !deal.quotes.empty()) {
    fact.kind = Kind::kQuoteViewed;
    fact.id = known(deal.quotes);
  } else {
    fact.kind = Kind::kAmount;
    fact.number = below(4) * 100;
  }
  return fact;
}

Action any_action() {
  switch (below(9)) {
    case 0:
    case 1:
    case 2:
      return {.kind = Action::Kind::kTask, .number = 1 + below(200)};
    case 3:
      return {.kind = Action::Kind::kCompleteAll};
    case 4:
    case 5:
      return {.kind = Action::Kind::kMove, .text = any_stage()};
    case 6:
      return {.kind = Action::Kind::kAmount, .number = below(4) * 100};
    case 7:
      return below(3) == 0 ? Action{.kind = Action::Kind::kLose}
                           : Action{.kind = Action::Kind::kAmount, .number = 200};
    default: {
      const auto until = static_cast<Until>(below(3));
      return {.kind = Action::Kind::kWait,
              .number = 1 + below(200),
              .until = until,
              .stops = until != Until::kNothing && below(2) == 0};
    }
  }
}

Rule any_rule(int number) {
  Rule rule{.trigger = static_cast<Trigger>(below(18)), .id = fmt::format("rule{}", number)};
  const bool staged = rule.trigger == Trigger::kEntered || rule.trigger == Trigger::kLeft ||
                      rule.trigger == Trigger::kReentered;
  if (staged && below(2) == 0) rule.text = any_stage();
  rule.after = 1 + below(200);
  rule.back = below(2) == 0;
  if (rule.trigger == Trigger::kExpired) rule.after = 0;
  if (rule.trigger == Trigger::kSchedule) rule.after = 180 << below(3);
  rule.once = static_cast<Rule::Once>(below(3) == 0 ? below(4) : 0);
  rule.period = 1 + below(400);
  if (below(4) == 0) rule.from = 100 + below(3) * 100;
  rule.stands_still = below(2) == 0;
  const int actions = 1 + below(3);
  for (int i = 0; i < actions; ++i) rule.actions.push_back(any_action());
  // A rule may not end in a pause.
  if (rule.actions.back().kind == Action::Kind::kWait) {
    rule.actions.push_back({.kind = Action::Kind::kTask, .number = 60});
  }
  return rule;
}

// ---- as events ----

std::string deal_id(int deal) { return fmt::format("deal_{:032x}", deal + 1); }
std::string owner_id(std::int64_t owner) { return fmt::format("usr_{:032x}", owner + 1); }
std::string stream_of(const Fact& fact) {
  return fact.deal < 0 ? owner_id(fact.number) : deal_id(fact.deal);
}

class Writer {
 public:
  explicit Writer(History& history) : history_(history) {
    for (int owner = 0; owner < kOwners; ++owner) {
      v1::UserRegistered m;
      m.set_role("seller");
      history_.append(owner_id(owner), m, {.tags = {open_tag("users")}});
    }
  }

  void publish(const std::string& yaml) {
    v1::RegulationPublished m;
    m.set_pipeline(std::string(kPipeline));
    m.set_version(++published_);
    m.set_yaml(yaml);
    history_.append("pip_web-studio", m, {.tags = {open_tag("pipelines")}});
  }

  void write(const Fact& fact) {
    const std::string stream = stream_of(fact);
    auto& stage = stages_[fact.deal];
    switch (fact.kind) {
      case Kind::kOpened: {
        stage = {1, 1};
        v1::DealOpened m = deal_opened("Site", "first");
        m.set_owner(owner_id(fact.number));
        history_.append(stream, m);
        return;
      }
      case Kind::kAssigned: {
        v1::DealOwnerAssigned m;
        m.set_owner(owner_id(fact.number));
        history_.append(stream, m);
        return;
      }
      case Kind::kAway: {
        v1::AbsenceRecorded m;
        m.set_absence(fact.id);
        m.set_begins_at(at(fact.begins).us);
        m.set_ends_at(at(fact.ends).us);
        history_.append(stream, m);
        return;
      }
      case Kind::kBack: {
        v1::AbsenceWithdrawn m;
        m.set_absence(fact.id);
        history_.append(stream, m);
        return;
      }
      case Kind::kMoved:
        history_.append(stream, stage_changed(fact.id, fact.text, ++stage.visit));
        return;
      case Kind::kTouch:
        history_.append(stream, touch("call", fact.yes ? "out" : "in",
                                      fact.yes ? "connected" : "received", fact.yes));
        return;
      case Kind::kTaskMade:
        history_.append(stream, task_created(fact.id, "call", "",
                                             due_between(at(fact.number), at(fact.number))));
        return;
      case Kind::kTaskDone:
        return write_task<v1::TaskCompleted>(stream, fact);
      case Kind::kTaskDropped:
        return write_task<v1::TaskCancelled>(stream, fact);
      case Kind::kTaskMoved: {
        v1::TaskRescheduled m;
        m.set_task(fact.id);
        *m.mutable_due() = due_between(at(fact.number), at(fact.number));
        history_.append(stream, m);
        return;
      }
      case Kind::kQuoteSent: {
        v1::QuoteDrafted drafted;
        drafted.set_quote(fact.id);
        drafted.set_revision(1);
        if (fact.number >= 0) drafted.set_valid_until(day_of(fact.number).text());
        history_.append(stream, drafted);
        v1::QuoteSent m;
        m.set_quote(fact.id);
        m.set_revision(1);
        history_.append(stream, m);
        return;
      }
      case Kind::kQuoteViewed: {
        v1::DocumentViewed m;
        m.set_kind("quote");
        m.set_subject(fact.id);
        history_.append(stream, m);
        return;
      }
      case Kind::kQuoteRejected: {
        v1::QuoteRejected m;
        m.set_quote(fact.id);
        history_.append(stream, m);
        return;
      }
      case Kind::kLost: {
        v1::DealLost m;
        m.set_reason("price");
        history_.append(stream, m);
        return;
      }
      case Kind::kReopened: {
        v1::DealReopened m;
        m.set_episode(++stage.episode);
        m.set_stage(fact.text);
        m.set_visit(++stage.visit);
        history_.append(stream, m);
        return;
      }
      case Kind::kAmount: {
        v1::DealDetailsChanged m;
        set_money(*m.mutable_amount(), fact.number * 100);
        history_.append(stream, m);
        return;
      }
      case Kind::kDate: {
        v1::DealDetailsChanged m;
        if (fact.number < 0) {
          m.add_cleared("expected_close_date");
        } else {
          m.set_expected_close_date(day_of(fact.number).text());
        }
        history_.append(stream, m);
        return;
      }
      case Kind::kScheduled:
      case Kind::kFired:
        return;
    }
  }

 private:
  struct Stage {
    std::uint32_t visit = 0;
    std::uint32_t episode = 0;
  };
  template <class M>
  void write_task(const std::string& stream, const Fact& fact) {
    M m;
    m.set_task(fact.id);
    history_.append(stream, m);
  }

  History& history_;
  std::map<int, Stage> stages_;
  std::uint64_t published_ = 0;
};

// ---- what was found ----

int deal_of(const std::string& id) { return std::stoi(id.substr(5), nullptr, 16) - 1; }

std::vector<OracleFiring> firings_of(const automation::BacktestResult& result) {
  std::vector<OracleFiring> out;
  constexpr const char* kEnds[] = {"fired", "failed", "stopped"};
  for (const auto& act : result.acts) {
    out.push_back({minute_of(act.at), deal_of(act.deal), act.rule,
                   kEnds[static_cast<std::size_t>(act.end)], act.actions.size()});
  }
  return out;
}

std::vector<OracleFiring> tried(const EventLog& log, const KeyRing& keys, const RulePlan& plan) {
  automation::BacktestProgress progress;
  return firings_of(must(automation::backtest(
      log, keys, {.rules = regulation_of(plan), .from = at(plan.from), .to = at(plan.end)},
      at(plan.end), progress)));
}

}  // namespace

RulePlan any_plan() {
  RulePlan plan;
  const int rules = 1 + below(5), deals = 1 + below(3), facts = 1 + below(24);
  for (int i = 0; i < rules; ++i) plan.rules.push_back(any_rule(i));
  std::map<int, Sketch> sketches;
  std::map<int, Absences> absences;
  std::int64_t minute = 0;
  for (int i = 0; i < facts; ++i) {
    minute += below(3) == 0 ? 0 : below(120);
    if (below(6) == 0) {
      const int owner = below(kOwners);
      auto absence = any_absence(absences[owner], owner, minute, i + 1);
      if (absence) plan.facts.push_back(std::move(*absence));
      continue;
    }
    const int deal = below(deals);
    plan.facts.push_back(any_fact(sketches[deal], minute, i + 1));
    plan.facts.back().deal = deal;
  }
  plan.from = below(3) == 0 ? below(static_cast<int>(minute) + 1) : 0;
  plan.end = minute + below(600);
  return plan;
}

std::vector<OracleFiring> backtest_firings(const RulePlan& plan) {
  History history;
  history.clock().set(Timestamp{kStart.us - kMinute});
  Writer writer(history);
  writer.publish(regulation_of({}));
  for (const Fact& fact : plan.facts) {
    history.clock().set(at(fact.minute));
    writer.write(fact);
  }
  return tried(history.log(), history.keys(), plan);
}

struct LiveRun::Office {
  explicit Office(const RulePlan& played) : plan(played) {
    std::vector<std::unique_ptr<Projector>> projectors;
    projectors.push_back(std::make_unique<views::RulesProjector>());
    projections = std::make_unique<ProjectionRunner>(history.log(), views, std::move(projectors));
    must(projections->start());
    rules = std::make_unique<automation::RuleRunner>(bus, views, *projections);
  }
  void settle() {
    do {
      projections->wait_for(history.log().head(), std::chrono::seconds(30));
    } while (must(rules->run_once()));
  }
  void run_timers(Timestamp until) {
    while (true) {
      const auto rows = must(views.snapshot());
      const ViewContext context{*rows, history.keys(), PersonalView::kMasked,
                                history.clock().now()};
      const auto next = must(views::RulesView(context).next_due());
      if (!next || *next > until) return;
      history.clock().set(*next);
      settle();
    }
  }

  const RulePlan plan;
  History history;
  MemoryViewStore views;
  SeededIds ids{history.clock(), 7};
  CommandBus bus{history.log(), history.keys(), history.clock(), ids, {.threads = 1}};
  std::unique_ptr<ProjectionRunner> projections;
  std::unique_ptr<automation::RuleRunner> rules;
};

LiveRun::LiveRun(const RulePlan& plan) : office_(std::make_unique<Office>(plan)) {
  Office& office = *office_;
  office.history.clock().set(Timestamp{kStart.us - kMinute});
  Writer writer(office.history);
  writer.publish(regulation_of({}));
  bool in_force = false;
  for (const Fact& fact : plan.facts) {
    if (!in_force && fact.minute >= plan.from) {
      in_force = true;
      office.history.clock().set(at(plan.from));
      writer.publish(regulation_of(plan));
      office.bus.cache().forget("pip_web-studio");
    }
    office.run_timers(at(fact.minute));
    office.history.clock().set(at(fact.minute));
    writer.write(fact);
    office.bus.cache().forget(stream_of(fact));
    office.settle();
  }
  office.run_timers(at(plan.end));
}

LiveRun::~LiveRun() { office_->projections->stop(); }

std::vector<OracleFiring> LiveRun::firings() const {
  std::vector<OracleFiring> out;
  bool skipped = false;
  const auto visit = [&](const StoredEvent& stored) {
    const auto event = must(decode(stored.record, Open::kNothing, nullptr));
    const auto add = [&](const char* end, std::size_t actions) {
      out.push_back({minute_of(event.recorded), deal_of(event.stream), event.rule, end, actions});
    };
    if (const auto* fired = event.as<v1::RuleFired>()) {
      add("fired", static_cast<std::size_t>(fired->actions_size()));
    } else if (event.as<v1::EffectFailed>() != nullptr) {
      add("failed", 0);
    } else if (event.as<v1::AutomationStopped>() != nullptr && skipped) {
      add("stopped", 0);
    }
    skipped = event.as<v1::EffectSkipped>() != nullptr;
    return true;
  };
  must(office_->history.log().read({1}, Direction::kForward, SIZE_MAX, visit));
  return out;
}

std::vector<OracleFiring> LiveRun::tried_again() const {
  return tried(office_->history.log(), office_->history.keys(), office_->plan);
}

}  // namespace dealog::testing
