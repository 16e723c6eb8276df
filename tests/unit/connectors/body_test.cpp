#include "libs/connectors/parse/body.hpp"

#include <gtest/gtest.h>

#include "libs/base/text.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using testing_support::form;
using testing_support::json_post;
using testing_support::multipart;
using testing_support::post;

std::string refusal(const Delivery& delivery) {
  const auto body = parse_body(delivery);
  return body ? "accepted" : body.error().code;
}

TEST(Body, IsReadByItsContentType) {
  EXPECT_EQ(parse_body(form("a=1"))->tree.text_of("a"), "1");
  EXPECT_EQ(parse_body(json_post(R"({"a":1})"))->tree.text_of("a"), "1");
  EXPECT_EQ(parse_body(multipart({{"a", "1"}}))->tree.text_of("a"), "1");
  EXPECT_EQ(
      parse_body(post("application/vnd.api+json; charset=utf-8", R"({"a":1})"))->tree.text_of("a"),
      "1");
  EXPECT_EQ(refusal(post("application/xml", "<a/>")), "unsupported_media_type");
}

TEST(Body, OfATypeThatIsNoTextIsRefusedInTextAllTheSame) {
  const auto body = parse_body(post("image/\xff\xfe", "x"));
  ASSERT_FALSE(body);
  EXPECT_TRUE(is_valid_utf8(body.error().message));
}

TEST(Body, WithoutAUsefulTypeIsReadByWhatItLooksLike) {
  for (const std::string type : {"", "text/plain;charset=UTF-8"}) {
    EXPECT_EQ(parse_body(post(type, " {\"a\":1}"))->tree.text_of("a"), "1");
    EXPECT_EQ(parse_body(post(type, "a=1"))->tree.text_of("a"), "1");
    EXPECT_EQ(refusal(post(type, "hello")), "unsupported_media_type");
  }
}

TEST(Body, OfAGetIsItsQuery) {
  Delivery get;
  get.method = "GET";
  get.query = "a=%D1%8F&b=2";
  EXPECT_EQ(parse_body(get)->tree.text_of("a"), "я");
}

TEST(Body, IsReadInTheCharsetThatWasDeclared) {
  EXPECT_EQ(parse_body(post("application/x-www-form-urlencoded; charset=windows-1251",
                            "%C8%EC%FF=%C0%ED%ED%E0"))
                ->tree.text_of("Имя"),
            "Анна");
  EXPECT_EQ(parse_body(form("_charset_=koi8-r&name=%E1%CE%CE%C1"))->tree.text_of("name"), "Анна");
  EXPECT_EQ(
      parse_body(form("name=%C0%ED%ED%E0"), {Repeated::kLast, "cp1251"})->tree.text_of("name"),
      "Анна");
  EXPECT_EQ(parse_body(post("application/json; charset=windows-1251", "{\"a\":\"\xc0\"}"))
                ->tree.text_of("a"),
            "А");
}

TEST(Body, PartsMayEachHaveTheirOwnCharset) {
  const auto body = parse_body(
      post("multipart/form-data; boundary=B",
           "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n"
           "Content-Type: text/plain; charset=cp866\r\n\r\n\x88\xa2\xa0\xad\r\n"
           "--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nИван\r\n--B--\r\n"));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->tree.text_of("a"), "Иван");
  EXPECT_EQ(body->tree.text_of("b"), "Иван");
}

TEST(Body, KeepsFilesApartAndForgetsEmptyFileInputs) {
  const auto body = parse_body(post(
      "multipart/form-data; boundary=B",
      "--B\r\nContent-Disposition: form-data; name=\"brief\"; filename=\"тз.pdf\"\r\n"
      "Content-Type: application/pdf\r\n\r\n%PDF\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--B--\r\n"));
  ASSERT_TRUE(body);
  ASSERT_EQ(body->files.size(), 1u);
  EXPECT_EQ(body->files[0].field, "brief");
  EXPECT_EQ(body->files[0].filename, "тз.pdf");
  EXPECT_EQ(body->files[0].size_bytes, 4u);
  EXPECT_TRUE(body->tree.entries.empty());
}

TEST(Body, WhoseLengthWasALieIsRefused) {
  Delivery delivery = form("a=1");
  delivery.headers.emplace_back("Content-Length", "3");
  EXPECT_EQ(refusal(delivery), "accepted");
  for (const char* length : {"2", "4", "99999999999999999999", "-1", "", "3 3"}) {
    delivery.headers.back().second = length;
    EXPECT_EQ(refusal(delivery), "truncated_body") << length;
  }
}

TEST(Body, ThatIsCompressedIsRefused) {
  Delivery delivery = form("a=1");
  delivery.headers.emplace_back("Content-Encoding", "gzip");
  EXPECT_EQ(refusal(delivery), "unsupported_encoding");
}

TEST(Body, NamesTheFieldWithBadTextButNotItsValue) {
  const auto body = parse_body(form("good=1&comment=secret%FFtext"));
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, "invalid_text");
  EXPECT_NE(body.error().message.find("comment"), std::string::npos);
  EXPECT_EQ(body.error().message.find("secret"), std::string::npos);
}

TEST(Paths, FollowNamesIndexesAndQuotedNames) {
  const auto body = parse_body(
      json_post(R"({"contact":{"tel":"1"},"items":[{"price":5}],"Ваше имя":"Анна","a.b":"dot"})"));
  const auto at = [&](std::string_view path) -> std::string {
    const Node* node = Path::parse(path).value().find(body->tree);
    return node ? node->text : "nothing";
  };
  EXPECT_EQ(at("contact.tel"), "1");
  EXPECT_EQ(at("contact[tel]"), "1");
  EXPECT_EQ(at("items[0].price"), "5");
  EXPECT_EQ(at("items.0.price"), "5");
  EXPECT_EQ(at("[\"Ваше имя\"]"), "Анна");
  EXPECT_EQ(at("Ваше имя"), "Анна");
  EXPECT_EQ(at("a.b"), "dot");
  EXPECT_EQ(at("items[1].price"), "nothing");
  EXPECT_EQ(at("contact.tel.more"), "nothing");
}

TEST(Paths, ThatAreWrittenWrongAreRefused) {
  for (const std::string path : {"", ".a", "a.", "a..b", "a[", "a[]", "a[b", "a[\"b]", "a[b]c"}) {
    EXPECT_EQ(Path::parse(path).error().code, "invalid_path") << path;
  }
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep += ".a";
  EXPECT_FALSE(Path::parse(deep));
}

}  // namespace
}  // namespace dealog::connectors
