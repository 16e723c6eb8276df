#include "libs/command/use_cases/erasure.hpp"

#include <limits>
#include <set>

#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "libs/command/use_cases/files.hpp"
#include "libs/command/use_cases/people.hpp"
#include "libs/domain/delivery/delivery.hpp"
#include "libs/domain/person/person.hpp"

namespace dealog::use_cases {
namespace {

// The reason of an erasure whose own event a restore left out.
constexpr std::string_view kErasedBefore = "restored";
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

void add_tags(std::set<Tag>& tags, const v1::Contact& contact) {
  if (auto tag = person::identifying_tag(person::from_message(contact))) tags.insert(*tag);
}

// Every identifying contact that the person ever had, as far as its boxes can be opened.
Result<std::set<Tag>> tags_ever(const Folds& folds, const StreamName& person) {
  std::set<Tag> tags;
  std::optional<Error> broken;
  TRY(folds.log().read_stream(person, {1}, Direction::kForward, kAll, [&](const auto& stored) {
    const auto event = decode(stored.record, Open::kAll, &folds.keys());
    if (!event) {
      broken = event.error();
      return false;
    }
    if (const auto* registered = event->template as<v1::PersonRegistered>()) {
      for (const auto& contact : registered->contacts()) add_tags(tags, contact);
    } else if (const auto* added = event->template as<v1::PersonContactAdded>()) {
      add_tags(tags, added->contact());
    } else if (const auto* absorbed = event->template as<v1::PersonAbsorbed>()) {
      for (const auto& contact : absorbed->contacts()) add_tags(tags, contact);
    }
    return true;
  }));
  if (broken) return fail(std::move(*broken));
  return tags;
}

// Rows of contacts that have a new claimant stay: they say who that is.
Result<void> erase_tags(CommandBus& bus, const StreamName& person) {
  std::vector<std::string> hashes;
  for (const auto& tag : TRY(tags_ever(bus.folds(), person))) {
    const auto last = TRY(bus.folds().last_with_tag(tag));
    if (last && person::claimant(last)) continue;
    hashes.push_back(bus.folds().index_text(tag));
  }
  if (hashes.empty()) return {};
  return bus.log().erase_personal_tags(hashes);
}

Result<void> erase_deliveries(CommandBus& bus, const DestroyKey& destroy_key,
                              const StreamName& person) {
  for (const auto& event : TRY(bus.folds().with_tag(open_tag(person), kAll))) {
    if (event.as<v1::DeliveryAccepted>() == nullptr) continue;
    const auto state = TRY(bus.folds().current<delivery::State>(event.stream));
    TRY(bus.log().erase_raw_body(state->received_event));
    TRY(destroy_key(event.stream));
    bus.cache().forget(event.stream);
  }
  return {};
}

// The key goes last: as long as it is there, an interrupted erasure still finds what to erase.
Result<void> erase_traces(CommandBus& bus, const DestroyKey& destroy_key,
                          const StreamName& person) {
  TRY(erase_tags(bus, person));
  TRY(erase_deliveries(bus, destroy_key, person));
  const PersonId id = TRY(PersonId::parse(person));
  TRY(erase_files(bus, destroy_key, file::files_of(id)));
  TRY(destroy_key(person));
  bus.cache().forget(person);
  return {};
}

// The raw bodies of a delivery go with its key.
Result<void> erase_delivery(CommandBus& bus, const DestroyKey& destroy_key,
                            const std::string& delivery) {
  const auto state = TRY(bus.folds().current<delivery::State>(delivery));
  if (!state->received_event.is_nil()) TRY(bus.log().erase_raw_body(state->received_event));
  TRY(destroy_key(delivery));
  bus.cache().forget(delivery);
  return {};
}

Result<bool> has_key(const CommandBus& bus, const std::string& subject) {
  const auto key = TRY(bus.folds().log().subject_key(subject));
  return key && bus.folds().keys().find(*key, nullptr) == KeyState::kPresent;
}

Result<bool> erase_again(CommandBus& bus, const DestroyKey& destroy_key,
                         const std::string& subject) {
  if (const auto person = PersonId::parse(subject)) {
    const auto state = TRY(bus.folds().current<person::State>(subject));
    if (!state->exists() || state->erased) return false;
    CommandRequest request{.name = "erase_person",
                           .stream = subject,
                           .actor = {"system", "erasures"},
                           .rights = user::Rights::all()};
    TRY(erase_person(bus, destroy_key, std::move(request), *person, std::string(kErasedBefore)));
    return true;
  }
  if (!TRY(has_key(bus, subject))) return false;
  if (DeliveryId::parse(subject)) {
    TRY(erase_delivery(bus, destroy_key, subject));
  } else {
    if (const auto deal = DealId::parse(subject)) {
      TRY(erase_files(bus, destroy_key, file::files_of(*deal)));
    }
    TRY(destroy_key(subject));
    bus.cache().forget(subject);
  }
  return true;
}

}  // namespace

Result<std::size_t> erase_again(CommandBus& bus, const DestroyKey& destroy_key,
                                const std::set<std::string, std::less<>>& subjects) {
  std::size_t erased = 0;
  for (const auto& subject : subjects)
    erased += TRY(erase_again(bus, destroy_key, subject)) ? 1 : 0;
  return erased;
}

Result<Outcome> erase_person(CommandBus& bus, const DestroyKey& destroy_key, CommandRequest request,
                             const PersonId& id, std::string reason) {
  const StreamName person = id.text();
  auto outcome = TRY(bus.run(std::move(request), [&](Unit& unit) -> Result<void> {
    for (const auto& stream : TRY(same_person(unit.folds(), person))) {
      const auto* state = TRY(unit.load<person::State>(stream));
      if (stream != person && state->erased) continue;
      unit.emit(stream, TRY(person::decide(*state, person::ErasePerson{reason}, unit.language())));
    }
    return {};
  }));
  for (const auto& stream : TRY(same_person(bus.folds(), person))) {
    TRY(erase_traces(bus, destroy_key, stream));
  }
  return outcome;
}

Result<std::size_t> finish_erasures(CommandBus& bus, const DestroyKey& destroy_key) {
  const auto erasures =
      TRY(bus.folds().with_tag(open_tag(std::string(person::kErasuresTag)), kAll));
  for (const auto& event : erasures) TRY(erase_traces(bus, destroy_key, event.stream));
  return erasures.size();
}

}  // namespace dealog::use_cases
