#include "services/dealog/demo/deal_play.hpp"

#include <fmt/format.h>

namespace dealog::demo {
namespace {

constexpr std::string_view kPutOffReason = "перенос по договорённости с клиентом";

// What the company calls the way by which a lead came, where it is no connected source.
std::string_view source_code(Channel channel) {
  switch (channel) {
    case Channel::kPhone:
      return "phone";
    case Channel::kEmail:
      return "email";
    case Channel::kReferral:
      return "referral";
    default:
      return "repeat";
  }
}

std::optional<deal::RecordTouch> first_touch(const DealSketch& sketch) {
  if (sketch.channel == Channel::kPhone) {
    return deal::RecordTouch{.kind = "call",
                             .direction = "in",
                             .outcome = "connected",
                             .duration_s = 180,
                             .note = sketch.wish};
  }
  if (sketch.channel == Channel::kEmail) {
    return deal::RecordTouch{
        .kind = "email", .direction = "in", .outcome = "received", .note = sketch.wish};
  }
  return std::nullopt;
}

use_cases::PersonInput person_input(const DealSketch& sketch) {
  use_cases::PersonInput input{.name = sketch.person.name, .contacts = {}};
  if (sketch.channel != Channel::kEmail) input.contacts.push_back({"phone", sketch.person.phone});
  if (sketch.channel == Channel::kEmail || sketch.channel == Channel::kReferral) {
    input.contacts.push_back({"email", sketch.person.email});
  }
  return input;
}

}  // namespace

Result<void> DealPlay::open() {
  return comes_by_form(sketch_.channel) ? open_by_form() : open_by_hand();
}

Result<void> DealPlay::open_by_form() {
  const Site site = sketch_.channel == Channel::kTilda ? Site::kTilda : Site::kLanding;
  const auto delivery = TRY(crew_.door.submit(site, {.id = story_id("form"),
                                                     .person = sketch_.person,
                                                     .comment = sketch_.wish,
                                                     .campaign = sketch_.campaign,
                                                     .with_email = sketch_.number % 3 != 0}));
  const auto lead = TRY(crew_.door.lead_of(delivery));
  deal_ = lead.deal;
  person_ = lead.person;
  return {};
}

Result<void> DealPlay::write_again() {
  const Site site = sketch_.channel == Channel::kTilda ? Site::kTilda : Site::kLanding;
  TRY(crew_.door.submit(site, {.id = story_id("form"),
                               .person = sketch_.person,
                               .comment = "Когда вы сможете ответить?",
                               .campaign = sketch_.campaign}));
  return {};
}

Result<void> DealPlay::open_by_hand() {
  use_cases::OpenDealInput input;
  input.deal.title = sketch_.title;
  input.deal.owner = seller_id();
  input.deal.source = source_code(sketch_.channel);
  input.pipeline = crew_.pipeline;
  input.person = person_input(sketch_);
  if (sketch_.channel == Channel::kRepeat && !crew_.won.empty()) {
    const KnownCustomer& known = crew_.won[sketch_.number % crew_.won.size()];
    input.person = known.person;
    input.company = known.company;
    company_ = known.company;
  }
  input.touch = first_touch(sketch_);
  input.language = rules::Language::kRu;
  const auto opened =
      TRY(crew_.desk.by(seller_id(), "open_deal", fmt::format("demo:{}", sketch_.number),
                        [&](Unit& unit) { return use_cases::open_deal(unit, input); }));
  deal_ = opened.deal;
  if (opened.person) person_ = *opened.person;
  return {};
}

Result<void> DealPlay::take_over() {
  TRY(hand_over(sketch_.seller));
  return change({.title = sketch_.title});
}

Result<void> DealPlay::touch(std::string_view kind, std::string_view direction,
                             std::string_view outcome, std::uint32_t duration_s,
                             std::string_view note) {
  return act(deal::RecordTouch{.kind = std::string(kind),
                               .direction = std::string(direction),
                               .outcome = std::string(outcome),
                               .duration_s = duration_s,
                               .note = std::string(note),
                               .person = person_});
}

Result<void> DealPlay::change(deal::DetailsChange fields) {
  return act(deal::ChangeDealDetails{std::move(fields)});
}

Result<void> DealPlay::move(std::string_view to, deal::DetailsChange fields, std::string reason) {
  return act(deal::ChangeDealStage{
      .to = std::string(to), .fields = std::move(fields), .reason = std::move(reason)});
}

Result<void> DealPlay::override_to(std::string_view to, std::string reason) {
  return act(crew_.staff.head(),
             deal::ChangeDealStage{
                 .to = std::string(to), .reason = std::move(reason), .override_gates = true});
}

Result<void> DealPlay::lose(std::string_view reason, std::string_view note) {
  TRY(void_unpaid_invoices());
  return act(deal::LoseDeal{.reason = std::string(reason), .note = std::string(note)});
}

Result<void> DealPlay::reopen(std::string_view reason) {
  TRY(act(deal::ReopenDeal{.reason = std::string(reason)}));
  return issue_again();
}

Result<void> DealPlay::hand_over(std::size_t seller) {
  sketch_.seller = seller;
  if (!began()) return {};
  return act(crew_.staff.head(), deal::AssignDealOwner{.owner = seller_id()});
}

Result<void> DealPlay::finish(std::string_view kind, std::string_view result) {
  const auto state = TRY(crew_.desk.deal(deal_));
  for (const auto& task : state->open_tasks) {
    if (!kind.empty() && task.kind != kind) continue;
    TRY(act(deal::CompleteTask{.task = task.id, .result = std::string(result)}));
  }
  return {};
}

Result<void> DealPlay::plan(std::string_view kind, std::string_view title, deal::DueInput due) {
  return act(deal::CreateTask{.kind = std::string(kind), .title = std::string(title), .due = due});
}

Result<void> DealPlay::plan_for_last_day(std::string_view title) {
  const auto zone = TRY(crew_.desk.core().users().zone_of(seller_id()));
  return plan("call", title, {.date = TRY(local_date(crew_.desk.until(), zone))});
}

Result<void> DealPlay::plan_meeting(Timestamp at) {
  return act(deal::CreateTask{.kind = "meeting",
                              .title = "Встреча: " + sketch_.company.short_name,
                              .due = {.at = at},
                              .place = sketch_.number % 2 == 0 ? "Видеозвонок" : "Офис клиента",
                              .participants = {person_.text(), seller_id().text()},
                              .note = "Пройти по брифу, выяснить, кто решает и кто платит"});
}

Result<void> DealPlay::put_off(std::string_view kind, Timestamp to, std::string_view reason) {
  const auto state = TRY(crew_.desk.deal(deal_));
  for (const auto& task : state->open_tasks) {
    if (!kind.empty() && task.kind != kind) continue;
    TRY(act(
        deal::RescheduleTask{.task = task.id, .due = {.at = to}, .reason = std::string(reason)}));
  }
  return {};
}

Result<void> DealPlay::keep_promises(Timestamp next, std::string_view title) {
  // What is planned for `next` is done within the hour.
  const Timestamp due = next + std::chrono::hours(1);
  const auto state = TRY(crew_.desk.deal(deal_));
  if (state->open_tasks.empty()) return plan("call", title, {.at = due});
  for (const auto& task : state->open_tasks) {
    if (task.overdue_at.is_zero() || task.overdue_at > next) continue;
    TRY(act(deal::RescheduleTask{
        .task = task.id, .due = {.at = due}, .reason = std::string(kPutOffReason)}));
  }
  return {};
}

std::string DealPlay::story_id(std::string_view what) {
  return fmt::format("{}-{}-{}", what, sketch_.number, ++ids_);
}

}  // namespace dealog::demo
