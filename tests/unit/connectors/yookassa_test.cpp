#include <gtest/gtest.h>

#include "libs/connectors/fetched.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::settings_of;

const Provider& yookassa() { return *find_provider("yookassa"); }

json::object payment(std::string_view status) {
  return {{"id", "2f0a-77"},
          {"status", status},
          {"amount", {{"value", "65000.50"}, {"currency", "RUB"}}},
          {"income_amount", {{"value", "62725.48"}, {"currency", "RUB"}}},
          {"description", "Предоплата по счёту WS-104"},
          {"created_at", "2026-03-05T09:00:00.125Z"},
          {"captured_at", "2026-03-05T09:05:30.000Z"},
          {"metadata",
           {{"order_id", "WS-104"}, {"customer_email", "Buyer@Example.com"}, {"note", "x"}}},
          {"test", false}};
}

Delivery notification(std::string_view event, const json::object& object) {
  return json_post(json::serialize(
      json::object{{"type", "notification"}, {"event", event}, {"object", object}}));
}

Fact decode(const Delivery& delivery) {
  auto facts = yookassa().decode(delivery, settings_of("yookassa"));
  if (!facts) throw std::runtime_error(facts.error().code + ": " + facts.error().message);
  return facts->at(0);
}

std::string refusal(const Delivery& delivery) {
  const auto facts = yookassa().decode(delivery, settings_of("yookassa"));
  return facts ? "accepted" : facts.error().code;
}

TEST(YooKassa, ReadsAPaymentThatSucceeded) {
  const Fact fact = decode(notification("payment.succeeded", payment("succeeded")));
  EXPECT_EQ(fact.external_id, "2f0a-77");
  EXPECT_EQ(fact.key, "yookassa:payment:2f0a-77:paid");
  EXPECT_EQ(fact.occurred_at->rfc3339(), "2026-03-05T09:05:30.000000Z");
  const auto& paid = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(paid.status, PaymentStatus::kPaid);
  EXPECT_EQ(paid.amount, Money::parse("65000.50", "RUB").value());
  EXPECT_EQ(paid.net_amount->decimal(), "62725.48");
  EXPECT_EQ(paid.order_id, "WS-104");
  EXPECT_EQ(paid.description, "Предоплата по счёту WS-104");
  EXPECT_EQ(paid.person.email, "buyer@example.com");
  EXPECT_FALSE(paid.test);
  EXPECT_EQ(paid.metadata.size(), 3u);
  const json::object shown = normalised(fact);
  EXPECT_EQ(shown.at("kind"), "payment");
  EXPECT_EQ(shown.at("status"), "paid");
  EXPECT_EQ(shown.at("amount"), "65000.50");
  EXPECT_EQ(shown.at("occurred_at"), "2026-03-05T09:05:30Z");
}

TEST(YooKassa, ReadsMoneyThatIsHeldAndOrdersItBeforeTheSuccess) {
  json::object object = payment("waiting_for_capture");
  object.erase("captured_at");
  object.erase("income_amount");
  object["metadata"] = json::object();
  const Fact held = decode(notification("payment.waiting_for_capture", object));
  EXPECT_EQ(std::get<PaymentFact>(held.content).status, PaymentStatus::kAuthorized);
  EXPECT_EQ(held.occurred_at->rfc3339(), "2026-03-05T09:00:00.125000Z");
  EXPECT_TRUE(std::get<PaymentFact>(held.content).person.empty());
  EXPECT_TRUE(normalised(held).at("person").is_null());
  const Fact paid = decode(notification("payment.succeeded", payment("succeeded")));
  EXPECT_EQ(held.sequence->scope, paid.sequence->scope);
  EXPECT_LT(held.sequence->number, paid.sequence->number);
  EXPECT_NE(held.key, paid.key);
}

TEST(YooKassa, ReadsACancellationWithItsReason) {
  json::object object = payment("canceled");
  object["cancellation_details"] = {{"party", "payment_network"}, {"reason", "insufficient_funds"}};
  const Fact fact = decode(notification("payment.canceled", object));
  EXPECT_EQ(std::get<PaymentFact>(fact.content).status, PaymentStatus::kCanceled);
  EXPECT_EQ(std::get<PaymentFact>(fact.content).reason, "insufficient_funds");
}

