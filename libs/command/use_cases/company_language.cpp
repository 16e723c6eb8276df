#include "libs/command/use_cases/company_language.hpp"

#include "libs/documents/document_data.hpp"
#include "libs/domain/legal_entity/legal_entity.hpp"

namespace dealog::use_cases {

Result<Language> company_language(Unit& unit) {
  const auto chosen = TRY(unit.last_with_tag(open_tag(std::string(legal_entity::kDefaultTag))));
  if (!chosen) return Language::kRu;
  const auto* entity = TRY(unit.glance<legal_entity::State>(chosen->stream));
  return documents::language_of(entity->language).value_or(Language::kRu);
}

}  // namespace dealog::use_cases
