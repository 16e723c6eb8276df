#include "libs/documents/template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/documents/default_templates.hpp"

namespace dealog::documents {
namespace {

using testing::HasSubstr;

std::vector<TemplateIssue> issues_of(std::string_view yaml) {
  auto parsed = parse_template(yaml);
  EXPECT_FALSE(parsed.has_value());
  return parsed ? std::vector<TemplateIssue>{} : parsed.error();
}

TEST(Template, IsReadWithItsOptions) {
  const auto parsed = parse_template(R"(
size_pt: 9.5
margin_mm: 20
blocks:
  - heading: "Invoice {number}"
  - text: hello
    bold: true
    align: right
    size_pt: 8
    when: due_date
  - table: [number, title, total]
  - pairs: [[Seller, "{seller.name}"]]
  - space_mm: 5
  - payment_code: Scan it
    size_mm: 40
  - totals: true
footer: "{number}"
)");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->size_tenths, 95);
  ASSERT_EQ(parsed->blocks.size(), 7u);
  EXPECT_EQ(parsed->blocks[1].align, Align::kRight);
  EXPECT_TRUE(parsed->blocks[1].bold);
  EXPECT_EQ(parsed->blocks[1].size_tenths, 80);
  EXPECT_EQ(parsed->blocks[1].when, "due_date");
  EXPECT_EQ(parsed->blocks[2].columns,
            (std::vector<Column>{Column::kNumber, Column::kTitle, Column::kTotal}));
  EXPECT_EQ(parsed->blocks[5].millimetres, 40);
}

TEST(Template, SaysWhichLineIsWrong) {
  const auto issues = issues_of(
      "blocks:\n"
      "  - text: '{sellr.name}'\n"
      "  - tabel: [title]\n"
      "  - table: [title, colour]\n"
      "  - text: x\n"
      "    align: middle\n"
      "  - space_mm: -3\n"
      "colour: red\n");
  std::vector<int> lines;
  for (const auto& issue : issues) lines.push_back(issue.line);
  EXPECT_EQ(lines, (std::vector<int>{2, 3, 3, 4, 6, 7, 8}));
  EXPECT_THAT(issues[0].message, HasSubstr("there is no placeholder 'sellr.name'"));
  EXPECT_THAT(issues[3].message, HasSubstr("unknown column 'colour'"));
  EXPECT_THAT(issues[4].message, HasSubstr("left, center, right, justify"));
}

TEST(Template, IsRefusedWhenItIsNoTemplate) {
  EXPECT_THAT(issues_of("").front().message, HasSubstr("expected a map"));
  EXPECT_THAT(issues_of("blocks: []").front().message, HasSubstr("expected a list of blocks"));
  EXPECT_THAT(issues_of("footer: x").front().message, HasSubstr("expected 'blocks'"));
  EXPECT_THAT(issues_of("blocks: [{text: a, heading: b}]").front().message,
              HasSubstr("a block says one thing"));
  EXPECT_THAT(issues_of("blocks: &a [*a]").front().message, HasSubstr("not read here"));
  EXPECT_EQ(issues_of("blocks:\n  - text: [").front().line, 2);
}

TEST(Template, HasLimits) {
  EXPECT_THAT(issues_of(std::string(kTemplateBytes + 1, '#')).front().message,
              HasSubstr("at most 65536 bytes"));
  std::string many = "blocks:\n";
  for (std::size_t i = 0; i <= kBlocks; ++i) many += "- rule: true\n";
  EXPECT_THAT(issues_of(many).front().message, HasSubstr("at most 300 blocks"));
  EXPECT_THAT(issues_of("blocks:\n- text: " + std::string(kTextBytes + 1, 'a')).front().message,
              HasSubstr("at most 8192 bytes"));
  std::string wrong = "blocks:\n";
  for (int i = 0; i < 200; ++i) wrong += "- text: '{x}'\n";
  EXPECT_EQ(issues_of(wrong).size(), kTemplateIssues);
}

TEST(DefaultTemplates, AreAllSoundAndHaveTheirOwnCodes) {
  for (const TemplateCode& code : all_template_codes()) {
    EXPECT_TRUE(parse_template(default_template(code)).has_value()) << code.text();
    EXPECT_EQ(template_code_of(code.text()), code);
  }
  EXPECT_EQ(template_code_of("invoice-de"), std::nullopt);
}

}  // namespace
}  // namespace dealog::documents