TEST(YooKassa, ReadsARefundThatNamesItsPayment) {
  const Fact fact = decode(
      notification("refund.succeeded", {{"id", "rf-9"},
                                        {"payment_id", "2f0a-77"},
                                        {"status", "succeeded"},
                                        {"created_at", "2026-03-06T10:00:00+03:00"},
                                        {"amount", {{"value", "1000.00"}, {"currency", "RUB"}}},
                                        {"description", "Возврат части"}}));
  EXPECT_EQ(fact.kind(), "refund");
  EXPECT_EQ(fact.external_id, "rf-9");
  EXPECT_EQ(fact.occurred_at->rfc3339(), "2026-03-06T07:00:00.000000Z");
  EXPECT_EQ(std::get<RefundFact>(fact.content).payment_id, "2f0a-77");
  EXPECT_EQ(std::get<RefundFact>(fact.content).amount.decimal(), "1000.00");
  EXPECT_EQ(normalised(fact).at("status"), "refunded");
}

TEST(YooKassa, MarksTestPayments) {
  json::object object = payment("succeeded");
  object["test"] = true;
  EXPECT_TRUE(
      std::get<PaymentFact>(decode(notification("payment.succeeded", object)).content).test);
}

TEST(YooKassa, IgnoresEventsThatChangeNothingHere) {
  EXPECT_EQ(decode(notification("payout.succeeded", {{"id", "p1"}})).kind(), "ignore");
}

TEST(YooKassa, KnowsADeliveryByItsEventAndObject) {
  const auto key = [](const Delivery& delivery) {
    return yookassa().receive(delivery, settings_of("yookassa")).delivery_key;
  };
  EXPECT_EQ(key(notification("payment.succeeded", payment("succeeded"))),
            "yookassa:payment.succeeded:2f0a-77");
  EXPECT_EQ(key(notification("payment.canceled", payment("canceled"))),
            "yookassa:payment.canceled:2f0a-77");
  EXPECT_TRUE(key(json_post("{}")).starts_with("yookassa:sha256:"));
  EXPECT_NE(key(json_post("{")), key(json_post("[")));
}

TEST(YooKassa, AnswersWithAnEmptySuccess) {
  for (const Outcome outcome : {Outcome::kAccepted, Outcome::kDuplicate}) {
    const Answer answer = yookassa().answer({}, settings_of("yookassa"), outcome);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "");
  }
}

TEST(YooKassa, IsHeardFromItsOwnNetworksOnly) {
  Delivery delivery = notification("payment.succeeded", payment("succeeded"));
  const auto status = [&](const std::string& ip, const std::string& settings = "{}") {
    delivery.remote_ip = ip;
    return yookassa().verify(delivery, settings_of("yookassa", settings)).status();
  };
  for (const char* ip :
       {"185.71.76.1", "185.71.77.30", "77.75.153.100", "77.75.156.11", "77.75.156.35",
        "77.75.154.200", "2a02:5180:0:2669::1", "::ffff:185.71.76.1"}) {
    EXPECT_EQ(status(ip), 200) << ip;
  }
  for (const char* ip : {"185.71.76.32", "77.75.156.12", "77.75.154.1", "2a02:5181::1", "127.0.0.1",
                         "", "unknown", "185.71.76.1, 10.0.0.1"}) {
    EXPECT_EQ(status(ip), 403) << ip;
  }
  EXPECT_EQ(status("127.0.0.1", R"({"networks":["127.0.0.0/8"]})"), 200);
  EXPECT_EQ(status("185.71.76.1", R"({"networks":["127.0.0.0/8"]})"), 403);
  EXPECT_EQ(status("203.0.113.9", R"({"networks":"any"})"), 200);
  EXPECT_EQ(status("203.0.113.9", R"({"networks":"provider"})"), 403);
}

