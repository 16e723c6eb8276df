// Opening a deal, its fields, its owner and those who take part.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dealog/v1/deal_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/automation.hpp"
#include "libs/domain/deal/details.hpp"
#include "libs/domain/deal/gates.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/lines.hpp"
#include "libs/domain/deal/timing.hpp"
#include "libs/domain/deal/vocabulary.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::deal {
namespace {

constexpr std::size_t kCampaignValueBytes = 500;

void check_campaign(const OpenDeal& command, InputCheck& check) {
  if (command.campaign.size() > kCampaignEntries) {
    check.add("/campaign", "too_many", fmt::format("не больше {} меток", kCampaignEntries),
              fmt::format("at most {} entries", kCampaignEntries));
    return;
  }
  for (const auto& [name, value] : command.campaign) {
    const std::string at = "/campaign" + pointer_step(name);
    check.text(name, at, limits::kCodeBytes, Presence::kRequired);
    check.text(value, at, kCampaignValueBytes, Presence::kOptional);
  }
}

Result<> check_opening(const OpenDeal& command, const Context& context) {
  InputCheck check(context.language);
  DetailsChange fields;
  fields.title = command.title;
  if (command.amount) fields.amount = *command.amount;
  fields.work_type = command.work_type;
  fields.source = command.source;
  fields.custom = command.custom;
  check_details(fields, State{}, context, "", check);
  check_campaign(command, check);
  if (!command.stage.empty() && !context.regulation->stage(command.stage)) {
    check.add("/stage", "unknown_stage", "такого этапа нет в регламенте",
              "the regulation has no such stage");
  }
  return check.result();
}

v1::DealOpened opened(const OpenDeal& command, const rules::Stage& stage, Timestamp at,
                      const Context& context) {
  const rules::Regulation& regulation = *context.regulation;
  v1::DealOpened event;
  event.set_pipeline(regulation.code);
  event.set_regulation_version(regulation.version);
  event.set_stage(stage.code);
  event.set_title(command.title);
  if (command.amount) put_money(event.mutable_amount(), *command.amount);
  event.set_work_type(command.work_type);
  event.set_source(command.source);
  if (command.owner) event.set_owner(command.owner->text());
  event.set_owner_stands_in(command.owner && command.owner_stands_in);
  if (command.person) event.set_person(command.person->text());
  if (command.company) event.set_company(command.company->text());
  if (command.expected_close) event.set_expected_close_date(command.expected_close->text());
  for (const auto& [code, value] : command.custom) {
    const std::string text = value ? custom_text(*value) : std::string();
    if (text.empty()) continue;
    v1::TextField* field = event.add_custom();
    field->set_code(code);
    field->set_value(text);
  }
  for (const auto& [name, value] : command.campaign) (*event.mutable_campaign())[name] = value;
  event.set_stuck_at(stuck_at(stage, at, context).us);
  if (regulation.answer_within && &stage == &regulation.stages.front()) {
    event.set_answer_by(regulation.answer_within->after(at, regulation.calendar).us);
  }
  return event;
}

// A deal that is opened at a later stage came from elsewhere: its first visit is as reported.
void report_first_stage(Decision& decision, const OpenDeal& command, const rules::Stage& stage,
                        const Occurred& occurred) {
  const rules::Regulation& regulation = decision.regulation();
  std::vector<rules::Verdict> verdicts;
  for (const rules::Stage& before : regulation.stages) {
    if (before.code == stage.code) break;
    judge_into(verdicts, before.exit, decision.state(), decision.context());
  }
  judge_into(verdicts, stage.entry, decision.state(), decision.context());
  std::erase_if(verdicts, [](const rules::Verdict& verdict) { return verdict.met; });
  v1::DealStageReported event;
  event.set_to(stage.code);
  event.set_visit(1);
  event.set_origin(command.origin);
  event.set_regulation_version(regulation.version);
  put_verdicts(event.mutable_unmet(), verdicts);
  event.set_stuck_at(decision.state().stuck_at.us);
  decision.add(std::move(event), {.occurred = occurred, .caused_by = 0});
}

void check_role(InputCheck& check, std::string_view role) {
  if (rules::find_word(rules::participant_roles(), role) != nullptr) return;
  const auto roles =
      fmt::format("{}", fmt::join(rules::codes_of(rules::participant_roles()), ", "));
  check.add("/role", role.empty() ? "required" : "unknown_role", "роль — одна из: " + roles,
            "a role is one of: " + roles);
}

Result<> check_participant(const State& state, const SetParticipant& command,
                           const Context& context) {
  InputCheck check(context.language);
  check_role(check, command.role);
  if (command.person.is_nil())
    check.add("/person", "required", "Это поле обязательно", "This field is required");
  TRY(check.result());
  if (state.participants.size() >= limits::kParticipants) {
    return too_many(context, "participants", limits::kParticipants);
  }
  return {};
}

}  // namespace

