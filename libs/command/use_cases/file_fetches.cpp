#include "libs/command/use_cases/file_fetches.hpp"

#include <algorithm>

#include "libs/command/use_cases/files.hpp"
#include "libs/domain/person/person.hpp"

namespace dealog::use_cases {

Result<void> request_files(Unit& unit, const DealId& deal, const TouchId& touch,
                           const std::optional<PersonId>& person,
                           const std::vector<KeptBody>& bodies) {
  const std::size_t taken = std::min(bodies.size(), kFetchedFiles);
  for (std::size_t i = 0; i < taken; ++i) {
    const KeptBody& body = bodies[i];
    const FetchId id(Uuid::derived(touch.uuid(), body.what + ":" + body.id));
    const auto* state = TRY(unit.load<fetch::State>(id.text()));
    unit.emit(id.text(), TRY(fetch::decide(
                             *state,
                             fetch::RequestFile{.source = body.source,
                                                .delivery = body.delivery,
                                                .what = body.what,
                                                .id = body.id,
                                                .target = {.deal = deal.text(),
                                                           .touch = touch.text(),
                                                           .person = person ? person->text() : "",
                                                           .name = body.name,
                                                           .media_type = body.media_type}},
                             unit.language())));
  }
  return {};
}

Result<void> complete_file(Unit& unit, const FetchId& fetch, const file::AttachFile& file) {
  const auto* state = TRY(unit.load<fetch::State>(fetch.text()));
  if (state->status != fetch::Status::kWaiting) return {};
  // On condition that he is not being erased: his files are gone through once.
  if (file.person) TRY(unit.load<person::State>(file.person->text()));
  TRY(attach_file(unit, file));
  const auto* waiting = TRY(unit.load<fetch::State>(fetch.text()));
  unit.emit(fetch.text(),
            TRY(fetch::decide(*waiting, fetch::CompleteFile{file.id.text()}, unit.language())));
  return {};
}

}  // namespace dealog::use_cases
