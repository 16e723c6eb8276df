#include "services/automation/backtest/backtest_report.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/projection/view_context.hpp"

namespace dealog::automation {
namespace {

namespace json = boost::json;

constexpr std::string_view kEnds[] = {"fired", "failed", "loop_stopped"};

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::array texts(const std::vector<std::string>& all) {
  return json::array(all.begin(), all.end());
}

json::object counts(const std::map<std::string, std::uint64_t>& all) {
  json::object object;
  for (const auto& [name, count] : all) object[name] = count;
  return object;
}

json::object act_json(const RuleAct& act) {
  return {{"at", act.at.rfc3339()},
          {"deal", act.deal},
          {"rule", act.rule},
          {"end", kEnds[static_cast<std::size_t>(act.end)]},
          {"about", text_or_null(act.about)},
          {"actions", texts(act.actions)},
          {"events", texts(act.events)},
          {"reason", text_or_null(act.reason)},
          {"trigger", act.trigger}};
}

json::value money_json(const Money& money) {
  if (money.currency.empty()) return nullptr;
  return json::object{{"amount", money.decimal()}, {"currency", money.currency.code()}};
}

// What the deals were worth whose moves were refused: each deal once, at its first such move.
struct Touched {
  std::set<std::string> deals;
  MoneySums sums;
};
Touched touched_by(const MovesJudged& moves) {
  Touched touched;
  for (const RefusedMove& move : moves.refused) {
    if (!touched.deals.insert(move.deal).second || move.agreed.currency.empty()) continue;
    touched.sums.add(move.agreed);
  }
  return touched;
}

json::object move_json(const RefusedMove& move) {
  return {{"at", move.at.rfc3339()},
          {"deal", move.deal},
          {"position", move.position.value},
          {"from", move.from},
          {"to", move.to},
          {"refusal", move.refusal},
          {"unmet", texts(move.unmet)},
          {"agreed", money_json(move.agreed)}};
}

json::object moves_json(const MovesJudged& moves) {
  const Touched touched = touched_by(moves);
  json::array refused, amounts;
  for (const auto& move : moves.refused) refused.push_back(move_json(move));
  for (const auto& sum : touched.sums.list()) amounts.push_back(money_json(sum));
  return {{"judged", moves.judged},
          {"overridden", moves.overridden},
          {"unknown_stage", moves.unknown_stage},
          {"refused", std::move(refused)},
          {"deals", touched.deals.size()},
          {"amounts", std::move(amounts)}};
}

std::uint64_t sum_of(const std::map<std::string, std::uint64_t>& all) {
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& one) { return sum + one.second; });
}

std::string listing(const std::map<std::string, std::uint64_t>& all) {
  std::string out;
  for (const auto& [name, count] : all) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, name);
  }
  return out;
}

std::string rule_words(const std::string& code, const RuleTally& rule) {
  std::string line = fmt::format("{}: acts {} times on {} deals", code, rule.fired, rule.deals);
  if (rule.failed > 0) {
    line += fmt::format("; refused {} times ({})", rule.failed, listing(rule.failures));
  }
  if (rule.stopped > 0) line += fmt::format("; stopped as a loop {} times", rule.stopped);
  if (!rule.skipped.empty()) {
    line +=
        fmt::format("; does nothing {} times ({})", sum_of(rule.skipped), listing(rule.skipped));
  }
  return line + "\n";
}

std::string act_words(const RuleAct& act) {
  std::string line = fmt::format("  {}  {}  {}", act.at.rfc3339(), act.deal, act.rule);
  if (!act.actions.empty()) line += fmt::format("  {}", fmt::join(act.actions, ", "));
  if (act.end == RuleAct::End::kFailed) line += "  refused: " + act.reason;
  if (act.end == RuleAct::End::kStopped) line += "  stopped: rules that set each other off";
  return line + "\n";
}

std::string sent_words(const std::string& channel, const std::string& to, const SentTally& tally) {
  std::string line = fmt::format("{} would be sent {} times to {}", channel, tally.count, to);
  if (tally.put_off > 0) line += fmt::format("; {} after the quiet hours", tally.put_off);
  if (tally.held_back > 0) {
    line += fmt::format("; {} held back, more than `mailings` allows", tally.held_back);
  }
  return line + "\n";
}

