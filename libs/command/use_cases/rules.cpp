#include "libs/command/use_cases/rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/command/use_cases/documents.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/command/use_cases/rule_texts.hpp"
#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/user/user.hpp"
#include "libs/rules/message_text.hpp"

namespace dealog::use_cases {
namespace {

using rules::ActionKind;

// How long a customer's link in a rule's mail shows the paper.
constexpr std::chrono::hours kLinkOfRule{24 * 90};

template <class Event>
void describe_call(Event& event, const TriggeredRule& triggered) {
  event.set_trigger(triggered.trigger);
  event.set_rule(triggered.rule);
  event.set_pipeline(triggered.pipeline);
  event.set_regulation_version(triggered.regulation_version);
  event.set_step(triggered.call.step);
  event.set_visit(triggered.call.visit);
  event.set_about(triggered.call.about);
  event.set_due_at(triggered.call.due_at.us);
}

template <class Event>
void describe_steps(Event& event, const rules::Rule& rule, std::size_t first,
                    const deal::RuleSteps& steps, Timestamp now) {
  for (std::size_t i = first; i < steps.end; ++i) {
    event.add_actions(std::string(rules::action_name(rule.actions[i].kind)));
  }
  if (!steps.until) return;
  event.set_goes_on_at(steps.until->us);
  event.set_next_step(static_cast<std::uint32_t>(steps.end + 1));
  if (!rule.time.is_owners()) return;
  const rules::TimeLimit& wait = rule.actions[steps.end].wait;
  auto& pause = *event.mutable_pause();
  pause.set_begins_at(now.us);
  pause.set_minutes(wait.amount.count());
  pause.set_business(wait.business);
  pause.set_owners_calendar(rule.time.owners_calendar);
  pause.set_stops_in_absence(rule.time.stops_in_absence);
}

// Acts on the deal of a unit; what it emits follows from RuleFired.
class RuleActs {
 public:
  RuleActs(Unit& unit, const TriggeredRule& triggered, const rules::Rule& rule, const Staff& staff,
           std::size_t cause)
      : unit_(unit),
        triggered_(triggered),
        rule_(rule),
        staff_(staff),
        stream_(triggered.deal.text()),
        cause_(cause) {}

  // `place` is that of the action in its rule.
  Result<void> act(const rules::RuleAction& action, std::size_t place) {
    switch (action.kind) {
      case ActionKind::kAssign:
        return assign(action);
      case ActionKind::kNotify:
        return notify(action, place);
      case ActionKind::kSendMail:
      case ActionKind::kSendMessage:
        return send(action, place);
      case ActionKind::kSendQuote:
      case ActionKind::kSendInvoice:
        TRY(change(action));
        return send_paper(action, place);
      case ActionKind::kCallWebhook:
        return plan_webhook(unit_,
                            {.trigger = triggered_.trigger,
                             .rule = triggered_.rule,
                             .pipeline = triggered_.pipeline,
                             .regulation_version = triggered_.regulation_version,
                             .deal = triggered_.deal,
                             .endpoint = action.code,
                             .place = place},
                            cause_);
      case ActionKind::kStartPipeline:
        return start_pipeline(action);
      default:
        return change(action);
    }
  }

 private:
  Result<void> change(const rules::RuleAction& action) {
    const auto* state = TRY(unit_.load<deal::State>(stream_));
    const Parties parties = parties_of(*state);
    const auto around =
        TRY(surroundings_of(unit_, state->pipeline, &parties, true, unit_.language()));
    for (auto& command : deal::commands_of(action, rule_, *state, around.context)) {
      // Whoever carries out the same trigger makes the same task: a back-test knows it again.
      if (auto* task = std::get_if<deal::CreateTask>(&command)) {
        const auto name = fmt::format("task/{}", unit_.emitted().size() - cause_);
        task->id = TaskId(Uuid::derived(triggered_.id, name));
      }
      TRY(change_deal(unit_, triggered_.deal, command, unit_.language(), cause_));
    }
    return {};
  }

  // A deal of the same people there, for the same owner; what it is worth is another matter.
  Result<void> start_pipeline(const rules::RuleAction& action) {
    const deal::State state = *TRY(unit_.load<deal::State>(stream_));
    OpenDealInput input{.pipeline = action.code, .language = unit_.language()};
    input.deal.title = rules::fill_in(lasting(action.subject), [&](std::string_view field) {
      return field == "deal.title" ? state.title : std::string();
    });
    // Erased, or too long with what stands around it.
    if (trim(input.deal.title).empty()) input.deal.title = lasting(rule_.title);
    input.deal.title = utf8_prefix(input.deal.title, limits::kTitleBytes);
    input.deal.source = state.source;
    if (!state.owner.is_nil()) input.deal.owner = state.owner;
    if (const auto* contact = state.contact()) input.person = contact->person;
    if (!state.company.is_nil()) input.company = state.company;
    TRY(open_deal(unit_, input, cause_));
    return {};
  }

