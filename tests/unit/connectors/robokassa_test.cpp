#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::form;
using testing_support::settings_of;

const Provider& robokassa() { return *find_provider("robokassa"); }
SourceSettings settings() { return settings_of("robokassa", "{}", "second-password"); }

std::string signature(std::string_view text, Hash hash = Hash::kMd5) {
  return to_hex(digest(hash, text));
}

Delivery paid(std::string_view sum, std::string_view order, std::string_view more = "",
              std::string_view signed_more = "", Hash hash = Hash::kMd5,
              std::string_view password = "second-password") {
  const std::string text = std::string(sum) + ":" + std::string(order) + ":" +
                           std::string(password) + std::string(signed_more);
  return form("OutSum=" + std::string(sum) + "&InvId=" + std::string(order) + std::string(more) +
              "&SignatureValue=" + signature(text, hash));
}

Fact decode(const Delivery& delivery, const SourceSettings& own = settings()) {
  auto facts = robokassa().decode(delivery, own);
  if (!facts) throw std::runtime_error(facts.error().code);
  return facts->at(0);
}

TEST(Robokassa, ReadsAPaidOrder) {
  const Delivery delivery =
      paid("1500.500000", "4812", "&Fee=52.500000&EMail=Buyer%40Example.com&IncCurrLabel=BankCard");
  EXPECT_TRUE(robokassa().verify(delivery, settings()).ok());
  const Fact fact = decode(delivery);
  EXPECT_EQ(fact.external_id, "4812");
  EXPECT_FALSE(fact.occurred_at);
  const auto& payment = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(payment.status, PaymentStatus::kPaid);
  EXPECT_EQ(payment.amount, Money::parse("1500.50", "RUB").value());
  EXPECT_EQ(payment.fee->decimal(), "52.50");
  EXPECT_EQ(payment.order_id, "4812");
  EXPECT_EQ(payment.person.email, "buyer@example.com");
}

TEST(Robokassa, NamesNoOrderWhereTheShopNumbersNone) {
  const auto payment = std::get<PaymentFact>(decode(paid("10", "0")).content);
  EXPECT_EQ(payment.order_id, "") << "0 is the number of every order of such a shop";
}

TEST(Robokassa, TakesTheShopsOwnFieldsWhoseValuesAreSignedDecoded) {
  const Delivery delivery =
      paid("10", "5", "&Shp_phone=%2B79165550177&Shp_invoice=2026-17&Shp_lead_id=L-2",
           ":Shp_invoice=2026-17:Shp_lead_id=L-2:Shp_phone=+79165550177");
  EXPECT_TRUE(robokassa().verify(delivery, settings()).ok());
  const auto payment = std::get<PaymentFact>(decode(delivery).content);
  EXPECT_EQ(payment.order_id, "2026-17");
  EXPECT_EQ(payment.lead_ref, "L-2");
  EXPECT_EQ(payment.person.phone, "+79165550177");
  EXPECT_EQ(payment.metadata.size(), 3u);
}

TEST(Robokassa, AcceptsEveryAlgorithmOfTheShopsSettingsInEitherCase) {
  for (const Hash hash :
       {Hash::kMd5, Hash::kSha1, Hash::kRipemd160, Hash::kSha256, Hash::kSha384, Hash::kSha512}) {
    Delivery delivery = paid("10.00", "6", "", "", hash);
    EXPECT_TRUE(robokassa().verify(delivery, settings()).ok()) << static_cast<int>(hash);
    const auto at = delivery.body.find("SignatureValue=") + 15;
    for (std::size_t i = at; i < delivery.body.size(); ++i) {
      delivery.body[i] = static_cast<char>(std::toupper(delivery.body[i]));
    }
    EXPECT_TRUE(robokassa().verify(delivery, settings()).ok()) << static_cast<int>(hash);
  }
}

TEST(Robokassa, HoldsToOneAlgorithmWhenTold) {
  const auto strict =
      settings_of("robokassa", R"({"signature":{"algorithm":"sha256"}})", "second-password");
  EXPECT_TRUE(robokassa().verify(paid("10", "6", "", "", Hash::kSha256), strict).ok());
  EXPECT_EQ(robokassa().verify(paid("10", "6"), strict).status(), 401);
}

TEST(Robokassa, AnswersOkWithTheOrdersNumber) {
  EXPECT_EQ(robokassa().answer(paid("10", "777"), settings(), Outcome::kAccepted).body, "OK777");
  EXPECT_EQ(robokassa().answer(paid("10", "777"), settings(), Outcome::kDuplicate).body, "OK777");
  EXPECT_EQ(robokassa().answer(form("InvId=<b>"), settings(), Outcome::kAccepted).body, "OK");
}

TEST(Robokassa, HearsAGetAsWellAsAPost) {
  Delivery get;
  get.method = "GET";
  get.query = paid("10", "8").body;
  EXPECT_TRUE(robokassa().verify(get, settings()).ok());
  EXPECT_EQ(robokassa().receive(get, settings()).delivery_key, "robokassa:8");
  EXPECT_EQ(robokassa().answer(get, settings(), Outcome::kAccepted).body, "OK8");
  get.query.clear();
  EXPECT_EQ(robokassa().receive(get, settings()).kind, Reception::Kind::kPing);
}

// Shops that send 0 for every order would otherwise be paid only once.
TEST(Robokassa, TellsOrdersWithoutANumberApart) {
  const auto key = [](const Delivery& delivery) {
    return robokassa().receive(delivery, settings()).delivery_key;
  };
  EXPECT_NE(key(paid("10", "0")), key(paid("20", "0")));
  EXPECT_NE(decode(paid("10", "0")).key, decode(paid("20", "0")).key);
}

TEST(Robokassa, RefusesWhenOneByteOfWhatIsSignedChanges) {
  const Delivery good = paid("10.5", "31", "&Shp_a=1", ":Shp_a=1");
  for (std::size_t i = 0; i < good.body.size(); ++i) {
    Delivery changed = good;
    changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
    EXPECT_EQ(robokassa().verify(changed, settings()).status(), 401) << i << changed.body;
  }
  EXPECT_EQ(robokassa().verify(form("OutSum=1&InvId=1"), settings()).reason, "signature_missing");
}

TEST(Robokassa, MarksPaymentsOfTheTestShop) {
  const auto both = settings_of(
      "robokassa", "{}", json::object{{"password2", "second-password"}, {"test_password2", "t"}});
  const Delivery test = paid("10", "9", "", "", Hash::kMd5, "t");
  EXPECT_FALSE(robokassa().verify(test, settings()).ok());
  EXPECT_TRUE(robokassa().verify(test, both).ok());
  EXPECT_TRUE(std::get<PaymentFact>(decode(test, both).content).test);
  EXPECT_FALSE(std::get<PaymentFact>(decode(paid("10", "9"), both).content).test);
}

TEST(Robokassa, SaysWhatIsWrong) {
  const auto code = [](const Delivery& delivery) {
    return robokassa().decode(delivery, settings()).error().code;
  };
  EXPECT_EQ(code(form("InvId=1")), "field_missing");
  EXPECT_EQ(code(form("InvId=1&OutSum=ten")), "invalid_amount");
  EXPECT_EQ(parse_settings("robokassa", nullptr).error().fields.at(0).pointer, "/secret");
}

}  // namespace
}  // namespace dealog::connectors
