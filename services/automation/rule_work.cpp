#include "services/automation/rule_work.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/command/use_cases/documents.hpp"
#include "libs/domain/deal/facts.hpp"

namespace dealog::automation {
namespace {

constexpr std::size_t kReasonBytes = 500;

// Nothing went wrong: there is nothing that the rule could do, or nobody.
bool asks_for_nothing(const Error& error) {
  return error.code == "deal_closed" || error.code == "nobody_to_assign" ||
         error.code == "nobody_to_write" || error.code == "nothing_to_send" ||
         error.code == "nothing_to_offer" || error.code == "nothing_to_invoice";
}

use_cases::TriggeredRule triggered_of(const views::PendingRule& pending) {
  return {.id = rule::command_id(pending.cause, pending.trigger),
          .trigger = pending.trigger,
          .pipeline = pending.pipeline,
          .rule = pending.rule,
          .regulation_version = pending.regulation_version,
          .deal = DealId::parse(pending.deal).value_or(DealId{}),
          .call = {.step = pending.step,
                   .visit = pending.visit,
                   .episode = pending.episode,
                   .about = pending.about,
                   .due_at = pending.due_at,
                   .since = pending.since,
                   .came = pending.came},
          .causation_depth = pending.causation_depth,
          .triggered_by = pending.cause};
}

Result<bool> meets(const rules::Rule& rule, const std::string& deal, const Folds& folds,
                   Timestamp now) {
  const auto state = TRY(folds.current<deal::State>(deal));
  const auto around = TRY(use_cases::surroundings_of(folds, *state, user::Rights{},
                                                     {"rule", rule.id}, now, Language::kEn));
  const deal::DealFacts facts(*state, around.context);
  return std::ranges::all_of(rule.conditions,
                             [&](const rules::Criterion& c) { return rules::holds(c, facts); });
}

use_cases::ScheduleCall schedule_of(const RuleWork& work) {
  return {.trigger = work.pending.trigger,
          .pipeline = work.pending.pipeline,
          .rule = work.pending.rule,
          .regulation_version = work.pending.regulation_version,
          .due_at = work.pending.due_at,
          .deals = work.scheduled.deals,
          .left_out = work.scheduled.left_out};
}

// "gate_not_met: quote:sent, field:amount": codes alone, nothing that was typed.
std::string reason_of(const Error& error) {
  std::string reason = error.code;
  for (const auto& field : error.fields) {
    reason += fmt::format("{} {}", reason == error.code ? ":" : ",", field.pointer);
  }
  boost::system::error_code wrong;
  const auto data = boost::json::parse(error.data, wrong);
  if (!wrong && data.is_object()) {
    if (const auto* unmet = data.as_object().if_contains("unmet"); unmet && unmet->is_array()) {
      for (const auto& one : unmet->as_array()) {
        reason += fmt::format("{} {}", reason == error.code ? ":" : ",",
                              std::string_view(one.at("criterion").as_string()));
      }
    }
  }
  if (reason.size() > kReasonBytes) reason.resize(kReasonBytes);
  return reason;
}

}  // namespace

bool is_passing(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kUnknown ||
         error.kind == ErrorKind::kInternal || error.code == "version_conflict" ||
         error.code == "request_in_progress";
}

RuleNeeds needs_of(const rules::Rule& rule) {
  RuleNeeds needs;
  needs.schedules = rule.trigger.kind == rules::TriggerKind::kSchedule;
  needs.owners_time = rule.time.is_owners();
  for (const rules::RuleAction& action : rule.actions) {
    const bool assigns = action.kind == rules::ActionKind::kAssign;
    needs.staff |= assigns || action.kind == rules::ActionKind::kNotify ||
                   action.kind == rules::ActionKind::kSendMail ||
                   action.kind == rules::ActionKind::kSendMessage ||
                   action.kind == rules::ActionKind::kSendInvitation;
    // Papers go to people who work here as well.
    needs.papers |= action.kind == rules::ActionKind::kSendQuote ||
                    action.kind == rules::ActionKind::kSendInvoice;
    needs.invoices |= action.kind == rules::ActionKind::kIssueInvoice;
    needs.staff |= needs.papers;
    needs.chooses |= assigns;
    needs.counts |= assigns && action.by == rules::AssignBy::kLeastLoaded;
  }
  return needs;
}

RuleNeeds needs_of(const RegulationBook& regulations, const views::PendingRule& pending) {
  if (is_schedule(pending)) return {.schedules = true};
  const auto regulation = regulations.version(pending.pipeline, pending.regulation_version);
  const rules::Rule* rule = regulation ? (*regulation)->rule(pending.rule) : nullptr;
  return rule == nullptr ? RuleNeeds{} : needs_of(*rule);
}

std::shared_ptr<RuleWork> work_of(views::PendingRule pending, const RuleNeeds& needs,
                                  std::shared_ptr<const use_cases::Staff> staff) {
  auto triggered = triggered_of(pending);
  return std::make_shared<RuleWork>(RuleWork{.pending = std::move(pending),
                                             .triggered = std::move(triggered),
                                             .needs = needs,
                                             .staff = std::move(staff),
                                             .attempt = {},
                                             .scheduled = {}});
}

Result<views::ScheduledDeals> scheduled_deals(const ViewContext& context, const Folds& folds,
                                              const views::PendingRule& pending) {
  const auto regulation =
      RegulationBook(folds).version(pending.pipeline, pending.regulation_version);
  const rules::Rule* rule = regulation ? (*regulation)->rule(pending.rule) : nullptr;
  if (rule == nullptr) return views::ScheduledDeals{};
  auto scheduled = TRY(views::RulesView(context).scheduled_deals(pending.pipeline, *rule));
  if (rule->conditions.empty()) return scheduled;
  std::vector<std::string> meet;
  for (auto& deal : scheduled.deals) {
    if (TRY(meets(*rule, deal, folds, context.at))) meet.push_back(std::move(deal));
  }
  scheduled.deals = std::move(meet);
  return scheduled;
}

Result<void> carry_out(Unit& unit, RuleWork& work) {
  if (is_schedule(work.pending)) return use_cases::run_schedule(unit, schedule_of(work));
  return use_cases::carry_out_rule(unit, work.triggered, *work.staff, work.attempt);
}

CommandRequest command_of(const views::PendingRule& pending, const RuleNeeds& needs) {
  const RuleId rule = rule::id_of(pending.pipeline, pending.rule);
  auto author = use_cases::author_of(pending.pipeline, pending.rule, pending.regulation_version);
  CommandRequest request{
      .name = "carry_out_rule",
      .stream = is_schedule(pending) ? rule.text() : pending.deal,
      .actor = std::move(author.actor),
      .rights = author.rights,
      .caller = Caller::kSource,
      .computed_id = rule::command_id(pending.cause, pending.trigger),
      .cause = Cause{pending.cause, pending.correlation_id, pending.causation_depth},
      .rule = std::move(author.rule),
      .rule_version = author.rule_version};
  if (needs.chooses) request.also.push_back(rule.text());
  if (needs.invoices) request.also.emplace_back(use_cases::kInvoicesLane);
  if (needs.papers) request.also.emplace_back(use_cases::kDocumentsLane);
  return request;
}

Result<void> end_refused(Unit& unit, const RuleWork& work, const Error& error) {
  const bool tried = error.code == use_cases::kSimulated;
  const std::string reason = reason_of(error);
  if (is_schedule(work.pending)) {
    return use_cases::skip_schedule(unit, schedule_of(work), reason);
  }
  if (tried || work.attempt.simulated) {
    return use_cases::record_simulation(unit, work.triggered, work.attempt.events,
                                        tried ? std::string() : reason);
  }
  if (asks_for_nothing(error)) return use_cases::skip_rule(unit, work.triggered, reason);
  return use_cases::fail_rule(unit, work.triggered, reason);
}

}  // namespace dealog::automation
