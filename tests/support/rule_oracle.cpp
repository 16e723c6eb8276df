#include "tests/support/rule_oracle.hpp"

#include <algorithm>
#include <map>

#include "tests/support/rule_oracle_deal.hpp"
#include "tests/support/rule_oracle_due.hpp"

namespace dealog::testing {
namespace {

using DealNow = OracleDeal;
using Due = OracleDue;
using Fact = OracleFact;
using Kind = OracleFact::Kind;
using Rule = OracleRule;
using Trigger = OracleRule::Trigger;

constexpr int kDeepest = 16;

class Oracle {
 public:
  Oracle(const std::vector<Rule>& rules, std::int64_t from, std::int64_t end)
      : rules_(rules), from_(from), end_(end) {}

  std::optional<std::vector<OracleFiring>> run(const std::vector<Fact>& history) {
    for (const Fact& fact : history) {
      run_timers(fact.minute);
      if (too_many()) return std::nullopt;
      now_ = std::max(now_, fact.minute);
      facts_.push_back(fact);
      if (fact.minute < from_) first_ = facts_.size();
      settle();
    }
    run_timers(end_);
    if (too_many()) return std::nullopt;
    return firings_;
  }

 private:
  bool too_many() const { return firings_.size() > kOracleFirings; }

  DealNow deal_at(int deal, std::size_t until) const {
    DealNow now;
    for (std::size_t i = 0; i < until; ++i) {
      if (facts_[i].deal == deal) now.apply(facts_[i], i);
    }
    return now;
  }

  bool conditions(const Rule& rule, const DealNow& now) const {
    return !rule.from || now.amount >= *rule.from;
  }

  // ---- time that stands still ----

  // When what began with a fact is due, after all that has moved it since.
  void reckon(Due& due, std::int64_t from, std::int64_t minutes) const {
    if (!rules_[due.rule].stands_still) {
      due.at = from + minutes;
      return;
    }
    const std::size_t begun = due.fact + 1;
    due.at = oracle_pass(facts_, from, minutes, deal_at(due.deal, begun).owner, begun);
    for (std::size_t j = begun; j < facts_.size(); ++j) {
      const Fact& fact = facts_[j];
      const std::int64_t owner = deal_at(due.deal, j + 1).owner;
      const bool of_user = fact.kind == Kind::kAway || fact.kind == Kind::kBack;
      const bool of_deal = fact.kind == Kind::kAssigned && fact.deal == due.deal;
      if (!of_deal && !(of_user && fact.number == owner)) continue;
      const std::int64_t at = oracle_pass(facts_, from, minutes, owner, j + 1);
      if (at == due.at || (at <= fact.minute && due.at <= fact.minute)) continue;
      due.at = std::max(at, fact.minute), due.moved = j;
    }
  }

  // ---- what is due, found from all that happened ----

  // What triggers the rule at once, if this fact does.
  bool triggers(const Rule& rule, std::size_t i) const {
    const Fact& fact = facts_[i];
    const DealNow before = deal_at(fact.deal, i);
    const auto stage_fits = [&](const std::string& stage) {
      return rule.text.empty() || rule.text == stage;
    };
    switch (rule.trigger) {
      case Trigger::kEntered:
        return (fact.kind == Kind::kOpened && stage_fits("first")) ||
               (fact.kind == Kind::kMoved && stage_fits(fact.text)) ||
               (fact.kind == Kind::kReopened && stage_fits(fact.text));
      case Trigger::kLeft:
        return fact.kind == Kind::kMoved && stage_fits(fact.id);
      case Trigger::kReentered:
        return (fact.kind == Kind::kMoved || fact.kind == Kind::kReopened) &&
               stage_fits(fact.text) && before.visited.contains(fact.text);
      case Trigger::kChanged:
        return fact.kind == Kind::kAmount && fact.number != before.amount;
      case Trigger::kOpened:
        return fact.kind == Kind::kOpened;
      case Trigger::kLost:
        return fact.kind == Kind::kLost;
      case Trigger::kReopened:
        return fact.kind == Kind::kReopened;
      case Trigger::kIncoming:
        return fact.kind == Kind::kTouch && !fact.yes;
      case Trigger::kDone:
        return fact.kind == Kind::kTaskDone && before.tasks.contains(fact.id);
      case Trigger::kSent:
        return fact.kind == Kind::kQuoteSent;
      case Trigger::kViewed:
        return fact.kind == Kind::kQuoteViewed;
      default:
        return false;
    }
  }

