#include "libs/projection/sealed_text.hpp"

#include <gtest/gtest.h>

#include "libs/event/codec.hpp"
#include "tests/support/history.hpp"
#include "tests/support/sample_events.hpp"

namespace dealog {
namespace {

using dealog::testing::History;

class Sealed : public ::testing::Test {
 protected:
  Sealed() {
    history_.append(deal_, dealog::testing::deal_opened("A shop for ACME"));
    EXPECT_TRUE(history_.log().read(Position{1}, Direction::kForward, 1, [&](const auto& stored) {
      const auto event = decode(stored.record, Open::kNothing, nullptr);
      EXPECT_TRUE(event);
      keep_boxes(*event, row_);
      return true;
    }));
  }
  SealedText title(PersonalView personal) {
    const auto opened = BoxOpener(history_.keys(), personal).open(row_);
    return opened.text(opened.as<v1::DealOpened>()->title());
  }

  History history_;
  std::string deal_ = history_.make_id<DealId>();
  v1::SealedFields row_;
};

TEST_F(Sealed, IsShownToThoseWithTheRight) {
  EXPECT_EQ(title(PersonalView::kShown), (SealedText{TextState::kShown, "A shop for ACME"}));
}

TEST_F(Sealed, IsMaskedForThoseWithout) {
  EXPECT_EQ(title(PersonalView::kMasked), (SealedText{TextState::kMasked, ""}));
}

TEST_F(Sealed, ReadsAsErasedOnceItsKeyIsDestroyed) {
  history_.keys().erase(deal_);
  EXPECT_EQ(title(PersonalView::kShown).state, TextState::kErased);
}

TEST_F(Sealed, ReadsAsLostWhenItsKeyIsMissing) {
  history_.keys().lose(deal_);
  EXPECT_EQ(title(PersonalView::kShown).state, TextState::kLost);
}

TEST_F(Sealed, ReadsAsLostWhenItsBytesWereChanged) {
  row_.mutable_boxes(0)->mutable_ciphertext()->front() ^= 1;
  EXPECT_EQ(title(PersonalView::kShown).state, TextState::kLost);
}

TEST_F(Sealed, TheRowItselfHoldsNoPlaintext) {
  EXPECT_EQ(row_.SerializeAsString().find("ACME"), std::string::npos);
}

TEST_F(Sealed, IsAbsentWhenTheEventHadNoBox) {
  EXPECT_EQ(BoxOpener(history_.keys(), PersonalView::kShown).open({}).state(), TextState::kAbsent);
}

}  // namespace
}  // namespace dealog
