#include "libs/domain/deal/facts.hpp"

#include <algorithm>

#include "libs/base/number.hpp"
#include "libs/domain/deal/approval.hpp"
#include "libs/domain/deal/vocabulary.hpp"

namespace dealog::deal {
namespace {

using rules::FieldValue;

std::optional<FieldValue> text_value(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

template <class Id>
std::optional<FieldValue> id_value(const Id& id) {
  if (id.is_nil()) return std::nullopt;
  return id.text();
}

// What we only know to be there; nobody may read it here.
std::optional<FieldValue> presence(bool present) {
  if (!present) return std::nullopt;
  return std::string("present");
}

std::optional<FieldValue> typed(const std::string& text, std::string_view type) {
  switch (rules::field_type(type)) {
    case rules::FieldType::kNumber: {
      const auto number = parse_number<std::int64_t>(text);
      if (!number) return std::nullopt;
      return *number;
    }
    case rules::FieldType::kDate: {
      const auto date = Date::parse(text);
      if (!date) return std::nullopt;
      return *date;
    }
    case rules::FieldType::kBool:
      return text == "true";
    default:
      return text;
  }
}

template <class Words>
bool names(const std::vector<std::string>& wanted, const Words& words, std::uint8_t place) {
  return wanted.empty() || std::ranges::count(wanted, word_at(words, place)) > 0;
}

std::uint8_t member_bits(const std::vector<std::string>& members) {
  unsigned bits = 0;
  for (const std::string& member : members) {
    if (member == "assignee")
      bits |= kHasAssignee;
    else if (member == "participants")
      bits |= kHasParticipants;
    else if (member == "place")
      bits |= kHasPlace;
    else if (member == "due")
      bits |= kHasDue;
    else if (member == "note")
      bits |= kHasNote;
    else
      bits |= 128;  // nothing has what we do not know
  }
  return static_cast<std::uint8_t>(bits);
}

}  // namespace

std::optional<FieldValue> DealFacts::field(std::string_view path) const {
  const PartyFacts& party = context_.party;
  const Participant* contact = state_.contact();
  if (path.starts_with("custom.")) {
    const std::string_view code = path.substr(7);
    const std::string* value = state_.custom_value(code);
    if (!value) return std::nullopt;
    const rules::CustomField* field = context_.regulation->custom_field(code);
    return typed(*value, field ? std::string_view(field->type) : "text");
  }
  if (path == "amount") {
    if (state_.amount.currency.empty()) return std::nullopt;
    return state_.amount;
  }
  if (path == "title") return text_value(state_.title);
  if (path == "work_type") return text_value(state_.work_type);
  if (path == "source") return text_value(state_.source);
  if (path == "owner") return id_value(state_.owner);
  if (path == "owner.chosen") return presence(!state_.owner.is_nil() && !state_.owner_stands_in);
  if (path == "company") return id_value(state_.company);
  if (path == "person") return contact ? id_value(contact->person) : std::nullopt;
  if (path == "person.name") return presence(contact && party.person_name);
  if (path == "person.phone") return presence(contact && party.person_phone);
  if (path == "person.email") return presence(contact && party.person_email);
  const bool company = !state_.company.is_nil();
  if (path == "company.name") return presence(company && party.company_name);
  if (path == "company.tax_id") return presence(company && party.company_tax_id);
  if (path == "expected_close_date" && state_.expected_close) return *state_.expected_close;
  return std::nullopt;
}

bool DealFacts::has_touch(const rules::TouchQuery& query) const {
  return std::ranges::any_of(state_.touches, [&](const TouchSeen& seen) {
    return names(query.kinds, rules::touch_kinds(), seen.kind) &&
           names(query.directions, rules::touch_directions(), seen.direction) &&
           names(query.outcomes, rules::touch_outcomes(), seen.outcome) &&
           (!query.answers_customer || seen.answers_customer) &&
           (!query.since_entering_stage || seen.last_visit == state_.visit());
  });
}

bool DealFacts::task_matches(const rules::TaskQuery& query, std::string_view kind,
                             std::uint8_t members, std::uint32_t visit,
                             Timestamp overdue_at) const {
  const std::uint8_t wanted = member_bits(query.with);
  return (query.kinds.empty() || std::ranges::count(query.kinds, kind) > 0) &&
         (members & wanted) == wanted && (!query.in_future || overdue_at > context_.now) &&
         (!query.since_entering_stage || visit == state_.visit());
}

bool DealFacts::has_task(const rules::TaskQuery& query) const {
  const bool open = std::ranges::any_of(state_.open_tasks, [&](const OpenTask& task) {
    return task_matches(query, task.kind, task.members, task.visit, task.overdue_at);
  });
  if (open || query.open) return open;
  return std::ranges::any_of(state_.done_tasks, [&](const DoneTasks& done) {
    return task_matches(query, done.kind, done.members, done.visit, done.last_overdue_at);
  });
}

bool DealFacts::quote_reached(std::string_view at_least) const {
  if (at_least == "rejected") {
    return !state_.quote_in_force() && !state_.quotes.empty() &&
           state_.quotes.back().state == QuoteState::kRejected;
  }
  const Quote* quote = state_.quote_in_force();
  if (!quote) return false;
  if (at_least == "draft") return true;
  if (at_least == "submitted") return quote->submitted() || quote->approved();
  if (at_least == "approved") return quote->approved();
  if (at_least == "sent") return quote->state >= QuoteState::kSent;
  return at_least == "accepted" && quote->state == QuoteState::kAccepted;
}

bool DealFacts::invoice_reached(std::string_view kind, std::string_view at_least) const {
  return std::ranges::any_of(state_.invoices, [&](const Invoice& invoice) {
    if (!invoice.live()) return false;
    if (!kind.empty() && word_at(rules::invoice_kinds(), invoice.kind) != kind) return false;
    if (at_least == "issued") return true;
    if (at_least == "sent") return invoice.state == InvoiceState::kSent || invoice.paid();
    return at_least == "paid" && invoice.paid();
  });
}

bool DealFacts::has_document(std::string_view kind, bool signed_only) const {
  return std::ranges::any_of(state_.documents, [&](const Document& document) {
    return (document.is_signed || !signed_only) &&
           (kind.empty() || word_at(rules::document_kinds(), document.kind) == kind);
  });
}

bool DealFacts::has_acknowledgement(std::string_view kind) const {
  return std::ranges::any_of(state_.acknowledgements, [&](std::uint8_t place) {
    return word_at(rules::acknowledgement_kinds(), place) == kind;
  });
}

bool DealFacts::has_participant(std::string_view role) const {
  return std::ranges::count(state_.participants, role, &Participant::role) > 0;
}

bool DealFacts::discount_within(std::int32_t basis_points) const {
  const Quote* quote = state_.quote_in_force();
  if (!quote || quote->approved()) return true;
  const rules::Regulation& regulation = *context_.regulation;
  const bool granted = !needs_approval(*quote, regulation);
  // What the author may grant by himself is within the policy, though not within a stricter bound.
  if (granted && basis_points >= regulation.discount_basis_points) return true;
  return quote->highest_discount_basis_points <= basis_points && (granted || !quote->below_floor);
}

Money DealFacts::agreed() const { return state_.agreed(); }
Money DealFacts::paid() const { return state_.paid(); }

std::int32_t DealFacts::prepayment_basis_points() const {
  return state_.prepayment_basis_points(*context_.regulation);
}

}  // namespace dealog::deal
