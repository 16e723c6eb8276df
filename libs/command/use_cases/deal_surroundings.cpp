#include "libs/command/use_cases/deal_surroundings.hpp"

#include <charconv>

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/company/company.hpp"
#include "libs/domain/document/document.hpp"
#include "libs/domain/legal_entity/legal_entity.hpp"
#include "libs/domain/person/person.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::use_cases {
namespace {

constexpr int kMergeHops = 16;

// Adds a person's facts; returns the person into whom that one was merged, or nothing.
StreamName add_person(deal::PartyFacts& facts, const StreamName& stream,
                      const person::State& state) {
  facts.judged.push_back({stream, state.version});
  if (!state.merged_into.empty()) return state.merged_into;
  facts.person_name = !state.name.empty();
  for (const auto& contact : state.contacts) {
    if (contact.kind == "phone") facts.person_phone = true;
    if (contact.kind == "email") facts.person_email = true;
  }
  return {};
}

StreamName add_company(deal::PartyFacts& facts, const StreamName& stream,
                       const company::State& state) {
  facts.judged.push_back({stream, state.version});
  if (!state.merged_into.empty()) return state.merged_into;
  facts.company_name = !state.name.empty();
  facts.company_tax_id = !state.tax_id.empty();
  return {};
}

// `read_person` and `read_company` are stream → Result<pointer to state>.
template <class ReadPerson, class ReadCompany>
Result<deal::PartyFacts> facts_of(const Parties& parties, const ReadPerson& read_person,
                                  const ReadCompany& read_company) {
  deal::PartyFacts facts;
  StreamName stream = parties.person;
  for (int hop = 0; hop < kMergeHops && !stream.empty(); ++hop) {
    const auto state = TRY(read_person(stream));
    stream = add_person(facts, stream, *state);
  }
  stream = parties.company;
  for (int hop = 0; hop < kMergeHops && !stream.empty(); ++hop) {
    const auto state = TRY(read_company(stream));
    stream = add_company(facts, stream, *state);
  }
  return facts;
}

// The last invoice with the tag that the unit itself issues, else the last in the log, held.
Result<std::uint32_t> last_invoice_number(Unit& unit, const Tag& tag) {
  const auto& emitted = unit.emitted();
  for (auto made = emitted.rbegin(); made != emitted.rend(); ++made) {
    const auto& payload = *made->event.payload;
    const auto& tags = made->event.tags;
    if (payload.GetDescriptor() != v1::InvoiceIssued::descriptor()) continue;
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) continue;
    return document::number_parts(static_cast<const v1::InvoiceIssued&>(payload).number()).number;
  }
  const auto last = TRY(unit.hold_tag(tag));
  const auto* issued = last ? last->as<v1::InvoiceIssued>() : nullptr;
  return issued != nullptr ? document::number_parts(issued->number()).number : 0;
}

rules::OwnTime time_of(const user::State& user) {
  rules::OwnTime own{.time_zone = user.time_zone, .calendar = user.calendar, .absences = {}};
  for (const auto& absence : user.absences) own.absences.push_back({absence.from, absence.until});
  return own;
}

Result<std::string> series_of(Unit& unit, std::string legal_entity) {
  if (legal_entity.empty()) {
    const auto chosen = TRY(unit.last_with_tag(open_tag(std::string(legal_entity::kDefaultTag))));
    if (!chosen) return std::string();
    legal_entity = chosen->stream;
  }
  if (!LegalEntityId::parse(legal_entity)) {
    return not_found(unit.language(), "legal_entity", legal_entity);
  }
  const auto* state = TRY(unit.glance<legal_entity::State>(legal_entity));
  if (!state->exists()) return not_found(unit.language(), "legal_entity", legal_entity);
  return state->series;
}

Result<deal::InvoiceNumber> next_invoice(Unit& unit, const rules::Regulation& regulation,
                                         const std::string& legal_entity) {
  const Date today = TRY(local_date(unit.now(), regulation.calendar.time_zone));
  deal::InvoiceNumber next;
  const std::string text = today.text();
  std::from_chars(text.data(), text.data() + 4, next.year);
  next.series = TRY(series_of(unit, legal_entity));
  next.number = TRY(last_invoice_number(unit, next.tag())) + 1;
  return next;
}

}  // namespace

std::function<Result<deal::InvoiceNumber>()> invoice_numbers(Unit& unit,
                                                             const rules::Regulation& regulation,
                                                             std::string legal_entity) {
  return [&unit, &regulation, legal_entity = std::move(legal_entity)] {
    return next_invoice(unit, regulation, legal_entity);
  };
}

Parties parties_of(const deal::State& state) {
  Parties parties;
  if (const auto* contact = state.contact()) parties.person = contact->person.text();
  if (!state.company.is_nil()) parties.company = state.company.text();
  return parties;
}

Result<DealSurroundings> surroundings_of(Unit& unit, std::string_view pipeline,
                                         const Parties* parties, bool conditional,
                                         rules::Language language) {
  DealSurroundings around;
  around.regulation = TRY(regulation_for(unit, pipeline, conditional));
  auto& context = around.context;
  context.now = unit.now();
  context.actor = unit.actor();
  context.may_override = unit.rights().has(user::Right::kOverride);
  context.may_import = unit.rights().has(user::Right::kImport);
  context.language = language;
  context.regulation = around.regulation.get();
  context.ids = &unit.ids();
  context.zone_of = [&unit](const UserId& id) {
    const auto state = unit.glance<user::State>(id.text());
    return state ? (*state)->time_zone : std::string();
  };
  context.time_of = [&unit](const UserId& id) {
    const auto state = unit.glance<user::State>(id.text());
    return state ? time_of(**state) : rules::OwnTime{};
  };
  context.role_of = [&unit](const UserId& id) {
    const auto state = unit.glance<user::State>(id.text());
    return state && (*state)->active ? (*state)->role : std::string();
  };
  context.next_invoice = invoice_numbers(unit, *around.regulation, "");
  if (parties == nullptr) return around;
  context.party = TRY(facts_of(
      *parties,
      [&](const StreamName& stream) {
        return conditional ? unit.load<person::State>(stream) : unit.glance<person::State>(stream);
      },
      [&](const StreamName& stream) {
        return conditional ? unit.load<company::State>(stream)
                           : unit.glance<company::State>(stream);
      }));
  return around;
}

Result<DealSurroundings> surroundings_of(const Folds& folds, const deal::State& state,
                                         const user::Rights& rights, const Actor& actor,
                                         Timestamp now, rules::Language language) {
  DealSurroundings around;
  around.regulation = TRY(RegulationBook(folds).current(state.pipeline));
  auto& context = around.context;
  context.now = now;
  context.actor = actor;
  context.may_override = rights.has(user::Right::kOverride);
  context.may_import = rights.has(user::Right::kImport);
  context.language = language;
  context.regulation = around.regulation.get();
  context.party = TRY(facts_of(
      parties_of(state),
      [&](const StreamName& stream) { return folds.current<person::State>(stream); },
      [&](const StreamName& stream) { return folds.current<company::State>(stream); }));
  return around;
}

}  // namespace dealog::use_cases