Result<Events> decide(const State& state, const OpenDeal& command, const Context& context) {
  if (state.exists()) {
    return refuse(context, ErrorKind::kConflict, "deal_exists", "такая сделка уже есть",
                  "this deal exists already");
  }
  TRY(check_opening(command, context));
  const rules::Regulation& regulation = *context.regulation;
  const rules::Stage* stage =
      command.stage.empty() ? &regulation.stages.front() : regulation.stage(command.stage);
  const bool reported = command.reported || stage != &regulation.stages.front();
  if (reported) TRY(require_right(context.may_import, "import", context));
  const Occurred occurred = TRY(occurred_late(command.occurred, context));
  Decision decision(state, context);
  std::vector<Tag> tags = command.tags;
  if (command.person) tags.push_back(deals_of(*command.person));
  if (command.company) tags.push_back(open_tag(command.company->text()));
  const std::size_t index =
      decision.add(opened(command, *stage, instant_of(occurred, context), context),
                   {.tags = std::move(tags), .occurred = occurred});
  std::vector<std::string> filled_in;
  for (const auto& field : command.custom) filled_in.push_back(field.first);
  tell_dates(decision, filled_in, index, occurred);
  if (reported) {
    report_first_stage(decision, command, *stage, occurred);
  } else {
    TRY(enter_stage(decision, index));
    TRY(settle(decision, index));
  }
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const ChangeDealDetails& command,
                      const Context& context) {
  TRY(require_exists(state, context));
  InputCheck check(context.language);
  check_details(command.fields, state, context, "", check);
  TRY(check.result());
  Decision decision(state, context);
  TRY(change_details(decision, command.fields, {}));
  if (decision.state().agreed() != state.agreed()) TRY(settle(decision, 0));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const AssignDealOwner& command, const Context& context) {
  TRY(require_exists(state, context));
  if (command.owner.is_nil()) {
    InputCheck check(context.language);
    check.add("/owner", "required", "Это поле обязательно", "This field is required");
    TRY(check.result());
  }
  Decision decision(state, context);
  DetailsChange change;
  change.owner = command.owner;
  TRY(change_details(decision, change, command.occurred));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const LinkCompany& command, const Context& context) {
  TRY(require_exists(state, context));
  Decision decision(state, context);
  DetailsChange change;
  change.company =
      command.company ? Change<CompanyId>(*command.company) : Change<CompanyId>::cleared();
  TRY(change_details(decision, change, {}));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const SetParticipant& command, const Context& context) {
  TRY(require_exists(state, context));
  TRY(check_participant(state, command, context));
  const Participant wanted{command.person, command.role};
  if (std::ranges::find(state.participants, wanted) != state.participants.end()) return Events{};
  v1::DealParticipantAdded event;
  event.set_person(command.person.text());
  event.set_role(command.role);
  return single(std::move(event), {deals_of(command.person)});
}

Result<Events> decide(const State& state, const RemoveParticipant& command,
                      const Context& context) {
  TRY(require_exists(state, context));
  if (std::ranges::count(state.participants, command.person, &Participant::person) == 0) {
    return refuse(context, ErrorKind::kNotFound, "participant_not_found",
                  "этот человек не участвует в сделке", "this person takes no part in the deal");
  }
  v1::DealParticipantRemoved event;
  event.set_person(command.person.text());
  return single(std::move(event), {deals_of(command.person)});
}

}  // namespace dealog::deal
