#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using testing_support::form;
using testing_support::json_post;
using testing_support::settings_of;

constexpr std::string_view kSecret = "api-secret-5f0c";

const Provider& cloudpayments() { return *find_provider("cloudpayments"); }
SourceSettings settings() {
  return settings_of("cloudpayments", "{}", boost::json::string(kSecret));
}

Delivery at(std::string suffix, Delivery delivery) {
  delivery.suffix = std::move(suffix);
  delivery.headers.emplace_back("Content-HMAC", to_base64(hmac_sha256(kSecret, delivery.body)));
  return delivery;
}

constexpr std::string_view kPaid =
    "TransactionId=900100200&Amount=12500.50&Currency=RUB&PaymentAmount=12500.50&PaymentCurrency="
    "RUB&DateTime=2026-03-04+06%3A30%3A15&InvoiceId=2026-7&AccountId=client-31&Email="
    "Buyer%40Example.com&Name=IVAN+PETROV&TestMode=0&Status=Completed&OperationType=Payment&"
    "TotalFee=487.52&AuthCode=A1B2&Description=%D0%A1%D0%B0%D0%B9%D1%82&Data=%7B%22phone%22%3A%22"
    "%2B79165550177%22%2C%22lead_id%22%3A%22L-4%22%7D";

Fact decode(const Delivery& delivery) {
  auto facts = cloudpayments().decode(delivery, settings());
  if (!facts) throw std::runtime_error(facts.error().code);
  return facts->at(0);
}

TEST(CloudPayments, ReadsAPaymentWithItsFeeAndPerson) {
  const Fact fact = decode(at("/pay", form(std::string(kPaid))));
  EXPECT_EQ(fact.external_id, "900100200");
  EXPECT_EQ(fact.occurred_at->rfc3339(), "2026-03-04T06:30:15.000000Z");
  const auto& paid = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(paid.status, PaymentStatus::kPaid);
  EXPECT_EQ(paid.amount.decimal(), "12500.50");
  EXPECT_EQ(paid.fee->decimal(), "487.52");
  EXPECT_EQ(paid.net_amount->decimal(), "12012.98");
  EXPECT_EQ(paid.order_id, "2026-7");
  EXPECT_EQ(paid.lead_ref, "L-4");
  EXPECT_EQ(paid.description, "Сайт");
  EXPECT_EQ(paid.person.name, "IVAN PETROV");
  EXPECT_EQ(paid.person.email, "buyer@example.com");
  EXPECT_EQ(paid.person.phone, "+79165550177");
  EXPECT_EQ(paid.person.account, "client-31");
  EXPECT_FALSE(paid.test);
}

TEST(CloudPayments, CountsARefundThatNamesNoCurrencyInTheSources) {
  const auto tenge =
      settings_of("cloudpayments", R"({"currency":"KZT"})", boost::json::string(kSecret));
  const auto delivery = at("/refund", form("TransactionId=8&PaymentTransactionId=5&Amount=2.50&"
                                           "DateTime=2026-03-04+06%3A30%3A15"));
  const auto facts = cloudpayments().decode(delivery, tenge).value();
  EXPECT_EQ(std::get<RefundFact>(facts.at(0).content).amount, Money::parse("2.50", "KZT").value());
}

