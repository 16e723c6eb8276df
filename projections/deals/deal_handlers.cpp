// The deal itself: opening, stages, fields, people, outcome.
#include <algorithm>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/sealed_text.hpp"
#include "projections/deals/deal_change.hpp"

namespace dealog::views {
namespace {

std::string person_key(const std::string& person, const std::string& deal) {
  return row_keys::key(row_keys::kDealOfPerson, person, deal);
}
std::string company_key(const std::string& company, const std::string& deal) {
  return row_keys::key(row_keys::kDealOfCompany, company, deal);
}

void set_participant(DealChange& change, const std::string& person, const std::string& role) {
  auto& participants = *change.row.mutable_participants();
  auto found = std::ranges::find(participants, person, &v1::ParticipantRow::person);
  auto& participant = found == participants.end() ? *participants.Add() : *found;
  participant.set_person(person);
  participant.set_role(role);
  change.batch.put(person_key(person, change.row.deal()), role);
}

void set_company(DealChange& change, const std::string& company) {
  auto& row = change.row;
  if (!row.company().empty()) change.batch.erase(company_key(row.company(), row.deal()));
  row.set_company(company);
  if (!company.empty()) change.batch.put(company_key(company, row.deal()), "");
}

void enter_stage(DealChange& change, const std::string& stage, std::uint32_t visit,
                 std::int64_t stuck_us, const RecordedEvent& event) {
  auto& row = change.row;
  row.set_stage(stage);
  row.set_visit(visit);
  row.set_stage_entered_us(event.occurred.at.us);
  row.set_stuck_us(stuck_us);
  row.set_stage_reported(false);
  change.form = change.card = true;
}

void set_campaign(v1::DealRow& row, const v1::DealOpened& m) {
  for (const auto& [name, value] : m.campaign()) {
    auto& pair = *row.add_campaign();
    pair.set_name(name);
    pair.set_value(value);
  }
  std::ranges::sort(*row.mutable_campaign(), {}, [](const v1::Pair& p) { return p.name(); });
}

void opened(const v1::DealOpened& m, const RecordedEvent& event, DealChange& change) {
  auto& row = change.row;
  row.set_pipeline(m.pipeline());
  row.set_regulation_version(m.regulation_version());
  row.set_episode(1);
  row.set_outcome("open");
  row.set_opened_us(event.occurred.at.us);
  row.set_opened_position(event.position.value);
  row.set_no_task_since_us(event.occurred.at.us);
  row.set_owner(m.owner());
  row.set_source(m.source());
  row.set_work_type(m.work_type());
  if (!m.amount().currency().empty()) *row.mutable_amount() = m.amount();
  row.set_expected_close_date(m.expected_close_date());
  row.set_answer_by_us(m.answer_by());
  set_campaign(row, m);
  auto& texts = *row.add_texts();
  texts.set_opening(true);
  texts.set_holds_title(true);
  keep_boxes(event, *texts.mutable_fields());
  if (!m.person().empty()) set_participant(change, m.person(), "contact");
  if (!m.company().empty()) set_company(change, m.company());
  enter_stage(change, m.stage(), 1, m.stuck_at(), event);
}

void stage_reported(const v1::DealStageReported& m, const RecordedEvent& event,
                    DealChange& change) {
  // A deal that was opened at a stage is in its first visit already.
  if (m.visit() > change.row.visit()) {
    enter_stage(change, m.to(), m.visit(), m.stuck_at(), event);
  }
  change.row.set_stuck_us(m.stuck_at());
  change.row.set_stage_reported(true);
  change.row.set_regulation_version(m.regulation_version());
  change.form = change.card = true;
}

void stage_changed(const v1::DealStageChanged& m, const RecordedEvent& event, DealChange& change) {
  enter_stage(change, m.to(), m.visit(), m.stuck_at(), event);
  change.row.set_regulation_version(m.regulation_version());
}

// From now on these codes come from a later box, or from none.
void override_custom(v1::DealRow& row, const std::vector<std::string>& codes) {
  for (const auto& code : codes) {
    for (auto& texts : *row.mutable_texts()) {
      auto& known = *texts.mutable_custom_codes();
      known.erase(std::remove(known.begin(), known.end(), code), known.end());
    }
    auto& overridden = *row.mutable_overridden_custom();
    const auto place = std::lower_bound(overridden.begin(), overridden.end(), code);
    if (place != overridden.end() && *place == code) continue;
    *overridden.Add() = code;
    std::ranges::sort(overridden);
  }
}

// Keeps the box of an event that changed the title, custom fields or both, until later boxes hold
// all of them: one box at most for the title and one for each custom field.
void keep_texts(const v1::DealDetailsChanged& m, const RecordedEvent& event, v1::DealRow& row) {
  auto& all = *row.mutable_texts();
  // A box without custom fields has nothing else to hold.
  const bool holds_title = m.title_changed() || m.custom_codes().empty();
  if (holds_title) {
    for (auto& texts : all) texts.set_holds_title(false);
  }
  const auto is_spent = [](const v1::DealTexts& texts) {
    return !texts.opening() && !texts.holds_title() && texts.custom_codes().empty();
  };
  all.erase(std::remove_if(all.begin(), all.end(), is_spent), all.end());
  auto& texts = *all.Add();
  texts.set_holds_title(holds_title);
  texts.mutable_custom_codes()->CopyFrom(m.custom_codes());
  keep_boxes(event, *texts.mutable_fields());
}

void clear_field(v1::DealRow& row, const std::string& name) {
  if (name == "amount")
    row.clear_amount();
  else if (name == "work_type")
    row.clear_work_type();
  else if (name == "source")
    row.clear_source();
  else if (name == "expected_close_date")
    row.clear_expected_close_date();
}

void details_changed(const v1::DealDetailsChanged& m, const RecordedEvent& event,
                     DealChange& change) {
  auto& row = change.row;
  std::vector<std::string> codes(m.custom_codes().begin(), m.custom_codes().end());
  for (const auto& name : m.cleared()) {
    if (name.starts_with("custom.")) codes.push_back(name.substr(7));
  }
  override_custom(row, codes);
  if (!event.boxes.empty()) keep_texts(m, event, row);
  if (m.has_amount()) *row.mutable_amount() = m.amount();
  if (m.has_work_type()) row.set_work_type(m.work_type());
  if (m.has_source()) row.set_source(m.source());
  if (m.has_expected_close_date()) row.set_expected_close_date(m.expected_close_date());
  for (const auto& name : m.cleared()) clear_field(row, name);
  change.form = change.card = true;
}

void owner_assigned(const v1::DealOwnerAssigned& m, const RecordedEvent&, DealChange& change) {
  change.row.set_owner(m.owner());
  change.form = change.card = true;
}

void company_linked(const v1::DealCompanyLinked& m, const RecordedEvent&, DealChange& change) {
  set_company(change, m.company());
  change.form = change.card = true;
}

void participant_added(const v1::DealParticipantAdded& m, const RecordedEvent&,
                       DealChange& change) {
  set_participant(change, m.person(), m.role());
  change.form = change.card = true;
}

void participant_removed(const v1::DealParticipantRemoved& m, const RecordedEvent&,
                         DealChange& change) {
  auto& participants = *change.row.mutable_participants();
  const auto gone = std::remove_if(participants.begin(), participants.end(),
                                   [&](const auto& p) { return p.person() == m.person(); });
  participants.erase(gone, participants.end());
  change.batch.erase(person_key(m.person(), change.row.deal()));
  change.form = change.card = true;
}

void close(DealChange& change, std::string_view outcome, const RecordedEvent& event) {
  change.row.set_outcome(std::string(outcome));
  change.row.set_closed_us(event.occurred.at.us);
  change.row.set_stuck_us(0);
  change.form = change.card = true;
}

void won(const v1::DealWon&, const RecordedEvent& event, DealChange& change) {
  close(change, "won", event);
}

void lost(const v1::DealLost& m, const RecordedEvent& event, DealChange& change) {
  close(change, "lost", event);
  change.row.set_loss_reason(m.reason());
  keep_boxes(event, *change.row.mutable_closing_note());
}

void reopened(const v1::DealReopened& m, const RecordedEvent& event, DealChange& change) {
  auto& row = change.row;
  row.set_outcome("open");
  row.set_episode(m.episode());
  row.set_closed_us(0);
  row.clear_loss_reason();
  row.clear_closing_note();
  if (row.tasks().empty()) row.set_no_task_since_us(event.occurred.at.us);
  enter_stage(change, m.stage(), m.visit(), m.stuck_at(), event);
}

// A touch that never was answers nobody. What else an event did is corrected by events that undo
// it, so nothing more follows from a retraction here.
void retracted(const v1::FactRetracted&, const RecordedEvent& event, DealChange& change) {
  auto& row = change.row;
  if (row.answered_by_event().empty() || row.answered_by_event() != event.amends.view()) return;
  row.clear_answered_by_event();
  row.clear_answered_us();
  change.card = true;
}

}  // namespace

void add_deal_handlers(DealHandlers& handlers) {
  handlers.on<&opened>()
      .on<&stage_reported>()
      .on<&stage_changed>()
      .on<&details_changed>()
      .on<&owner_assigned>()
      .on<&company_linked>()
      .on<&participant_added>()
      .on<&participant_removed>()
      .on<&won>()
      .on<&lost>()
      .on<&reopened>()
      .on<&retracted>();
}

}  // namespace dealog::views
