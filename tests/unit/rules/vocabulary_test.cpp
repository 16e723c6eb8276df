#include "libs/rules/vocabulary.hpp"

#include <gtest/gtest.h>

#include "libs/rules/facts.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

TEST(Vocabulary, KnowsExactlyTheFieldsThatFactsAnswer) {
  std::vector<std::string_view> known(std::begin(kKnownFields), std::end(kKnownFields)), worded;
  for (const FieldWord& word : field_words()) worded.push_back(word.path);
  EXPECT_EQ(worded, known);
}

TEST(Vocabulary, StandsInTheDescriptionOfTheFormatWordByWord) {
  const std::string readme = file_of_the_tree("libs/rules/README.md");
  for (const auto words :
       {touch_kinds(), touch_directions(), touch_outcomes(), task_kinds(), task_members(),
        quote_states(), invoice_kinds(), invoice_states(), document_kinds(),
        acknowledgement_kinds(), participant_roles(), custom_field_types()}) {
    for (const Word& word : words) {
      EXPECT_TRUE(readme.contains(word.code)) << word.code;
      EXPECT_FALSE(word.ru.empty() || word.en.empty()) << word.code;
    }
  }
  for (const FieldWord& word : field_words()) EXPECT_TRUE(readme.contains(word.path)) << word.path;
}

TEST(Suggestions, NameTheWordThatIsASlipAway) {
  EXPECT_EQ(suggestion("ammount", {"title", "amount"}), "; did you mean 'amount'?");
  EXPECT_EQ(suggestion("tilte", {"title", "amount"}), "; did you mean 'title'?");
  EXPECT_EQ(suggestion("colour", {"title", "amount"}), "; expected one of: title, amount");
  EXPECT_EQ(suggestion("colour", {}), "");
  EXPECT_EQ(suggestion(std::string(10'000, 'a'), {"title"}), "; expected title");
}

}  // namespace
}  // namespace dealog::rules
