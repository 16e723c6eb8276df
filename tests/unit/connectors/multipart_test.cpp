#include "libs/connectors/parse/multipart.hpp"

#include <string>

#include <gtest/gtest.h>

#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/media_type.hpp"

namespace dealog::connectors {
namespace {

std::string part(const std::string& headers, const std::string& content) {
  return "--B\r\n" + headers + "\r\n\r\n" + content + "\r\n";
}

std::string field(const std::string& name, const std::string& content) {
  return part("Content-Disposition: form-data; name=\"" + name + "\"", content);
}

std::vector<Part> parts(const std::string& body, std::string_view boundary = "B") {
  auto parsed = parse_multipart(body, boundary);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return parsed.value_or(std::vector<Part>{});
}

std::string refusal(const std::string& body, std::string_view boundary = "B") {
  const auto parsed = parse_multipart(body, boundary);
  return parsed ? "accepted" : parsed.error().code;
}

TEST(Multipart, ReadsFieldsWithTheirBytesUntouched) {
  const auto read =
      parts(field("name", "Анна") + field("text", "line 1\r\nline 2\r\n") + "--B--\r\n");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].name, "name");
  EXPECT_EQ(read[0].content, "Анна");
  EXPECT_FALSE(read[0].filename);
  EXPECT_EQ(read[1].content, "line 1\r\nline 2\r\n");
}

TEST(Multipart, ReadsFilesAndTheCharsetOfAPart) {
  const auto read = parts(
      part("Content-Disposition: form-data; name=\"f\"; filename=\"C:\\docs\\a \\\"b\\\"; "
           "c.pdf\"\r\n"
           "Content-Type: Application/PDF",
           std::string("%PDF\0\r\n--", 9)) +
      part("content-disposition: form-data; name=n\r\nContent-Type: text/plain; charset=koi8-r",
           "x") +
      "--B--");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].filename, "C:\\docs\\a \"b\"; c.pdf");
  EXPECT_EQ(read[0].content_type, "application/pdf");
  EXPECT_EQ(read[0].content, std::string("%PDF\0\r\n--", 9));
  EXPECT_EQ(read[1].name, "n");
  EXPECT_EQ(read[1].charset, "koi8-r");
}

TEST(Multipart, ReadsNamesAsBrowsersEscapeThem) {
  EXPECT_EQ(parts(field("say %22hi%22", "x") + "--B--")[0].name, "say \"hi\"");
  EXPECT_EQ(parts(part("Content-Disposition: form-data; name=\"f\"; "
                       "filename*=UTF-8''%D0%B0.txt",
                       "x") +
                  "--B--")[0]
                .filename,
            "а.txt");
}

TEST(Multipart, ReadsEmptyValuesAndNoPartsAtAll) {
  EXPECT_EQ(parts(field("a", "") + "--B--")[0].content, "");
  EXPECT_EQ(parts("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--B--").size(), 1u);
  EXPECT_TRUE(parts("--B--\r\n").empty());
}

TEST(Multipart, ForgivesAPreambleBareLineFeedsAndAnEpilogue) {
  EXPECT_EQ(parts("ignored\r\n" + field("a", "1") + "--B--\r\nalso ignored").size(), 1u);
  const auto read = parts(
      "--B\nContent-Disposition: form-data; name=\"a\"\n\n1\n--B\n"
      "Content-Disposition: form-data; name=\"b\"\n\n2\n--B--\n");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].content, "1");
  EXPECT_EQ(read[1].content, "2");
}

TEST(Multipart, ForgivesALastDelimiterWithoutItsDashes) {
  EXPECT_EQ(parts(field("a", "1") + "--B").size(), 1u);
  EXPECT_EQ(parts(field("a", "1") + "--B\r\n").size(), 1u);
}

TEST(Multipart, ForgivesABoundaryThatHoldsTheDashesItself) {
  EXPECT_EQ(parts(field("a", "1") + "--B--\r\n", "--B").size(), 1u);
}

TEST(Multipart, RefusesABodyThatEndsInsideAPart) {
  const std::string whole = field("a", "12345") + field("b", "67890");
  for (std::size_t i = 1; i < whole.size() - 2; ++i) {
    const std::string code = refusal(whole.substr(0, i));
    // The cut may fall just behind a delimiter, where a sender may end by mistake.
    const bool at_delimiter = whole.substr(0, i).ends_with("\n--B") ||
                              whole.substr(0, i).ends_with("\n--B\r") ||
                              whole.substr(0, i).ends_with("\n--B\r\n") || i <= 5;
    if (!at_delimiter) EXPECT_EQ(code, "truncated_multipart") << i;
  }
  EXPECT_EQ(refusal(""), "truncated_multipart");
}

TEST(Multipart, RefusesWhatIsNoFormData) {
  EXPECT_EQ(refusal("no boundary here"), "malformed_multipart");
  EXPECT_EQ(refusal(field("a", "1") + "--B--", ""), "malformed_multipart");
  EXPECT_EQ(refusal(field("a", "1") + "--B--", std::string(201, 'B')), "malformed_multipart");
  EXPECT_EQ(refusal(part("Content-Type: text/plain", "x") + "--B--"), "malformed_multipart");
  EXPECT_EQ(refusal(part("no colon", "x") + "--B--"), "malformed_multipart");
  EXPECT_EQ(refusal(part("Content-Disposition: form-data; name=a\r\n"
                         "Content-Transfer-Encoding: base64",
                         "eA==") +
                    "--B--"),
            "malformed_multipart");
}

TEST(Multipart, RefusesTooManyPartsAndTooLongHeaders) {
  std::string many;
  for (std::size_t i = 0; i <= kMultipartParts; ++i) many += field("a", "1");
  EXPECT_EQ(refusal(many + "--B--"), "too_many_parts");
  EXPECT_EQ(refusal(part("X: " + std::string(kPartHeaderBytes, 'x'), "1") + "--B--"),
            "part_headers_too_large");
  std::string headers;
  for (std::size_t i = 0; i <= kPartHeaders; ++i) headers += "X: 1\r\n";
  EXPECT_EQ(refusal(part(headers + "Content-Disposition: form-data; name=a", "1") + "--B--"),
            "part_headers_too_large");
  EXPECT_EQ(refusal(field(std::string(kFieldNameBytes + 1, 'n'), "1") + "--B--"),
            "field_name_too_long");
}

TEST(HeaderValues, HaveParametersQuotedOrNot) {
  const HeaderValue value =
      parse_header_value("Multipart/Form-Data; Boundary=\"a;b\\\"c\" ; charset = UTF-8;x;=1");
  EXPECT_EQ(value.value, "multipart/form-data");
  EXPECT_EQ(value.parameter("boundary"), "a;b\"c");
  EXPECT_EQ(value.parameter("charset"), "UTF-8");
  EXPECT_EQ(value.parameter("x"), "");
  EXPECT_EQ(parse_header_value("text/plain; name=\"open").parameter("name"), "open");
}

}  // namespace
}  // namespace dealog::connectors
