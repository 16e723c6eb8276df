#include "libs/domain/deal/gates.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/decision.hpp"
#include "libs/domain/deal/facts.hpp"

namespace dealog::deal {
namespace {

using Move = StageOption::Move;

// Forward: the exit criteria of the present stage and of those skipped, the entry criteria of the
// target. A stage that the regulation in force no longer has may be left for any other.
void judge_forward(StageOption& option, const State& state, const rules::Stage& target,
                   const Context& context) {
  const rules::Regulation& regulation = *context.regulation;
  const auto from = regulation.index_of(state.stage());
  const auto to = regulation.index_of(target.code);
  if (from) {
    for (std::size_t i = *from; i < *to; ++i) {
      judge_into(option.verdicts, regulation.stages[i].exit, state, context);
    }
    const auto& moves = regulation.stages[*from].moves;
    if (std::ranges::find(moves, target.code) == moves.end()) option.refusal = "move_not_allowed";
  }
  judge_into(option.verdicts, target.entry, state, context);
  if (option.refusal.empty() && !all_met(option.verdicts)) option.refusal = "gate_not_met";
}

std::string unmet_json(const std::vector<rules::Verdict>& unmet, rules::Language language) {
  boost::json::array list;
  for (const rules::Verdict& verdict : unmet) {
    list.push_back({{"criterion", verdict.code},
                    {"kind", verdict.kind},
                    {"message", verdict.message.in(language)}});
  }
  return boost::json::serialize(boost::json::object{{"unmet", std::move(list)}});
}

}  // namespace

void judge_into(std::vector<rules::Verdict>& verdicts,
                const std::vector<rules::Criterion>& criteria, const State& state,
                const Context& context) {
  for (rules::Verdict& verdict : rules::judge(criteria, DealFacts(state, context))) {
    if (std::ranges::find(verdicts, verdict.code, &rules::Verdict::code) == verdicts.end()) {
      verdicts.push_back(std::move(verdict));
    }
  }
}

bool all_met(const std::vector<rules::Verdict>& verdicts) {
  return std::ranges::all_of(verdicts, &rules::Verdict::met);
}

void put_verdicts(VerdictList* out, const std::vector<rules::Verdict>& verdicts) {
  for (const rules::Verdict& verdict : verdicts) {
    v1::CriterionVerdict* stored = out->Add();
    stored->set_criterion(verdict.code);
    stored->set_kind(verdict.kind);
    stored->set_met(verdict.met);
  }
}

std::vector<rules::Verdict> StageOption::unmet() const {
  std::vector<rules::Verdict> unmet;
  for (const rules::Verdict& verdict : verdicts) {
    if (!verdict.met) unmet.push_back(verdict);
  }
  return unmet;
}

Result<const rules::Stage*> find_stage(std::string_view code, const char* pointer,
                                       const Context& context) {
  if (const rules::Stage* stage = context.regulation->stage(code)) return stage;
  InputCheck check(context.language);
  check.add(pointer, "unknown_stage", "такого этапа нет в регламенте",
            "the regulation has no such stage");
  TRY(check.result());
  return nullptr;
}

StageOption judge_move(const State& state, const rules::Stage& target, const Context& context) {
  StageOption option{.stage = target.code};
  const auto from = context.regulation->index_of(state.stage());
  const auto to = context.regulation->index_of(target.code);
  if (target.code != state.stage()) {
    option.move = from && *to < *from ? Move::kBack : Move::kForward;
  }
  option.needs_reason = option.move == Move::kBack;
  if (!state.is_open()) {
    option.refusal = "deal_closed";
  } else if (option.move == Move::kSame) {
    option.refusal = "same_stage";
  } else if (option.move == Move::kForward) {
    judge_forward(option, state, target, context);
  }
  option.allowed = option.refusal.empty();
  return option;
}

Error refusal_of(const StageOption& option, const State& state, const Context& context) {
  const bool ru = context.language == rules::Language::kRu;
  const rules::Stage* target = context.regulation->stage(option.stage);
  const std::string to = target ? target->title.in(context.language) : option.stage;
  if (option.refusal == "deal_closed") return require_open(state, context).error();
  if (option.refusal == "same_stage") {
    return {ErrorKind::kConflict, "same_stage",
            fmt::format(fmt::runtime(ru ? "сделка уже на этапе «{}»"
                                        : "the deal is in the stage '{}' already"),
                        to)};
  }
  const std::vector<rules::Verdict> unmet = option.unmet();
  Error error{ErrorKind::kUnprocessable, option.refusal, {}};
  error.data = unmet_json(unmet, context.language);
  if (option.refusal == "move_not_allowed") {
    error.message =
        fmt::format(fmt::runtime(ru ? "регламент не допускает перехода отсюда на этап «{}»"
                                    : "the regulation allows no move from here to the stage '{}'"),
                    to);
    return error;
  }
  error.message = fmt::format(fmt::runtime(ru ? "сделке пока нельзя на этап «{}»:"
                                              : "the deal cannot move to the stage '{}' yet:"),
                              to);
  for (const rules::Verdict& verdict : unmet) {
    error.message += (&verdict == &unmet.front() ? " " : "; ");
    error.message += verdict.message.in(context.language);
  }
  return error;
}

std::vector<StageOption> options(const State& state, const Context& context) {
  std::vector<StageOption> all;
  for (const rules::Stage& stage : context.regulation->stages) {
    all.push_back(judge_move(state, stage, context));
  }
  return all;
}

Result<StageOption> option(const State& state, std::string_view to, const Context& context) {
  return judge_move(state, *TRY(find_stage(to, "/to", context)), context);
}

}  // namespace dealog::deal