  // Those whom the action names, by id or by role; nobody twice.
  std::vector<rule::Candidate> meant(const rules::RuleAction& action, const UserId& deal_owner) {
    std::vector<rule::Candidate> out;
    for (const StaffMember& member : staff_.members) {
      const auto is_meant = [&](const std::string& who) {
        return who == member.role || who == member.user.text() ||
               (who == "deal_owner" && member.user == deal_owner);
      };
      if (std::ranges::any_of(action.codes, is_meant)) {
        out.push_back({member.user, member.open_deals});
      }
    }
    return out;
  }

  Result<void> mark_absent(std::vector<rule::Candidate>& candidates) {
    for (auto& candidate : candidates) {
      const auto* state = TRY(unit_.glance<user::State>(candidate.user.text()));
      candidate.absent_until = state->absent_until(unit_.now()).value_or(Timestamp{});
    }
    return {};
  }

  Result<void> assign(const rules::RuleAction& action) {
    auto candidates = meant(action, {});
    TRY(mark_absent(candidates));
    const std::string rule_stream = rule::id_of(triggered_.pipeline, triggered_.rule).text();
    const auto* state = TRY(unit_.load<rule::State>(rule_stream));
    const bool all_absent = std::ranges::all_of(candidates, &rule::Candidate::is_absent);
    const UserId user = rule::choose(*state, action.by, candidates, staff_.counted_at);
    if (user.is_nil()) {
      return refuse(unit_.language(), ErrorKind::kUnprocessable, "nobody_to_assign",
                    "нет ни одного действующего сотрудника из названных в правиле",
                    "none of those whom the rule names works here");
    }
    v1::OwnerChosen chosen;
    chosen.set_deal(stream_);
    chosen.set_user(user.text());
    chosen.set_by(std::string(rules::assign_name(action.by)));
    chosen.set_trigger(triggered_.trigger);
    for (const auto& candidate : candidates) {
      auto& considered = *chosen.add_candidates();
      considered.set_user(candidate.user.text());
      considered.set_open_deals(candidate.open_deals);
      considered.set_absent_until(candidate.absent_until.us);
    }
    chosen.set_all_absent(all_absent);
    const auto place = unit_.emit(rule_stream, {make_event(std::move(chosen))}, cause_);
    return change_deal(unit_, triggered_.deal, deal::AssignDealOwner{.owner = user},
                       unit_.language(), place);
  }

  static const std::string& lasting(const rules::LocalText& text) {
    return text.ru.empty() ? text.en : text.ru;
  }

  MessageOfRule message_of(const rules::RuleAction& action, std::size_t place) {
    return {.channel = action.kind == ActionKind::kSendMessage ? effect::Channel::kTelegram
                                                               : effect::Channel::kMail,
            .kind = std::string(rules::action_name(action.kind)),
            .trigger = triggered_.trigger,
            .rule = triggered_.rule,
            .pipeline = triggered_.pipeline,
            .deal = triggered_.deal,
            .title = lasting(action.subject),
            .text = lasting(action.text),
            .place = place};
  }

  Result<Recipients> recipients_of(const rules::RuleAction& action) {
    const auto* state = TRY(unit_.load<deal::State>(stream_));
    Recipients recipients;
    for (const auto& user : meant(action, state->owner)) recipients.users.push_back(user.user);
    const auto names = [&](std::string_view who) {
      return std::ranges::find(action.codes, who) != action.codes.end();
    };
    const auto* contact = state->contact();
    if (names("customer") && contact != nullptr) recipients.persons.push_back(contact->person);
    if (names("participants")) {
      for (const auto& one : state->participants) recipients.persons.push_back(one.person);
    }
    return recipients;
  }

  Result<void> send(const rules::RuleAction& action, std::size_t place) {
    const Recipients recipients = TRY(recipients_of(action));
    return plan_messages(unit_, message_of(action, place), recipients, cause_);
  }

