#include "libs/command/use_cases/people.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::use_cases {
namespace {

using person::Contact;
using person::State;

constexpr int kMergeHops = 16;              // a merges into b, b into c, …
constexpr std::size_t kMerges = 1'000'000;  // into one person: all there can be

// A contact and who claims it, held so that it stays so until the append.
struct HeldContact {
  Contact contact;
  std::optional<StreamName> claimant;
};

Result<std::vector<Contact>> normalise_all(const std::vector<person::ContactInput>& inputs,
                                           std::string_view country, std::string_view pointer,
                                           Language language) {
  InputCheck check(language);
  std::vector<Contact> contacts;
  for (const auto& input : inputs) {
    auto contact = person::normalise(input, country, language);
    if (contact) {
      contacts.push_back(std::move(*contact));
    } else {
      add_error(check, fmt::format("{}/{}", pointer, input.kind.empty() ? "contact" : input.kind),
                contact.error());
    }
  }
  TRY(check.result());
  return contacts;
}

Result<std::optional<StreamName>> hold_claimant(Unit& unit, const Contact& contact) {
  const auto tag = person::identifying_tag(contact);
  if (!tag) return std::nullopt;
  if (auto here = unit.emitted_with_tag(*tag)) return here;
  return person::claimant(TRY(unit.hold_tag(*tag)));
}

Result<std::vector<HeldContact>> hold_all(Unit& unit, std::vector<Contact> contacts) {
  std::vector<HeldContact> held;
  for (auto& contact : contacts) {
    auto claimant = TRY(hold_claimant(unit, contact));
    held.push_back({std::move(contact), std::move(claimant)});
  }
  return held;
}

// An e-mail address wins over a phone number.
std::optional<StreamName> chosen_among(const std::vector<HeldContact>& held) {
  for (const std::string_view kind : {"email", "phone"}) {
    for (const auto& one : held) {
      if (one.contact.kind == kind && one.claimant) return one.claimant;
    }
  }
  return std::nullopt;
}

Result<PersonId> register_new(Unit& unit, const PersonInput& input,
                              const std::vector<HeldContact>& held, std::string_view pointer) {
  person::RegisterPerson command{.name = input.name,
                                 .contacts = {},
                                 .source = input.source,
                                 .company = input.company,
                                 .position = input.position};
  for (const auto& one : held) command.contacts.push_back(one.contact);
  const auto id = unit.new_id<PersonId>(fmt::format("person/{}", unit.emitted().size()));
  const State* state = TRY(unit.load<State>(id.text()));
  auto events = person::decide(*state, command, unit.language());
  if (!events) {
    for (auto& field : events.error().fields) field.pointer.insert(0, pointer);
    return fail(std::move(events).error());
  }
  unit.emit(id.text(), std::move(*events));
  return id;
}

// Contacts that nobody claims, a name where there was none, a suggestion where two people meet.
Result<void> complete_known(Unit& unit, const StreamName& stream, const PersonInput& input,
                            const std::vector<HeldContact>& held) {
  for (const auto& one : held) {
    const State* state = TRY(unit.load<State>(stream));
    if (one.claimant && *one.claimant != stream) {
      const auto* because = one.contact.kind == "email" ? "email_claimed" : "phone_claimed";
      unit.emit(stream, TRY(person::decide(*state, person::SuggestMerge{*one.claimant, because},
                                           unit.language())));
      continue;
    }
    const bool known =
        std::any_of(state->contacts.begin(), state->contacts.end(),
                    [&](const Contact& contact) { return contact.same_as(one.contact); });
    if (known || state->contacts.size() >= limits::kContacts) continue;
    unit.emit(stream,
              TRY(person::decide(*state, person::AddContact{one.contact}, unit.language())));
  }
  const State* state = TRY(unit.load<State>(stream));
  if (!state->name.empty() || trim(input.name).empty()) return {};
  unit.emit(stream, TRY(person::decide(*state, person::ChangePersonDetails{.name = input.name},
                                       unit.language())));
  return {};
}

std::unexpected<Error> person_exists(const StreamName& claimant, Language language) {
  return fail(Error{.kind = ErrorKind::kConflict,
                    .code = "person_exists",
                    .message = std::string(in(language, "этот контакт принадлежит ",
                                              "this contact belongs to ")) +
                               claimant,
                    .data = fmt::format(R"({{"person":"{}"}})", claimant)});
}

Result<void> add_contact(Unit& unit, const StreamName& stream, const Contact& contact) {
  const auto claimant = TRY(hold_claimant(unit, contact));
  if (claimant && *claimant != stream) return person_exists(*claimant, unit.language());
  const State* state = TRY(unit.load<State>(stream));
  unit.emit(stream, TRY(person::decide(*state, person::AddContact{contact}, unit.language())));
  return {};
}

}  // namespace