  // Whether what waits since fact i is ended by a later fact.
  bool ends(const Rule& rule, const Due& due, std::size_t j) const {
    const Fact& fact = facts_[j];
    const std::int64_t since = facts_[due.origin].minute;
    if (fact.kind == Kind::kLost) return rule.is_timer() || due.step > 0;
    if (due.step > 0 && fact.kind == Kind::kReopened) return true;
    switch (rule.trigger) {
      case Trigger::kEntered:
      case Trigger::kReentered:
        return due.step > 0 && fact.kind == Kind::kMoved;
      case Trigger::kDeadline:
        // The same day again is no change.
        return fact.kind == Kind::kDate && std::to_string(fact.number) != due.about;
      case Trigger::kNoAnswer:
        return fact.kind == Kind::kTouch && fact.yes && fact.minute >= since;
      case Trigger::kNoStep:
        return due.step == 0 && fact.kind == Kind::kTaskMade;
      case Trigger::kTaskOverdue:
        return fact.id == due.about &&
               (fact.kind == Kind::kTaskDone || fact.kind == Kind::kTaskDropped ||
                (fact.kind == Kind::kTaskMoved && oracle_moves(facts_, j)));
      case Trigger::kQuoteSilent:
        return (fact.id == due.about &&
                (fact.kind == Kind::kQuoteSent || fact.kind == Kind::kQuoteRejected)) ||
               (fact.kind == Kind::kTouch && !fact.yes && fact.minute >= since);
      case Trigger::kExpired:
        return fact.id == due.about && fact.kind == Kind::kQuoteRejected;
      default:
        return false;
    }
  }

  // Whether fact j is what a pause waits for.
  bool is_awaited(const Due& due, std::size_t j) const {
    const Fact& fact = facts_[j];
    if (due.until == Until::kIncoming) return fact.kind == Kind::kTouch && !fact.yes;
    return due.until == Until::kViewed && fact.kind == Kind::kQuoteViewed;
  }

  // A pause is over with the first fact that it waits for, if that comes before its time.
  void end_pause(Due& due) const {
    if (due.until == Until::kNothing) return;
    for (std::size_t j = due.fact + 1; j < facts_.size() && !due.came; ++j) {
      if (facts_[j].deal != due.deal || !is_awaited(due, j)) continue;
      if (facts_[j].minute > due.at) return;
      due.at = facts_[j].minute, due.moved = j, due.came = true;
    }
  }