TEST(CloudPayments, ReadsJsonNotificationsAlike) {
  const Fact fact = decode(
      at("/pay", json_post(
                     R"({"TransactionId":77,"Amount":10.00,"Currency":"RUB","InvoiceId":"2026-8",
          "DateTime":"2026-03-04T06:30:15","TestMode":true,"Status":"Completed",
          "Data":{"lead_id":5}})")));
  const auto& paid = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(paid.amount.decimal(), "10.00");
  EXPECT_EQ(paid.lead_ref, "5");
  EXPECT_TRUE(paid.test);
}

TEST(CloudPayments, FollowsAPaymentInTwoSteps) {
  const Fact held = decode(
      at("/pay", form("TransactionId=5&Amount=7&Currency=USD&Status=Authorized&InvoiceId=1")));
  EXPECT_EQ(std::get<PaymentFact>(held.content).status, PaymentStatus::kAuthorized);
  const Fact paid = decode(
      at("/confirm", form("TransactionId=5&Amount=7&Currency=USD&Status=Completed&InvoiceId=1")));
  EXPECT_EQ(std::get<PaymentFact>(paid.content).status, PaymentStatus::kPaid);
  EXPECT_LT(held.sequence->number, paid.sequence->number);
  const Fact canceled = decode(at("/cancel", form("TransactionId=5&Amount=7&InvoiceId=1")));
  EXPECT_EQ(std::get<PaymentFact>(canceled.content).status, PaymentStatus::kCanceled);
}

TEST(CloudPayments, ReadsADeclinedAttempt) {
  const Fact fact = decode(at("/fail", form("TransactionId=6&Amount=7&Currency=RUB&InvoiceId=1&"
                                            "Reason=InsufficientFunds&ReasonCode=5051")));
  EXPECT_EQ(std::get<PaymentFact>(fact.content).status, PaymentStatus::kFailed);
  EXPECT_EQ(std::get<PaymentFact>(fact.content).reason, "InsufficientFunds");
}

TEST(CloudPayments, ReadsARefundThatNamesItsPayment) {
  const Fact fact = decode(at("/refund", form("TransactionId=8&PaymentTransactionId=5&Amount=2.50&"
                                              "DateTime=2026-03-05+10%3A00%3A00&InvoiceId=1")));
  EXPECT_EQ(fact.external_id, "8");
  EXPECT_EQ(std::get<RefundFact>(fact.content).payment_id, "5");
  EXPECT_EQ(std::get<RefundFact>(fact.content).amount.decimal(), "2.50");
}

TEST(CloudPayments, AllowsAChargeUnlessTheQuestionCannotBeRead) {
  const Delivery question = at("/check", form("TransactionId=9&Amount=7&Currency=RUB"));
  EXPECT_EQ(cloudpayments().receive(question, settings()).delivery_key, "cloudpayments:check:9");
  EXPECT_EQ(cloudpayments().answer(question, settings(), Outcome::kAccepted).body, R"({"code":0})");
  EXPECT_EQ(decode(question).kind(), "handshake");
  const Delivery broken = at("/check", form("TransactionId=9&Amount=lots"));
  EXPECT_EQ(cloudpayments().answer(broken, settings(), Outcome::kAccepted).body, R"({"code":13})");
}

TEST(CloudPayments, KnowsADeliveryByItsKindAndTransaction) {
  const auto key = [](const Delivery& delivery) {
    return cloudpayments().receive(delivery, settings()).delivery_key;
  };
  EXPECT_EQ(key(at("/Pay/", form(std::string(kPaid)))), "cloudpayments:pay:900100200");
  EXPECT_EQ(key(at("", form(std::string(kPaid)))), "cloudpayments:pay:900100200");
  EXPECT_EQ(key(at("/recurrent", form("Id=sc_1&Status=Active"))).substr(0, 21),
            "cloudpayments:sha256:");
  EXPECT_EQ(decode(at("/recurrent", form("Id=sc_1&Status=Active"))).kind(), "ignore");
  const auto unknown = cloudpayments().decode(at("", form("TransactionId=1")), settings());
  EXPECT_EQ(unknown.error().code, "notification_kind_unknown");
}

TEST(CloudPayments, RefusesWhenOneByteChanges) {
  const Delivery good = at("/pay", form(std::string(kPaid)));
  EXPECT_TRUE(cloudpayments().verify(good, settings()).ok());
  for (std::size_t i = 0; i < good.body.size(); i += 7) {
    Delivery changed = good;
    changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
    EXPECT_EQ(cloudpayments().verify(changed, settings()).status(), 401) << i;
  }
  for (std::size_t i = 0; i < good.headers.back().second.size(); ++i) {
    Delivery changed = good;
    char& c = changed.headers.back().second[i];
    c = static_cast<char>(c ^ 1);
    EXPECT_EQ(cloudpayments().verify(changed, settings()).status(), 401) << i;
  }
  Delivery unsigned_one = good;
  unsigned_one.headers.pop_back();
  EXPECT_EQ(cloudpayments().verify(unsigned_one, settings()).reason, "signature_missing");
}

TEST(CloudPayments, SignsTheQueryOfAGet) {
  Delivery get;
  get.method = "GET";
  get.suffix = "/pay";
  get.query = "TransactionId=3&Amount=7&Currency=RUB&Status=Completed";
  get.headers = {{"content-hmac", to_base64(hmac_sha256(kSecret, get.query))}};
  EXPECT_TRUE(cloudpayments().verify(get, settings()).ok());
  EXPECT_EQ(decode(get).external_id, "3");
  get.query.back() = 'e';
  EXPECT_FALSE(cloudpayments().verify(get, settings()).ok());
}

}  // namespace
}  // namespace dealog::connectors