Result<FoundPerson> find_or_register_person(Unit& unit, const PersonInput& input,
                                            std::string_view pointer) {
  auto contacts = TRY(normalise_all(input.contacts, input.country, pointer, unit.language()));
  const auto held = TRY(hold_all(unit, std::move(contacts)));
  const auto known = chosen_among(held);
  if (!known) return FoundPerson{TRY(register_new(unit, input, held, pointer)), true};
  TRY(complete_known(unit, *known, input, held));
  return FoundPerson{TRY(PersonId::parse(*known)), false};
}

Result<std::optional<PersonId>> find_person(Unit& unit, const PersonInput& input) {
  auto contacts = TRY(normalise_all(input.contacts, input.country, "", unit.language()));
  const auto known = chosen_among(TRY(hold_all(unit, std::move(contacts))));
  if (!known) return std::nullopt;
  return TRY(PersonId::parse(*known));
}

Result<PersonId> register_person(Unit& unit, const PersonInput& input) {
  auto contacts = TRY(normalise_all(input.contacts, input.country, "", unit.language()));
  const auto held = TRY(hold_all(unit, std::move(contacts)));
  if (const auto known = chosen_among(held)) return person_exists(*known, unit.language());
  return register_new(unit, input, held, "");
}

Result<void> change_person(Unit& unit, const PersonId& id, const PersonChange& change) {
  const StreamName stream = id.text();
  const State* state = TRY(unit.load<State>(stream));
  unit.emit(stream, TRY(person::decide(*state, change.details, unit.language())));
  for (const auto& contact : TRY(normalise_all(change.add, change.country, "", unit.language()))) {
    TRY(add_contact(unit, stream, contact));
  }
  for (const auto& contact :
       TRY(normalise_all(change.remove, change.country, "", unit.language()))) {
    state = TRY(unit.load<State>(stream));
    unit.emit(stream, TRY(person::decide(*state, person::RemoveContact{contact}, unit.language())));
  }
  return {};
}

Result<void> merge_people(Unit& unit, const PersonId& loser, const PersonId& winner) {
  const State* losing = TRY(unit.load<State>(loser.text()));
  const State* winning = TRY(unit.load<State>(winner.text()));
  auto merged = TRY(person::decide(
      *losing, *winning, person::MergePersons{loser.text(), winner.text()}, unit.language()));
  const auto cause = unit.emit(loser.text(), std::move(merged.of_loser));
  unit.emit(winner.text(), std::move(merged.of_winner), cause);
  return {};
}

Result<std::vector<StreamName>> same_person(const Folds& folds, const StreamName& person) {
  std::vector<StreamName> streams = {person};
  for (std::size_t i = 0; i < streams.size(); ++i) {
    for (const auto& event : TRY(folds.with_tag(person::absorbed_by(streams[i]), kMerges))) {
      const auto* merged = event.as<v1::PersonMerged>();
      if (merged != nullptr && merged->into() == streams[i]) streams.push_back(event.stream);
    }
  }
  return streams;
}

Result<PersonId> resolve_person(Unit& unit, const PersonId& id) {
  StreamName stream = id.text();
  for (int hop = 0; hop < kMergeHops; ++hop) {
    const State* state = TRY(unit.glance<State>(stream));
    if (!state->exists()) {
      return refuse(unit.language(), ErrorKind::kNotFound, "person_not_found",
                    "нет человека " + stream, "there is no person " + stream);
    }
    if (state->erased) {
      return refuse(unit.language(), ErrorKind::kConflict, "person_erased",
                    "данные человека " + stream + " стёрты", "person " + stream + " was erased");
    }
    if (state->merged_into.empty()) return PersonId::parse(stream);
    stream = state->merged_into;
  }
  return fail(ErrorKind::kConflict, "person_merged", "person " + stream + " was merged too often");
}

}  // namespace dealog::use_cases
