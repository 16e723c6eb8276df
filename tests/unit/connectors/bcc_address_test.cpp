// Bcc addresses among the recipients that providers of mail tell.
#include "libs/connectors/mail/bcc_address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing_support::multipart;
using testing_support::post;
using testing_support::settings_of;

namespace json = boost::json;

const std::string kToken = "0123456789abcdef01234567";
const std::string kAddress = "bcc+" + kToken + "@in.example";
const std::string kMail =
    "From: a@b.example\r\nTo: c@d.example\r\nMessage-ID: <1@b.example>\r\n\r\nx\r\n";

std::vector<std::string> recipients_of(std::string_view provider, const Delivery& delivery,
                                       const json::value& secret = nullptr) {
  const auto facts = find_provider(provider)->decode(delivery, settings_of(provider, "{}", secret));
  const auto& mail = std::get<MailFact>(facts.value().at(0).content);
  std::vector<std::string> out = mail.to;
  out.insert(out.end(), mail.cc.begin(), mail.cc.end());
  return out;
}

TEST(BccToken, IsThatOfSuchAnAddressAlone) {
  EXPECT_EQ(mail::bcc_token_of(kAddress), kToken);
  for (const auto* other : {"bcc@in.example", "bcc+x@in.example", "a@b.example", "",
                            "bcc+0123456789abcdef0123456Z@in.example"}) {
    EXPECT_EQ(mail::bcc_token_of(other), "") << other;
  }
}

TEST(BccAddress, IsReadFromTheHeadersOfDelivery) {
  const auto headers =
      mail::Headers::parse("delivered-to: x@y.example\r\nX-Original-To: " + kAddress +
                           "\r\nBCC: <" + kAddress + ">\r\n");
  EXPECT_THAT(mail::bcc_addresses_of(headers), ElementsAre(kAddress));
  EXPECT_THAT(recipients_of("rfc5322",
                            post("message/rfc822", "Delivered-To: " + kAddress + "\r\n" + kMail)),
              ElementsAre("c@d.example", kAddress));
}

TEST(BccAddress, IsReadFromTheEnvelopeThatProvidersTell) {
  const json::value key = "k";
  EXPECT_THAT(
      recipients_of("mailgun", multipart({{"from", "a@b.example"}, {"recipient", kAddress}}), key),
      Contains(kAddress));
  EXPECT_THAT(
      recipients_of("mailgun", multipart({{"body-mime", kMail}, {"recipient", kAddress}}), key),
      Contains(kAddress));
  const std::string envelope = json::serialize(json::object{{"to", {kAddress}}});
  EXPECT_THAT(recipients_of("sendgrid", multipart({{"from", "a@b.example"},
                                                   {"headers", "Message-ID: <1@b>\r\n"},
                                                   {"envelope", envelope}})),
              Contains(kAddress));
  EXPECT_THAT(recipients_of("sendgrid", multipart({{"email", kMail}, {"envelope", envelope}})),
              Contains(kAddress));
  EXPECT_THAT(
      recipients_of(
          "postmark",
          testing_support::json_post(json::serialize(json::object{
              {"From", "a@b.example"}, {"OriginalRecipient", kAddress}, {"MessageID", "m"}})),
          "u:p"),
      Contains(kAddress));
}

}  // namespace
}  // namespace dealog::connectors