  // What begins to wait with fact i.
  std::vector<Due> begun(std::size_t r, std::size_t i) const {
    if (i < first_) return {};
    const Rule& rule = rules_[r];
    const Fact& fact = facts_[i];
    const DealNow before = deal_at(fact.deal, i), now = deal_at(fact.deal, i + 1);
    std::vector<Due> out;
    const auto wait = [&](std::int64_t from, std::string about, int rank = 2) {
      out.push_back({from + rule.after, i, rank, r, std::move(about), 0, i, fact.deal});
      if (rule.trigger != Trigger::kDeadline) reckon(out.back(), from, rule.after);
    };
    if (fact.kind == Kind::kScheduled) {
      if (fact.text != rule.id) return out;
      for (std::size_t d = 0; d < fact.deals.size(); ++d) {
        out.push_back({fact.number, i, static_cast<int>(d), r, "", 0, i, fact.deals[d]});
      }
      return out;
    }
    if (fact.kind == Kind::kFired && fact.text == rule.id) {
      out.push_back({fact.number, i, 0, r, fact.id, fact.step, fact.origin, fact.deal});
      out.back().until = fact.until;
      if (fact.step < rule.actions.size()) {
        reckon(out.back(), fact.minute, fact.number - fact.minute);
        end_pause(out.back());
      }
      return out;
    }
    if (triggers(rule, i) && conditions(rule, now)) {
      // A change is about the field, and the rest of its fact is not.
      const std::string about = rule.trigger == Trigger::kChanged ? "amount" : fact.id;
      out.push_back({kOracleAtOnce, i, oracle_rank(rule.trigger), r, about, 0, i, fact.deal});
    }
    switch (rule.trigger) {
      case Trigger::kNoAnswer:
        if (fact.kind == Kind::kTouch && !fact.yes && now.open && !waits_for_answer(i)) {
          wait(fact.minute, "");
        }
        break;
      case Trigger::kNoStep: {
        const bool closed_last = !before.tasks.empty() && now.tasks.empty();
        const bool began = fact.kind == Kind::kOpened || fact.kind == Kind::kReopened;
        if (now.open && now.tasks.empty() && (began || closed_last)) wait(fact.minute, "");
        break;
      }
      case Trigger::kTaskOverdue:
        if (!now.open) break;
        for (const auto& [id, task] : now.tasks) {
          const bool old = before.tasks.contains(id);
          const bool moved = !old || before.tasks.at(id).overdue != task.overdue;
          const bool again = fact.kind == Kind::kReopened && task.overdue > fact.minute;
          if (moved || again)
            wait(task.overdue, id, 2 + static_cast<int>(oracle_task_order(facts_, {}, id)));
        }
        break;
      case Trigger::kQuoteSilent:
        if (fact.kind == Kind::kQuoteSent && now.open) wait(fact.minute, fact.id);
        break;
      case Trigger::kExpired:
        if (!now.open) break;
        for (const auto& [id, day] : now.valid) {
          const bool just_sent = fact.kind == Kind::kQuoteSent && fact.id == id;
          if (!now.sent.contains(id) || !(just_sent || fact.kind == Kind::kReopened)) continue;
          const std::int64_t end = (day + 1) * 1440 - kOracleStart;
          if (end > fact.minute) wait(end, id, kExpiryRank + static_cast<int>(now.sent.at(id)));
        }
        break;
      case Trigger::kDeadline: {
        const bool set = fact.kind == Kind::kDate && before.day != now.day;
        if (!now.open || now.day < 0 || !(set || fact.kind == Kind::kReopened)) break;
        const std::int64_t day = now.day * 1440 - kOracleStart;
        const std::int64_t at = rule.back ? day - rule.after : day + rule.after;
        if (at <= fact.minute) break;
        wait(at - rule.after, std::to_string(now.day), kDeadlineRank);
        break;
      }
      default:
        break;
    }
    return out;
  }

  // Whether the customer waits already when fact i comes.
  bool waits_for_answer(std::size_t i) const {
    std::optional<std::int64_t> since;
    bool open = false;
    for (std::size_t j = 0; j < i; ++j) {
      const Fact& fact = facts_[j];
      if (fact.deal != facts_[i].deal) continue;
      if (fact.kind == Kind::kOpened || fact.kind == Kind::kReopened) open = true;
      if (fact.kind == Kind::kLost) open = false, since.reset();
      if (fact.kind != Kind::kTouch) continue;
      if (fact.yes && since && fact.minute >= *since) since.reset();
      if (!fact.yes && open && !since && j >= first_) since = fact.minute;
    }
    return since.has_value();
  }

  std::vector<Due> due_now() const {
    std::vector<Due> out;
    for (std::size_t r = 0; r < rules_.size(); ++r) {
      for (std::size_t i = 0; i < facts_.size(); ++i) {
        for (Due& due : begun(r, i)) {
          if (ended_.contains(due.key())) continue;
          bool gone = false;
          for (std::size_t j = i + 1; j < facts_.size() && !gone; ++j) {
            gone = facts_[j].deal == due.deal && ends(rules_[r], due, j);
          }
          if (!gone) out.push_back(std::move(due));
        }
      }
    }
    for (std::size_t r = 0; r < rules_.size(); ++r) {
      if (rules_[r].trigger == Trigger::kSchedule) out.push_back(next_schedule(r));
    }
    std::ranges::sort(out, {}, &Due::order);
    return out;
  }

