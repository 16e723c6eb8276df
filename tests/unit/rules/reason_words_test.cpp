#include "libs/rules/reason_words.hpp"

#include <gtest/gtest.h>

namespace dealog::rules {
namespace {

TEST(ReasonWords, TellWhatReceiversAnswered) {
  EXPECT_EQ(reason_words("refused_550", Language::kRu), "сервер не принял письмо (550)");
  EXPECT_EQ(reason_words("refused_for_now_451", Language::kEn),
            "the server does not take it for now (451)");
  EXPECT_EQ(reason_words("status_410", Language::kRu), "получатель ответил (410)");
  EXPECT_EQ(reason_words("no_chat", Language::kEn), "the customer has not written to our bot");
}

TEST(ReasonWords, KeepWhatTheyDoNotKnow) {
  EXPECT_EQ(reason_words("moon_is_full", Language::kRu), "moon_is_full");
  EXPECT_EQ(reason_words("refused_by_all", Language::kRu), "refused_by_all");
  EXPECT_EQ(reason_words("move_not_allowed: touch:call", Language::kEn),
            "the stage does not allow the move: touch:call");
}

}  // namespace
}  // namespace dealog::rules
