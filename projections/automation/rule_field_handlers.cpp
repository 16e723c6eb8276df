// The fields and dates of a deal, as triggers see them.
#include <algorithm>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "projections/automation/rule_deal.hpp"

namespace dealog::views {
namespace {

using rules::FieldValue;
using rules::TriggerKind;

constexpr std::string_view kCloseDate = "expected_close_date";
// Those of DealDetailsChanged that stand openly.
constexpr std::string_view kOpenDetails[] = {"amount", "work_type", "source", kCloseDate};

using Value = std::optional<FieldValue>;

void changed(DealRules& deal, std::string_view field, const Value& from, const Value& to) {
  if (from == to) return;
  deal.happened(TriggerKind::kFieldChanged,
                {.code = field, .from = from ? &*from : nullptr, .to = to ? &*to : nullptr}, field);
}

// What it was and is, nobody but the deal's own may know.
void changed_sealed(DealRules& deal, const std::string& field) {
  deal.happened(TriggerKind::kFieldChanged, {.code = field}, field);
}

void clear_field(v1::RuleDealRow& row, const std::string& name) {
  if (name == "amount") row.clear_amount();
  if (name == "work_type") row.clear_work_type();
  if (name == "source") row.clear_source();
  if (name == kCloseDate) row.clear_expected_close_date();
}

void take_details(const v1::DealDetailsChanged& m, v1::RuleDealRow& row) {
  if (m.has_amount()) *row.mutable_amount() = m.amount();
  if (m.has_work_type()) row.set_work_type(m.work_type());
  if (m.has_source()) row.set_source(m.source());
  if (m.has_expected_close_date()) row.set_expected_close_date(m.expected_close_date());
  for (const auto& name : m.cleared()) clear_field(row, name);
}

// The timers of a date move with it; without it there are none.
void move_deadlines(DealRules& deal, std::string_view field, const std::string& day) {
  deal.cancel_deadlines(field);
  const auto date = Date::parse(day);
  if (date && deal.row().open()) deal.start_deadlines(field, *date);
}

void details_changed(const v1::DealDetailsChanged& m, const RecordedEvent&, DealRules& deal) {
  const std::string close_date = deal.row().expected_close_date();
  std::array<Value, std::size(kOpenDetails)> before;
  const bool heard = deal.listens(TriggerKind::kFieldChanged);
  for (std::size_t i = 0; heard && i < before.size(); ++i) {
    before[i] = open_field(deal.row(), kOpenDetails[i]);
  }
  take_details(m, deal.edit());
  if (deal.row().expected_close_date() != close_date) {
    move_deadlines(deal, kCloseDate, deal.row().expected_close_date());
  }
  if (!heard) return;
  for (std::size_t i = 0; i < before.size(); ++i) {
    changed(deal, kOpenDetails[i], before[i], open_field(deal.row(), kOpenDetails[i]));
  }
  if (m.title_changed()) changed_sealed(deal, "title");
  for (const auto& code : m.custom_codes()) changed_sealed(deal, "custom." + code);
}

void dates_changed(const v1::DealDatesChanged& m, const RecordedEvent&, DealRules& deal) {
  for (const auto& date : m.dates()) {
    auto& known = (*deal.edit().mutable_dates())[date.field()];
    if (known == date.date()) continue;
    known = date.date();
    if (known.empty()) deal.edit().mutable_dates()->erase(date.field());
    move_deadlines(deal, date.field(), date.date());
  }
}

void owner_assigned(const v1::DealOwnerAssigned& m, const RecordedEvent&, DealRules& deal) {
  const Value before = open_field(deal.row(), "owner");
  deal.set_owner(m.owner());
  changed(deal, "owner", before, open_field(deal.row(), "owner"));
}

void company_linked(const v1::DealCompanyLinked& m, const RecordedEvent&, DealRules& deal) {
  const Value before = open_field(deal.row(), "company");
  deal.edit().set_company(m.company());
  changed(deal, "company", before, open_field(deal.row(), "company"));
}

}  // namespace

void start_all_deadlines(DealRules& deal) {
  if (!deal.listens(TriggerKind::kDeadline)) return;
  if (const auto date = Date::parse(deal.row().expected_close_date())) {
    deal.start_deadlines(kCloseDate, *date);
  }
  // In an order of their own: that of a map is any.
  std::vector<std::pair<std::string, std::string>> dates(deal.row().dates().begin(),
                                                         deal.row().dates().end());
  std::ranges::sort(dates);
  for (const auto& [field, day] : dates) {
    if (const auto date = Date::parse(day)) deal.start_deadlines(field, *date);
  }
}

void add_rule_field_handlers(DealRuleHandlers& handlers) {
  handlers.on<&details_changed>().on<&dates_changed>().on<&owner_assigned>().on<&company_linked>();
}

}  // namespace dealog::views
