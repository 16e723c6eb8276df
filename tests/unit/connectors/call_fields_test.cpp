#include "libs/connectors/telephony/call_fields.hpp"

#include <gtest/gtest.h>

namespace dealog::connectors {
namespace {

TEST(Callers, AreReadWithAndWithoutThePlus) {
  for (const auto* spelling : {"79161112233", "+79161112233", "89161112233", "8 (916) 111-22-33",
                               "sip:79161112233@pbx.example", "tel:+79161112233;ext=1"}) {
    const Contact contact = caller(spelling, "RU");
    EXPECT_EQ(contact.phone, "+79161112233") << spelling;
    EXPECT_TRUE(contact.phone_mobile) << spelling;
  }
  EXPECT_EQ(caller("442079460018", "RU").phone, "+442079460018") << "abroad, without the plus";
  EXPECT_EQ(caller("48601234567", "RU").phone, "+48601234567");
}

TEST(Callers, ThatHideTheirNumberAreNobody) {
  for (const auto* hidden :
       {"", "anonymous", "Anonymous", "Restricted", "sip:anonymous@anonymous.invalid"}) {
    EXPECT_TRUE(caller(hidden, "RU").empty()) << hidden;
  }
}

TEST(Callers, OnExtensionsAndSipAccountsHaveNoPhone) {
  EXPECT_EQ(caller("104", "RU").phone_raw, "104");
  EXPECT_EQ(caller("104", "RU").phone, "");
  EXPECT_EQ(caller("sip:anna@office.example", "RU").id("sip"), "sip:anna@office.example");
  EXPECT_EQ(caller("sip:anna@office.example", "RU").phone_raw, "");
}

TEST(Callers, NameThatRepeatsTheNumberIsNone) {
  EXPECT_EQ(caller("79161112233", "RU", "79161112233").name, "");
  EXPECT_EQ(caller("79161112233", "RU", " Ольга ").name, "Ольга");
}

TEST(Callers, OfMessengersAreAlwaysInternational) {
  // In the national way this would be a number in Moscow.
  EXPECT_EQ(international_caller("84951112233", "RU").phone, "+84951112233");
  EXPECT_TRUE(international_caller("RU.13491", "RU").phone.empty());
}

TEST(Lines, AreShownAsFarAsTheyAreKnown) {
  EXPECT_EQ(line_of("74950001122", "RU"), "+74950001122");
  EXPECT_EQ(line_of("104", "RU"), "104");
  EXPECT_EQ(line_of("", "RU"), "");
  EXPECT_EQ(line_of("office", "RU"), "office");
}

TEST(Extensions, AreShortAndMadeOfDigits) {
  EXPECT_TRUE(is_extension("104"));
  EXPECT_FALSE(is_extension(""));
  EXPECT_FALSE(is_extension("10a"));
  EXPECT_FALSE(is_extension("1234567"));
  EXPECT_TRUE(is_outside_number("1234567"));
  EXPECT_FALSE(is_outside_number("provider7916111223344"));
}

TEST(Seconds, AreWholeAndNamedWhenTheyAreNot) {
  Node node = Node::map();
  node.entries = {{"a", Node::of_text("42")},
                  {"b", Node::of_text("")},
                  {"c", Node::of_text("x")},
                  {"d", Node::of_text("61.000")},
                  {"e", Node::of_text("99999999999")}};
  EXPECT_EQ(seconds_field(node, {"a"}).value(), 42u);
  EXPECT_EQ(seconds_field(node, {"b", "d"}).value(), 61u);
  EXPECT_FALSE(seconds_field(node, {"b", "z"}).value());
  EXPECT_EQ(seconds_field(node, {"c"}).error().message, "c is not a number of seconds");
  EXPECT_EQ(seconds_field(node, {"e"}).error().code, "invalid_duration");
}

}  // namespace
}  // namespace dealog::connectors