  // When the schedule comes next, and the open deals that it may be for, as they are now. It has
  // waited since its last time, or since the rules are in force.
  Due next_schedule(std::size_t r) const {
    const Rule& rule = rules_[r];
    Due next{.fact = first_, .rank = kScheduleRank + static_cast<int>(r), .rule = r, .deal = -1};
    std::int64_t last = from_;
    std::set<int> all;
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      const bool own = facts_[i].kind == Kind::kScheduled && facts_[i].text == rule.id;
      if (own) last = facts_[i].number, next.fact = i, next.rank = -1;
      if (facts_[i].deal >= 0) all.insert(facts_[i].deal);
    }
    next.at = ((last + kOracleStart) / rule.after + 1) * rule.after - kOracleStart;
    for (const int deal : all) {
      const DealNow now = deal_at(deal, facts_.size());
      if (now.open && conditions(rule, now)) next.deals.push_back(deal);
    }
    return next;
  }

  // ---- carrying out ----

  void settle() {
    while (!too_many()) {
      auto due = due_now();
      std::erase_if(due, [&](const Due& one) { return one.at > now_; });
      if (due.empty()) return;
      for (const Due& one : due) {
        if (one.deal < 0) {
          facts_.push_back({.kind = Kind::kScheduled,
                            .minute = now_,
                            .deal = -1,
                            .text = rules_[one.rule].id,
                            .number = one.at,
                            .depth = 1,
                            .deals = one.deals});
          continue;
        }
        ended_.insert(one.key());
        carry_out(one);
      }
    }
  }

  void run_timers(std::int64_t until) {
    while (!too_many()) {
      const auto due = due_now();
      if (due.empty() || due.front().at > until) return;
      now_ = std::max(now_, due.front().at);
      settle();
    }
  }

  bool still_wanted(const Rule& rule, const Due& due, const DealNow& now) const {
    const Fact& origin = facts_[due.origin];
    if (rule.trigger == Trigger::kLost) {
      const DealNow then = deal_at(due.deal, due.fact + 1);
      return !now.open && now.episode == then.episode;
    }
    if ((due.step > 0 || rule.is_timer()) && !now.open) return false;
    switch (rule.trigger) {
      case Trigger::kEntered:
      case Trigger::kReentered:
        return now.visit == deal_at(due.deal, due.fact + 1).visit;
      case Trigger::kDeadline:
        return std::to_string(now.day) == due.about;
      case Trigger::kNoAnswer:
        return std::ranges::none_of(facts_, [&](const Fact& fact) {
          return fact.deal == origin.deal && fact.kind == Kind::kTouch && fact.yes &&
                 fact.minute >= origin.minute;
        });
      case Trigger::kNoStep:
        return due.step > 0 || now.tasks.empty();
      case Trigger::kTaskOverdue:
        return now.tasks.contains(due.about);
      case Trigger::kQuoteSilent:
      case Trigger::kExpired:
        return now.sent.contains(due.about);
      default:
        return true;
    }
  }

  struct Run {
    int visit = 0;
    std::int64_t minute = 0;
  };
  bool limited(const Rule& rule, int deal, int visit) const {
    const auto last = runs_.find({rule.id, deal});
    if (last == runs_.end()) return false;
    switch (rule.once) {
      case Rule::Once::kAlways:
        return false;
      case Rule::Once::kVisit:
        return last->second.visit == visit;
      case Rule::Once::kDeal:
        return true;
      case Rule::Once::kPeriod:
        return now_ < last->second.minute + rule.period;
    }
    return false;
  }

