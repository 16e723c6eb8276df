#include <string>

#include <gtest/gtest.h>

#include "libs/connectors/parse/brackets.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/urlencoded.hpp"

namespace dealog::connectors {
namespace {

std::vector<FormField> fields(std::string_view body) { return parse_urlencoded(body).value(); }

Node tree(std::string_view body, Repeated repeated = Repeated::kLast) {
  return build_tree(fields(body), repeated).value();
}

TEST(Urlencoded, DecodesNamesAndValues) {
  EXPECT_EQ(fields("%D0%98%D0%BC%D1%8F=%D0%90%D0%BD%D0%BD%D0%B0+%D0%91.&q=a%26b%3Dc"),
            (std::vector<FormField>{{"Имя", "Анна Б."}, {"q", "a&b=c"}}));
}

TEST(Urlencoded, KeepsOrderAndRepetitions) {
  EXPECT_EQ(fields("b=1&a=2&b=3"), (std::vector<FormField>{{"b", "1"}, {"a", "2"}, {"b", "3"}}));
}

TEST(Urlencoded, ReadsPairsWithoutAValueOrAnEqualsSign) {
  EXPECT_EQ(fields("a=&b&&=c"), (std::vector<FormField>{{"a", ""}, {"b", ""}, {"", "c"}}));
  EXPECT_TRUE(fields("").empty());
  EXPECT_TRUE(fields("&&&").empty());
}

TEST(Urlencoded, LeavesAPercentSignThatIsNoEscape) {
  EXPECT_EQ(fields("discount=100%&x=%zz%4")[0].value, "100%");
  EXPECT_EQ(fields("discount=100%&x=%zz%4")[1].value, "%zz%4");
}

TEST(Urlencoded, RefusesAThousandAndOneFields) {
  std::string body;
  for (std::size_t i = 0; i < kFormFields; ++i) body += "a=1&";
  EXPECT_EQ(fields(body).size(), kFormFields);
  EXPECT_EQ(parse_urlencoded(body + "a=1").error().code, "too_many_fields");
}

TEST(Urlencoded, RefusesAnEndlessName) {
  EXPECT_EQ(parse_urlencoded(std::string(kFieldNameBytes + 1, 'n') + "=1").error().code,
            "field_name_too_long");
}

TEST(Brackets, MakeMapsOfMaps) {
  const Node root = tree("leads[status][0][id]=17&leads[status][0][name]=x&leads[add][3][id]=9");
  EXPECT_EQ(root.text_of({"leads", "status", "0", "id"}), "17");
  EXPECT_EQ(root.text_of({"leads", "status", "0", "name"}), "x");
  EXPECT_EQ(root.text_of({"leads", "add", "3", "id"}), "9");
  EXPECT_EQ(root.find({"leads", "add", "0"}), nullptr);
}

TEST(Brackets, TakeSparseAndEnormousIndexesAsKeys) {
  const Node root = tree("a[4000000000]=x&a[18446744073709551615]=y&a[99999999999999999999999]=z");
  EXPECT_EQ(root.find("a")->entries.size(), 3u);
  EXPECT_EQ(root.text_of({"a", "4000000000"}), "x");
}

TEST(Brackets, AppendWhereTheIndexIsEmpty) {
  const Node root = tree("a[]=x&a[5]=y&a[]=z&b[][n]=1&b[][n]=2");
  EXPECT_EQ(root.text_of({"a", "0"}), "x");
  EXPECT_EQ(root.text_of({"a", "6"}), "z");
  EXPECT_EQ(root.text_of({"b", "1", "n"}), "2");
}

TEST(Brackets, ThatDoNotPairArePartOfAnOrdinaryName) {
  for (const std::string name : {"a[b", "a]b", "[a]", "a[b]c", "a[b[c]]", "["}) {
    const Node root = build_tree({{name, "v"}}, Repeated::kLast).value();
    ASSERT_EQ(root.entries.size(), 1u) << name;
    EXPECT_EQ(root.entries[0].key, name);
    EXPECT_EQ(root.entries[0].node.text, "v");
  }
}

TEST(Brackets, LetTheLastOfOneNameCount) {
  EXPECT_EQ(tree("token=1&token=2").text_of("token"), "2");
  EXPECT_EQ(tree("a=1&a[b]=2").text_of({"a", "b"}), "2");
  EXPECT_EQ(tree("a[b]=2&a=1").text_of("a"), "1");
}

TEST(Brackets, CollectCheckBoxesWhereAsked) {
  const Node root = tree("topic=seo&topic=ads&topic=site&x=1", Repeated::kCollect);
  ASSERT_EQ(root.find("topic")->kind, Node::Kind::kList);
  EXPECT_EQ(root.text_of({"topic", "2"}), "site");
  EXPECT_EQ(root.text_of("x"), "1");
}

TEST(Brackets, RefuseNestingOverTheLimit) {
  std::string name = "a";
  for (std::size_t i = 1; i < kNestingDepth; ++i) name += "[b]";
  EXPECT_TRUE(build_tree({{name, "v"}}, Repeated::kLast));
  EXPECT_EQ(build_tree({{name + "[b]", "v"}}, Repeated::kLast).error().code, "nesting_too_deep");
}

}  // namespace
}  // namespace dealog::connectors