  // What was issued for a quote or invoice: in this very append, or before.
  Result<std::optional<v1::DocumentIssued>> issued_paper(const std::string& subject) {
    for (const auto& made : unit_.emitted()) {
      if (made.event.payload->GetDescriptor() != v1::DocumentIssued::descriptor()) continue;
      const auto& issued = static_cast<const v1::DocumentIssued&>(*made.event.payload);
      if (issued.subject() == subject) return issued;
    }
    const auto before = TRY(issued_for(unit_.folds(), subject));
    const auto* issued = before ? before->as<v1::DocumentIssued>() : nullptr;
    if (issued == nullptr) return std::nullopt;
    return *issued;
  }

  // The customer's link, when the text has a place for it.
  Result<std::string> link_for(const rules::RuleAction& action, const std::string& document) {
    if (lasting(action.text).find("{document.link}") == std::string::npos) return std::string();
    if (staff_.public_url.empty()) {
      return refuse(unit_.language(), ErrorKind::kUnprocessable, "public_url_missing",
                    "в настройках нет server.public_url, адреса для ссылок клиентам",
                    "the settings have no server.public_url, to which links could lead");
    }
    const auto link = TRY(create_link(unit_, document, unit_.now() + kLinkOfRule));
    return staff_.public_url + "/documents/" + link.token;
  }

  Result<void> send_paper(const rules::RuleAction& action, std::size_t place) {
    const auto* state = TRY(unit_.load<deal::State>(stream_));
    std::string subject;
    if (action.kind == ActionKind::kSendQuote) {
      if (const auto* quote = state->quote_in_force()) subject = quote->id.text();
    } else if (const auto* invoice = deal::invoice_to_send(*state)) {
      subject = invoice->id.text();
    }
    if (subject.empty()) {
      return refuse(unit_.language(), ErrorKind::kUnprocessable, "nothing_to_send",
                    "у сделки нет документа, который правило должно отправить",
                    "the deal has no paper that the rule could send");
    }
    const auto issued = TRY(issued_paper(subject));
    if (!issued) {
      return refuse(unit_.language(), ErrorKind::kUnprocessable, "legal_entity_missing",
                    "документ не выпущен: нет юридического лица, от имени которого продают",
                    "the paper was not issued: there is no legal entity that sells");
    }
    MessageOfRule message = message_of(action, place);
    message.document = issued->document();
    message.document_number = issued->number();
    message.document_link = TRY(link_for(action, message.document));
    const Recipients recipients = TRY(recipients_of(action));
    return plan_messages(unit_, message, recipients, cause_);
  }

  Result<void> notify_by_mail(const rules::RuleAction& action, std::size_t place) {
    MessageOfRule message = message_of(action, place);
    message.title = lasting(rule_.title) + ": {deal.title}";
    const Recipients recipients = TRY(recipients_of(action));
    if (recipients.users.empty()) return {};
    return plan_messages(unit_, message, recipients, cause_);
  }

  Result<void> notify(const rules::RuleAction& action, std::size_t place) {
    if (action.by_mail) TRY(notify_by_mail(action, place));
    const auto* state = TRY(unit_.load<deal::State>(stream_));
    for (const auto& recipient : meant(action, state->owner)) {
      v1::NotificationRaised event;
      event.set_user(recipient.user.text());
      event.set_rule(triggered_.rule);
      event.set_pipeline(triggered_.pipeline);
      event.set_text(lasting(action.text));
      unit_.emit(stream_, {make_event(std::move(event))}, cause_);
    }
    return {};
  }

