// What regulations name elsewhere, as the log knows it: users, persons, companies, other pipelines,
// addresses of webhooks.
#pragma once

#include "libs/command/folds.hpp"
#include "libs/event/json_form.hpp"
#include "libs/rules/elsewhere.hpp"

namespace dealog {

// As of the last command that this process finished. Names of people only for whoever may read
// them. What cannot be read now is taken to be there. Thread: any.
class ElsewhereBook final : public rules::Elsewhere {
 public:
  explicit ElsewhereBook(const Folds& folds, PersonalView personal = PersonalView::kMasked)
      : folds_(folds), personal_(personal) {}

  bool has(rules::Kept kind, std::string_view code) const override;
  std::string name_of(rules::Kept kind, std::string_view code, Language language) const override;
  std::vector<std::string> all(rules::Kept kind) const override;

 private:
  const Folds& folds_;
  const PersonalView personal_;
};

}  // namespace dealog