  void carry_out(const Due& due) {
    const Rule& rule = rules_[due.rule];
    const int deal = due.deal;
    const int depth = facts_[due.fact].depth;
    DealNow now = deal_at(deal, facts_.size());
    const int visit = deal_at(deal, due.fact + 1).visit;
    if (!still_wanted(rule, due, now)) return;
    if (due.step == 0 && limited(rule, deal, visit)) return;
    if (due.step > 0 && rule.actions[due.step - 1].stops && !due.came) return;
    if (!conditions(rule, now)) return;
    if (depth >= kDeepest) {
      firings_.push_back({now_, deal, rule.id, "stopped", 0});
      return;
    }
    std::vector<Fact> made{{.kind = Kind::kFired,
                            .minute = now_,
                            .deal = deal,
                            .id = due.about,
                            .text = rule.id,
                            .number = end_ + 1,
                            .depth = depth + 1,
                            .step = rule.actions.size(),
                            .origin = due.origin}};
    std::size_t done = 0, step = due.step;
    for (; step < rule.actions.size(); ++step, ++done) {
      const OracleAction& action = rule.actions[step];
      if (action.kind == OracleAction::Kind::kWait) {
        made.front().number = now_ + action.number;
        made.front().step = step + 1;
        made.front().until = action.until;
        break;
      }
      const auto refused = act(rule, action, deal, depth + 2, now, made);
      if (!refused) continue;
      // A deal that is closed by now asks for nothing more.
      if (*refused == "failed") firings_.push_back({now_, deal, rule.id, "failed", 0});
      return;
    }
    firings_.push_back({now_, deal, rule.id, "fired", done});
    runs_[{rule.id, deal}] = {visit, now_};
    facts_.insert(facts_.end(), made.begin(), made.end());
  }

  // Adds what follows; says why it is refused, if it is.
  std::optional<std::string> act(const Rule& rule, const OracleAction& action, int deal, int depth,
                                 DealNow& now, std::vector<Fact>& made) {
    const auto add = [&](Fact fact) {
      fact.minute = now_, fact.deal = deal, fact.depth = std::max(fact.depth, depth);
      now.apply(fact, facts_.size() + made.size());
      made.push_back(std::move(fact));
    };
    switch (action.kind) {
      case OracleAction::Kind::kTask:
        add({.kind = Kind::kTaskMade,
             .id = "made" + std::to_string(++tasks_),
             .text = "call",
             .number = rule.stands_still
                           ? oracle_pass(facts_, now_, action.number, now.owner, facts_.size())
                           : now_ + action.number});
        return std::nullopt;
      case OracleAction::Kind::kCompleteAll: {
        for (const auto& [at, id] : oracle_tasks_in_order(facts_, made, now))
          add({.kind = Kind::kTaskDone, .id = id});
        return std::nullopt;
      }
      case OracleAction::Kind::kMove: {
        if (now.stage == action.text) return std::nullopt;
        if (!now.open) return "closed";
        // Forward from each to the later ones, back always.
        add({.kind = Kind::kMoved, .id = now.stage, .text = action.text});
        return std::nullopt;
      }
      case OracleAction::Kind::kAmount:
        if (now.amount != action.number) add({.kind = Kind::kAmount, .number = action.number});
        return std::nullopt;
      case OracleAction::Kind::kLose: {
        if (!now.open) return "closed";
        add({.kind = Kind::kLost});
        for (const auto& [at, id] : oracle_tasks_in_order(facts_, made, now)) {
          add({.kind = Kind::kTaskDropped, .id = id, .depth = depth + 1});
        }
        return std::nullopt;
      }
      case OracleAction::Kind::kWait:
        break;
    }
    return std::nullopt;
  }

  const std::vector<Rule>& rules_;
  const std::int64_t from_, end_;
  std::size_t first_ = 0;  // fact that the rules hear of
  std::vector<Fact> facts_;
  std::int64_t now_ = 0;
  int tasks_ = 0;
  std::set<std::tuple<std::size_t, std::size_t, std::string, std::size_t, int>> ended_;
  std::map<std::pair<std::string, int>, Run> runs_;
  std::vector<OracleFiring> firings_;
};

}  // namespace

std::optional<std::vector<OracleFiring>> oracle_firings(const std::vector<OracleFact>& history,
                                                        const std::vector<OracleRule>& rules,
                                                        std::int64_t from, std::int64_t end) {
  return Oracle(rules, from, end).run(history);
}

}  // namespace dealog::testing