  Unit& unit_;
  const TriggeredRule& triggered_;
  const rules::Rule& rule_;
  const Staff& staff_;
  const StreamName stream_;
  const std::size_t cause_;
};

// How a trigger ends. Within somebody's command it has the id that the runner's command would have.
std::size_t emit_end(Unit& unit, const TriggeredRule& triggered, NewEvent event) {
  if (triggered.cause) event.id = triggered.id;
  return unit.emit(triggered.deal.text(), {std::move(event)}, triggered.cause);
}

Result<void> stop_loop(Unit& unit, const TriggeredRule& triggered) {
  v1::AutomationStopped stopped;
  stopped.set_what("rule:" + triggered.rule);
  stopped.set_depth(triggered.causation_depth);
  TRY(skip_rule(unit, triggered, "loop_stopped"));
  unit.emit(triggered.deal.text(), {make_event(std::move(stopped))}, triggered.cause);
  return {};
}

std::string effect_of(const TriggeredRule& triggered) { return "rule:" + triggered.rule; }

}  // namespace

Unit::Author author_of(std::string_view pipeline, std::string_view rule,
                       std::uint64_t regulation_version) {
  return {.actor = {"rule", rule::id_of(pipeline, rule).text()},
          .rights = user::Rights{user::Right::kRead, user::Right::kWrite},
          .rule = std::string(rule),
          .rule_version = regulation_version};
}

Result<void> carry_out_rule(Unit& unit, const TriggeredRule& triggered, const Staff& staff,
                            RuleAttempt& attempt) {
  const StreamName stream = triggered.deal.text();
  const RuleTexts texts =
      TRY(texts_of(unit, triggered.pipeline, triggered.rule, triggered.regulation_version));
  attempt = {.simulated = texts.mode == rules::RuleMode::kSimulate};
  const auto skip = [&](std::string_view reason) { return skip_rule(unit, triggered, reason); };
  if (const auto gone = texts.gone(); !gone.empty()) return skip(gone);
  const auto* state = TRY(unit.load<deal::State>(stream));
  const Parties parties = parties_of(*state);
  const auto around =
      TRY(surroundings_of(unit, triggered.pipeline, &parties, true, unit.language()));
  deal::RuleCall call = triggered.call;
  call.simulated = attempt.simulated;
  if (const auto reason = deal::why_not(*state, *texts.rule, call, around.context)) {
    return skip(*reason);
  }
  if (triggered.causation_depth >= kRuleDepth) return stop_loop(unit, triggered);
  const auto steps = deal::steps_from(*texts.rule, call.step, *state, around.context);
  v1::RuleFired fired;
  describe_call(fired, triggered);
  describe_steps(fired, *texts.rule, call.step, steps, unit.now());
  const auto place = emit_end(unit, triggered, make_event(std::move(fired)));
  RuleActs acts(unit, triggered, *texts.rule, staff, place);
  for (std::size_t i = call.step; i < steps.end; ++i) TRY(acts.act(texts.rule->actions[i], i));
  if (!attempt.simulated) return {};
  for (std::size_t i = place + 1; i < unit.emitted().size(); ++i) {
    attempt.events.push_back(unit.emitted()[i].event.payload->GetDescriptor()->name());
  }
  return fail(ErrorKind::kUnprocessable, std::string(kSimulated), "the rule is only tried");
}

Result<void> record_simulation(Unit& unit, const TriggeredRule& triggered,
                               const std::vector<std::string>& events, std::string_view refusal) {
  const auto texts =
      TRY(texts_of(unit, triggered.pipeline, triggered.rule, triggered.regulation_version));
  if (texts.rule == nullptr) return skip_rule(unit, triggered, "rule_removed");
  const auto around =
      TRY(surroundings_of(unit, triggered.pipeline, nullptr, true, unit.language()));
  v1::RuleSimulated event;
  describe_call(event, triggered);
  const auto* state = TRY(unit.load<deal::State>(triggered.deal.text()));
  const auto steps = deal::steps_from(*texts.rule, triggered.call.step, *state, around.context);
  describe_steps(event, *texts.rule, triggered.call.step, steps, unit.now());
  for (const auto& name : events) event.add_events(name);
  event.set_refusal(std::string(refusal));
  unit.emit(triggered.deal.text(), {make_event(std::move(event))});
  return {};
}

Result<void> skip_rule(Unit& unit, const TriggeredRule& triggered, std::string_view reason) {
  v1::EffectSkipped event;
  event.set_trigger(triggered.trigger);
  event.set_effect(effect_of(triggered));
  event.set_reason(std::string(reason));
  emit_end(unit, triggered, make_event(std::move(event)));
  return {};
}

Result<void> fail_rule(Unit& unit, const TriggeredRule& triggered, std::string_view reason) {
  v1::EffectFailed event;
  event.set_trigger(triggered.trigger);
  event.set_effect(effect_of(triggered));
  event.set_reason(std::string(reason));
  event.set_attempts(1);
  unit.emit(triggered.deal.text(), {make_event(std::move(event))});
  return {};
}

Result<void> set_rule_mode(Unit& unit, std::string_view pipeline,
                           const rule::SetRuleMode& command) {
  const auto regulation = TRY(regulation_for(unit, pipeline, true));
  const std::string stream = rule::id_of(pipeline, command.rule).text();
  const auto* state = TRY(unit.load<rule::State>(stream));
  unit.emit(stream, TRY(rule::decide(*state, command, *regulation, unit.language())));
  return {};
}

}  // namespace dealog::use_cases