std::string moves_words(const MovesJudged& moves, std::size_t listed) {
  const Touched touched = touched_by(moves);
  std::string out = fmt::format("\nOf {} real moves the gates would have refused {}, of {} deals",
                                moves.judged, moves.refused.size(), touched.deals.size());
  std::string_view before = ",";
  for (const auto& sum : touched.sums.list()) {
    out +=
        fmt::format("{} {} {}", std::exchange(before, " and"), sum.decimal(), sum.currency.code());
  }
  out += ".\n";
  if (moves.overridden > 0) {
    out += fmt::format("{} more were overridden then, and would be again.\n", moves.overridden);
  }
  if (moves.unknown_stage > 0) {
    out +=
        fmt::format("{} led to a stage that this regulation does not have.\n", moves.unknown_stage);
  }
  for (std::size_t i = 0; i < std::min(listed, moves.refused.size()); ++i) {
    const auto& move = moves.refused[i];
    out += fmt::format("  {}  {}  {} -> {}  {}: {}\n", move.at.rfc3339(), move.deal, move.from,
                       move.to, move.refusal, fmt::join(move.unmet, ", "));
  }
  return out;
}

}  // namespace

json::object backtest_json(const BacktestResult& result) {
  json::array rules, acts, notified, sent;
  std::uint64_t total = 0;
  for (const auto& [code, rule] : result.rules) {
    total += rule.fired + rule.failed + rule.stopped;
    rules.push_back(json::object{{"rule", code},
                                 {"fired", rule.fired},
                                 {"failed", rule.failed},
                                 {"failures", counts(rule.failures)},
                                 {"loops_stopped", rule.stopped},
                                 {"skipped", counts(rule.skipped)},
                                 {"deals", rule.deals}});
  }
  for (const auto& act : result.acts) acts.push_back(act_json(act));
  for (const auto& [user, count] : result.notified) {
    notified.push_back(json::object{{"user", user}, {"count", count}});
  }
  for (const auto& [what, tally] : result.sent) {
    sent.push_back(json::object{{"channel", what.first},
                                {"to", what.second},
                                {"count", tally.count},
                                {"put_off", tally.put_off},
                                {"held_back", tally.held_back}});
  }
  return {{"pipeline", result.pipeline},
          {"from", result.from.rfc3339()},
          {"to", result.to.rfc3339()},
          {"events", result.events},
          {"deals", result.deals},
          {"rules", std::move(rules)},
          {"acts", std::move(acts)},
          {"acts_total", total},
          {"made", counts(result.made)},
          {"notified", std::move(notified)},
          {"sent", std::move(sent)},
          {"moves", result.moves ? json::value(moves_json(*result.moves)) : json::value()}};
}

std::string backtest_words(const BacktestResult& result, std::size_t listed) {
  std::string out =
      fmt::format("{} from {} to {}: {} events, rules act on {} deals\n\n", result.pipeline,
                  result.from.rfc3339(), result.to.rfc3339(), result.events, result.deals);
  std::uint64_t total = 0;
  for (const auto& [code, rule] : result.rules) {
    total += rule.fired + rule.failed + rule.stopped;
    out += rule_words(code, rule);
  }
  if (!result.made.empty()) out += fmt::format("\nMade: {}\n", listing(result.made));
  for (const auto& [user, count] : result.notified) {
    out += fmt::format("{} is told {} times\n", user, count);
  }
  for (const auto& [what, tally] : result.sent) out += sent_words(what.first, what.second, tally);
  if (!result.acts.empty()) out += "\n";
  for (std::size_t i = 0; i < std::min(listed, result.acts.size()); ++i) {
    out += act_words(result.acts[i]);
  }
  if (total > std::min(listed, result.acts.size())) {
    out += fmt::format("  and {} more\n", total - std::min(listed, result.acts.size()));
  }
  if (result.moves) out += moves_words(*result.moves, listed);
  return out;
}

}  // namespace dealog::automation
