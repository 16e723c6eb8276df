#include "tests/layers/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dealog::layers {
namespace {

using testing::ElementsAre;

TEST(StripCpp, TakesOutCommentsAndKeepsLines) {
  EXPECT_EQ(strip_cpp("a; // double\nb;", true), "a;          \nb;");
  EXPECT_EQ(strip_cpp("a /* x\ny */ b", true), "a     \n     b");
  EXPECT_EQ(strip_cpp("a // to the end", true), "a              ");
}

TEST(StripCpp, TakesOutTextsWhenAsked) {
  EXPECT_EQ(strip_cpp(R"(f("a // b"); g)", true), R"(f("      "); g)");
  EXPECT_EQ(strip_cpp(R"(f("a\"b"); // c)", false), R"(f("a\"b");     )");
  EXPECT_EQ(strip_cpp("R\"x(a)\" // b)x\" c", true), "R\"x(        )x\" c");
}

TEST(StripCpp, IsNotMisledByDigitSeparatorsAndQuotedQuotes) {
  EXPECT_EQ(strip_cpp("x = 1'000; // n", true), "x = 1'000;     ");
  EXPECT_EQ(strip_cpp("c == '\"'; d", true), "c == ' '; d");
  EXPECT_EQ(strip_cpp("c == '\\''; // d", true), "c == '  ';     ");
}

TEST(SourceFile, FindsItsIncludesOutsideComments) {
  const SourceFile file{"a.cpp", "#include <map>\n// #include <set>\n#  include \"b/c.hpp\"\n"};
  const auto found = file.includes();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].path, "map");
  EXPECT_TRUE(found[0].angled);
  EXPECT_EQ(found[1].path, "b/c.hpp");
  EXPECT_FALSE(found[1].angled);
  EXPECT_EQ(found[1].line, 3);
}

TEST(SourceFile, CountsItsLines) {
  EXPECT_THAT((SourceFile{"a.cpp", "a\n\nb\n"}.lines()), ElementsAre("a", "", "b"));
  EXPECT_THAT((SourceFile{"a.cpp", "a\nb"}.lines()), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace dealog::layers
