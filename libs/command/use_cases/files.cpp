#include "libs/command/use_cases/files.hpp"

#include <limits>

#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/file_events.pb.h"
#include "libs/command/use_cases/people.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::use_cases {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

Result<std::size_t> files_of_deal(const Unit& unit, const DealId& deal) {
  return TRY(unit.with_tag(file::files_of(deal), limits::kFilesOfDeal)).size();
}

std::unexpected<Error> file_erased(Language language) {
  return refuse(language, ErrorKind::kNotFound, "file_erased", "этот файл стёрт",
                "this file was erased");
}

}  // namespace

Result<void> attach_file(Unit& unit, const file::AttachFile& command) {
  const StreamName stream = command.deal.text();
  const auto* deal = TRY(unit.glance<deal::State>(stream));
  if (!deal->exists()) return not_found(unit.language(), "deal", stream);
  file::AttachFile named = command;
  if (named.person) named.person = TRY(resolve_person(unit, *named.person));
  const std::size_t others = TRY(files_of_deal(unit, command.deal));
  unit.emit(stream, {TRY(file::decide(named, others, unit.language()))});
  return {};
}

Result<std::vector<bool>> attach_arrived(Unit& unit, const DealId& deal, const TouchId& touch,
                                         const std::optional<PersonId>& person,
                                         std::vector<file::AttachFile> files) {
  std::vector<bool> attached(files.size(), false);
  if (files.empty()) return attached;
  std::size_t others = TRY(files_of_deal(unit, deal));
  const std::size_t cause = unit.emitted().size() - 1;
  for (std::size_t i = 0; i < files.size() && others < limits::kFilesOfDeal; ++i, ++others) {
    files[i].deal = deal;
    files[i].touch = touch;
    files[i].person = person;
    unit.emit(deal.text(), {TRY(file::decide(files[i], others, unit.language()))}, cause);
    attached[i] = true;
  }
  return attached;
}

Result<std::optional<KnownFile>> find_file(const Folds& folds, const FileId& id) {
  const auto event = TRY(folds.last_with_tag(open_tag(id.text())));
  const auto* attached = event ? event->as<v1::FileAttached>() : nullptr;
  if (attached == nullptr) return std::nullopt;
  return KnownFile{.id = id,
                   .name = attached->name(),
                   .media_type = attached->media_type(),
                   .bytes = attached->bytes(),
                   .stored = {.name = attached->stored_as(),
                              .sealed_sha256 = attached->sealed_sha256(),
                              .key = attached->key_id()},
                   .deal = TRY(DealId::parse(event->stream))};
}

Result<std::optional<Deletion>> find_deletion(const Folds& folds, const FileId& id) {
  const auto last = TRY(folds.last_with_tag(file::deletion_of(id)));
  const auto* deleted = last ? last->as<v1::FileDeleted>() : nullptr;
  if (deleted == nullptr) return std::nullopt;
  return Deletion{.at = last->recorded, .by = last->actor, .reason = deleted->reason()};
}

Result<bool> is_named(const Folds& folds, std::string_view subject, std::string_view stored_name) {
  const auto id = FileId::parse(subject);
  if (!id) return false;
  const auto known = TRY(find_file(folds, *id));
  return known && known->stored.name == stored_name;
}

Result<Outcome> delete_file(CommandBus& bus, const DestroyKey& destroy_key, CommandRequest request,
                            const FileId& id, std::string reason) {
  const auto known = TRY(find_file(bus.folds(), id));
  if (!known) return not_found(request.language, "file", id.text());
  request.stream = known->deal.text();
  auto outcome = TRY(bus.run(std::move(request), [&](Unit& unit) -> Result<void> {
    if (unit.folds().keys().find(known->stored.key, nullptr) == KeyState::kErased) {
      return file_erased(unit.language());
    }
    if (TRY(unit.hold_tag(file::deletion_of(id)))) return {};
    unit.emit(known->deal.text(),
              {TRY(file::decide(file::DeleteFile{id, reason}, unit.language()))});
    return {};
  }));
  TRY(destroy_key(id.text()));
  return outcome;
}

Result<void> finish_deletions(CommandBus& bus, const DestroyKey& destroy_key) {
  const auto deletions = TRY(bus.folds().with_tag(open_tag(std::string(file::kDeletions)), kAll));
  for (const auto& event : deletions) {
    const auto* deleted = event.as<v1::FileDeleted>();
    if (deleted != nullptr) TRY(destroy_key(deleted->file()));
  }
  return {};
}

Result<void> erase_files(CommandBus& bus, const DestroyKey& destroy_key, const Tag& tag) {
  for (const auto& event : TRY(bus.folds().with_tag(tag, kAll))) {
    const auto* attached = event.as<v1::FileAttached>();
    if (attached != nullptr) TRY(destroy_key(attached->file()));
  }
  return {};
}

}  // namespace dealog::use_cases
