// The words that a regulation may use, each with what people call it: what the API accepts as a
// kind, outcome, state or role, and the fields of a deal. One list for the parser, the soundness
// check and the sentences.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dealog::rules {

struct Word {
  std::string_view code;
  std::string_view ru;
  std::string_view en;
};

enum class FieldType { kText, kNumber, kMoney, kDate, kBool, kReference };

struct FieldWord {
  std::string_view path;
  FieldType type;
  std::string_view fill_ru;  // an imperative: "Заполните сумму"
  std::string_view fill_en;
  std::string_view ru;  // the name alone: "сумма"
  std::string_view en;
};

std::span<const Word> touch_kinds();
std::span<const Word> touch_directions();
std::span<const Word> touch_outcomes();
std::span<const Word> task_kinds();
std::span<const Word> task_members();  // what TaskQuery::with may name
std::span<const Word> quote_states();
std::span<const Word> invoice_kinds();
std::span<const Word> invoice_states();
std::span<const Word> document_kinds();
std::span<const Word> acknowledgement_kinds();
std::span<const Word> participant_roles();
std::span<const Word> custom_field_types();
// What may become of a quote, an invoice or a payment, as a trigger of a rule.
std::span<const Word> quote_changes();
std::span<const Word> invoice_changes();
std::span<const Word> payment_changes();
std::span<const Word> user_roles();
// What a rule does, and why nothing was done in its stead.
std::span<const Word> rule_actions();
std::span<const Word> effect_reasons();
// The known fields (kKnownFields), without the custom ones.
std::span<const FieldWord> field_words();

// Null when the list has no such code. Thread: any.
const Word* find_word(std::span<const Word> words, std::string_view code);
const FieldWord* find_field(std::string_view path);
std::vector<std::string_view> codes_of(std::span<const Word> words);

// The type of a custom field ("text", "number", "date", "bool"); text for anything else.
FieldType field_type(std::string_view type_name);

// "; did you mean 'x'?" for the candidate that is a slip of the pen away (optimal string alignment
// distance ≤ a third of the length), else the whole list "; expected one of: a, b, c".
std::string suggestion(std::string_view text, const std::vector<std::string_view>& candidates);

}  // namespace dealog::rules
