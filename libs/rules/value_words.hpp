// What fields, their values, people and places are called, for the sentences of criteria and rules.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rules/elsewhere.hpp"
#include "libs/rules/regulation.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {

// By whom titles are known; what nobody knows is called by its code.
struct Naming {
  const Regulation* regulation = nullptr;
  const Elsewhere* elsewhere = nullptr;
};

inline std::string_view pick(Language language, std::string_view ru, std::string_view en) {
  return language == Language::kRu ? ru : en;
}
// First letter as a capital; ASCII and the Cyrillic letters а–я.
std::string capitalised(std::string text);
// «Text», "text".
std::string in_quotes(std::string_view text, Language language);

// "12.5 %": basis points without needless zeros.
std::string percent_text(std::int32_t basis_points, Language language);
// The name of a field: a known one's, a custom one's title, else its code.
std::string field_name(std::string_view path, Language language, const Naming& naming);
// A value of that field: "60,000 RUB", a type of work by its title, people by their names.
std::string value_text(const FieldValue& value, std::string_view field, Language language,
                       const Naming& naming);

std::string stage_name(const std::string& code, Language language, const Naming& naming);
std::string reason_name(const std::string& code, Language language, const Naming& naming);
std::string name_elsewhere(Kept kind, const std::string& code, Language language,
                           const Naming& naming);

// The words for several codes of one list, joined by "or"; unknown codes stand as they are.
std::string words_or(std::span<const Word> words, const std::vector<std::string>& codes,
                     Language language);

}  // namespace dealog::rules
