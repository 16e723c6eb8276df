#include "libs/base/result.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace dealog {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorKind::kInvalid, "odd", "cannot halve an odd number");
  return value / 2;
}

Result<std::string> quarter_text(int value) {
  const int once = TRY(half(value));
  return std::to_string(TRY(half(once)));
}

Result<> check(int value) {
  TRY(half(value));
  return {};
}

TEST(Try, YieldsTheValue) { EXPECT_EQ(quarter_text(12).value(), "3"); }

TEST(Try, ReturnsTheFirstErrorUnchanged) {
  const auto result = quarter_text(6);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(result.error().code, "odd");
  EXPECT_EQ(result.error().message, "cannot halve an odd number");
}

TEST(Try, WorksWhereNothingIsReturned) {
  EXPECT_TRUE(check(2));
  EXPECT_FALSE(check(1));
}

TEST(Try, MovesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto use = [&]() -> Result<int> {
    const std::unique_ptr<int> owned = TRY(make());
    return *owned;
  };
  EXPECT_EQ(use().value(), 7);
}

TEST(Fail, KeepsFieldsAndData) {
  Error error{ErrorKind::kUnprocessable, "invalid_fields", "two fields are wrong"};
  error.fields = {{"/amount", "invalid_amount", "not a decimal"}};
  error.data = R"({"unmet":[]})";
  const Result<int> result = fail(error);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fields.at(0).pointer, "/amount");
  EXPECT_EQ(result.error().data, R"({"unmet":[]})");
}

}  // namespace
}  // namespace dealog