TEST(YooKassa, SaysWhatIsMissingOrWrong) {
  const auto without = [](std::string_view key) {
    json::object object = payment("succeeded");
    object.erase(key);
    return refusal(notification("payment.succeeded", object));
  };
  for (const char* key : {"id", "amount", "created_at"}) {
    // A success is dated by its capture, so only a held payment needs the time of creation.
    if (std::string_view(key) != "created_at") EXPECT_EQ(without(key), "field_missing") << key;
  }
  const auto with = [](std::string_view key, const json::value& value) {
    json::object object = payment("succeeded");
    object[key] = value;
    return refusal(notification("payment.succeeded", object));
  };
  EXPECT_EQ(with("status", "canceled"), "status_mismatch");
  EXPECT_EQ(with("amount", {{"value", "-1.00"}, {"currency", "RUB"}}), "invalid_amount");
  EXPECT_EQ(with("amount", {{"value", "1.005"}, {"currency", "RUB"}}), "invalid_amount");
  EXPECT_EQ(with("amount", {{"value", "1e30"}, {"currency", "RUB"}}), "invalid_amount");
  EXPECT_EQ(with("amount", {{"value", "99999999999999999.00"}, {"currency", "RUB"}}),
            "amount_out_of_range");
  EXPECT_EQ(with("amount", {{"value", "1.00"}, {"currency", "SHELLS"}}), "unknown_currency");
  EXPECT_EQ(with("amount", "1.00"), "field_missing");
  EXPECT_EQ(with("captured_at", "0000-00-00"), "invalid_time");
  EXPECT_EQ(refusal(json_post(R"({"event":"payment.succeeded"})")), "field_missing");
  EXPECT_EQ(refusal(json_post(R"({"object":{}})")), "field_missing");
  EXPECT_EQ(refusal(json_post("[]")), "field_missing");
  EXPECT_EQ(refusal(json_post("")), "malformed_json");
}

TEST(YooKassa, TakesAnIdThatCameAsANumber) {
  json::object object = payment("succeeded");
  object["id"] = 1234567890123456789;
  EXPECT_EQ(decode(notification("payment.succeeded", object)).external_id, "1234567890123456789");
}

TEST(YooKassa, ReadsAPaymentThatItAskedForAgain) {
  const Provider& yookassa = *find_provider("yookassa");
  const auto settings =
      testing_support::settings_of("yookassa", "{}", boost::json::object{{"api", "100:live_key"}});
  const auto request = yookassa.ask({"payment", "22d6", ""}, settings).value();
  EXPECT_EQ(request.url, "https://api.yookassa.ru/v3/payments/22d6");
  EXPECT_EQ(request.headers.at(0).second, "Basic MTAwOmxpdmVfa2V5");
  Delivery answer = testing_support::json_post(
      R"({"id":"22d6","status":"succeeded","amount":{"value":"500.00","currency":"RUB"},
          "created_at":"2026-03-05T10:00:00Z"})");
  answer.method = "GET";
  answer.suffix = "/fetched/payment";
  const Fact fact = yookassa.decode(answer, settings).value().at(0);
  EXPECT_EQ(std::get<PaymentFact>(fact.content).status, PaymentStatus::kPaid);
  EXPECT_EQ(fact.key, "yookassa:payment:22d6:paid");
}

SourceSettings with_api_key() {
  return settings_of("yookassa", "{}", json::object{{"api", "100:live_key"}});
}

TEST(YooKassa, WithTheKeyOfItsApiNothingCountsBeforeItWasReadAgain) {
  const auto planned = [](const Delivery& delivery) {
    return yookassa().decode(delivery, with_api_key()).value().at(0).fetch.value();
  };
  const auto paid = planned(notification("payment.succeeded", payment("succeeded")));
  EXPECT_EQ(paid.what, "payment-paid");
  EXPECT_EQ(paid.id, "2f0a-77");
  EXPECT_EQ(yookassa().ask(paid, with_api_key())->url,
            "https://api.yookassa.ru/v3/payments/2f0a-77");
  EXPECT_EQ(planned(notification("payment.canceled", payment("canceled"))).what, "payment");
  const auto refund = planned(
      notification("refund.succeeded", {{"id", "r-1"},
                                        {"status", "succeeded"},
                                        {"payment_id", "2f0a-77"},
                                        {"created_at", "2026-03-05T09:00:00Z"},
                                        {"amount", {{"value", "1.00"}, {"currency", "RUB"}}}}));
  EXPECT_EQ(yookassa().ask(refund, with_api_key())->url, "https://api.yookassa.ru/v3/refunds/r-1");
}

TEST(YooKassa, APaymentThatIsNotThereYetIsAskedForAgain) {
  Delivery answer = json_post(json::serialize(payment("pending")));
  answer.suffix = "/fetched/payment-paid";
  EXPECT_TRUE(is_not_yet(yookassa().decode(answer, with_api_key()).value()));
  answer.body = json::serialize(payment("succeeded"));
  const Fact fact = yookassa().decode(answer, with_api_key()).value().at(0);
  EXPECT_EQ(std::get<PaymentFact>(fact.content).status, PaymentStatus::kPaid);
  EXPECT_FALSE(fact.fetch.has_value());
}

}  // namespace
}  // namespace dealog::connectors
