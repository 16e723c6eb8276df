#include "tests/support/rule_histories.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

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

// ---- as events ----

std::string deal_id(int deal) { return fmt::format("deal_{:032x}", deal + 1); }
std::string owner_id(std::int64_t owner) { return fmt::format("usr_{:032x}", owner + 1); }
std::string stream_of(const Fact& fact) {
  return fact.deal < 0 ? owner_id(fact.number) : deal_id(fact.deal);
}

class Writer {
 public:
  explicit Writer(History& history) : history_(history) {
    for (int owner = 0; owner < kOracleOwners; ++owner) {
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
