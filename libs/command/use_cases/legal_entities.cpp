#include "libs/command/use_cases/legal_entities.hpp"

#include <fmt/format.h>

#include "libs/domain/common/refusal.hpp"

namespace dealog::use_cases {

Result<LegalEntityId> register_legal_entity(Unit& unit, legal_entity::RegisterLegalEntity command) {
  const auto id = unit.new_id<LegalEntityId>("legal_entity");
  const Tag all = open_tag(std::string(legal_entity::kEntitiesTag));
  const auto known = TRY(unit.with_tag(all, legal_entity::kEntities)).size();
  TRY(unit.hold_tag(all));  // nobody registers another one meanwhile
  if (known == legal_entity::kEntities) {
    return refuse(unit.language(), ErrorKind::kTooLarge, "too_many_legal_entities",
                  fmt::format("не больше {} юридических лиц", legal_entity::kEntities),
                  fmt::format("at most {} legal entities", legal_entity::kEntities));
  }
  command.chosen = command.chosen || known == 0;
  if (TRY(unit.hold_tag(legal_entity::series_tag(command.series)))) {
    return refuse(unit.language(), ErrorKind::kConflict, "series_taken",
                  fmt::format("серия номеров '{}' занята другим юридическим лицом; назовите "
                              "другие буквы в series",
                              command.series),
                  fmt::format("the series of numbers '{}' is another legal entity's; name other "
                              "letters in series",
                              command.series));
  }
  const auto* state = TRY(unit.load<legal_entity::State>(id.text()));
  unit.emit(id.text(), TRY(legal_entity::decide(*state, command, unit.language())));
  return id;
}

Result<void> publish_template(Unit& unit, const document::PublishTemplate& command) {
  const StreamName stream = document::stream_of(command.code);
  const auto* state = TRY(unit.load<document::TemplateState>(stream));
  unit.emit(stream, TRY(document::decide(*state, command, unit.language())));
  return {};
}

}  // namespace dealog::use_cases
