#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::settings_of;

constexpr std::string_view kPassword = "pa$$word-of-the-terminal";

const Provider& tbank() { return *find_provider("tbank"); }
SourceSettings settings() { return settings_of("tbank", "{}", json::string(kPassword)); }

json::object notification(std::string_view status) {
  return {
      {"TerminalKey", "1700000000001"},
      {"OrderId", "2026-41"},
      {"Success", true},
      {"Status", status},
      {"PaymentId", 4400112233},
      {"ErrorCode", "0"},
      {"Amount", 6500050},
      {"Pan", "220220******1111"},
      {"DATA", {{"Email", "Buyer@Example.com"}, {"Phone", "+79165550177"}, {"lead_id", "L-9"}}}};
}

// The rule in words of its own: values of the root's scalars and the password, by name.
std::string token_of(const json::object& body) {
  std::map<std::string, std::string> values{{"Password", std::string(kPassword)}};
  for (const auto& [name, value] : body) {
    if (value.is_object() || value.is_array() || name == "Token") continue;
    values[name] = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  }
  std::string text;
  for (const auto& [name, value] : values) text += value;
  return to_hex(sha256(text));
}

Delivery signed_post(json::object body) {
  body["Token"] = token_of(body);
  return json_post(json::serialize(body));
}

Fact decode(const json::object& body) {
  auto facts = tbank().decode(signed_post(body), settings());
  if (!facts) throw std::runtime_error(facts.error().code);
  return facts->at(0);
}

std::string refusal(const json::object& body) {
  const auto facts = tbank().decode(signed_post(body), settings());
  return facts ? "accepted" : facts.error().code;
}

TEST(TBank, ReadsAConfirmedPaymentInKopecks) {
  const Fact fact = decode(notification("CONFIRMED"));
  EXPECT_EQ(fact.external_id, "4400112233");
  EXPECT_EQ(fact.key, "tbank:payment:4400112233:paid");
  EXPECT_FALSE(fact.occurred_at);
  const auto& paid = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(paid.status, PaymentStatus::kPaid);
  EXPECT_EQ(paid.amount, Money::parse("65000.50", "RUB").value());
  EXPECT_EQ(paid.order_id, "2026-41");
  EXPECT_EQ(paid.lead_ref, "L-9");
  EXPECT_EQ(paid.person.email, "buyer@example.com");
  EXPECT_EQ(paid.person.phone, "+79165550177");
}

TEST(TBank, OrdersAHoldBeforeTheConfirmation) {
  const Fact held = decode(notification("AUTHORIZED"));
  const Fact paid = decode(notification("CONFIRMED"));
  EXPECT_EQ(std::get<PaymentFact>(held.content).status, PaymentStatus::kAuthorized);
  EXPECT_EQ(held.sequence->scope, paid.sequence->scope);
  EXPECT_LT(held.sequence->number, paid.sequence->number);
}

TEST(TBank, TellsADeclinedAttemptFromACancelledPayment) {
  json::object declined = notification("REJECTED");
  declined["Success"] = false;
  declined["Message"] = "Недостаточно средств";
  const auto failed = std::get<PaymentFact>(decode(declined).content);
  EXPECT_EQ(failed.status, PaymentStatus::kFailed);
  EXPECT_EQ(failed.reason, "Недостаточно средств");
  for (const char* status : {"REVERSED", "DEADLINE_EXPIRED"}) {
    EXPECT_EQ(std::get<PaymentFact>(decode(notification(status)).content).status,
              PaymentStatus::kCanceled);
  }
}

TEST(TBank, ReadsAFullRefundAndAsksForAPartialOneByHand) {
  const Fact refund = decode(notification("REFUNDED"));
  EXPECT_EQ(std::get<RefundFact>(refund.content).payment_id, "4400112233");
  EXPECT_EQ(std::get<RefundFact>(refund.content).amount.decimal(), "65000.50");
  EXPECT_EQ(refusal(notification("PARTIAL_REFUNDED")), "refund_amount_unknown");
}

TEST(TBank, IgnoresStatesOnTheWayAndBoundCards) {
  EXPECT_EQ(decode(notification("FORM_SHOWED")).kind(), "ignore");
  const json::object card{{"TerminalKey", "1700000000001"}, {"CustomerKey", "c-1"},
                          {"RequestKey", "ed989549"},       {"Success", true},
                          {"Status", "COMPLETED"},          {"NotificationType", "LINKCARD"}};
  EXPECT_TRUE(tbank().verify(signed_post(card), settings()).ok());
  EXPECT_EQ(decode(card).kind(), "ignore");
}

TEST(TBank, SaysWhatIsWrong) {
  json::object body = notification("CONFIRMED");
  body["Success"] = false;
  EXPECT_EQ(refusal(body), "status_mismatch");
  EXPECT_EQ(refusal(notification("SOMETHING_NEW")), "status_unknown");
  body = notification("CONFIRMED");
  body["Amount"] = -5;
  EXPECT_EQ(refusal(body), "invalid_amount");
  body.erase("PaymentId");
  EXPECT_EQ(refusal(body), "field_missing");
}

TEST(TBank, KnowsADeliveryByTerminalPaymentAndStatus) {
  const auto key = [](const json::object& body) {
    return tbank().receive(signed_post(body), settings()).delivery_key;
  };
  EXPECT_EQ(key(notification("CONFIRMED")), "tbank:1700000000001:4400112233:CONFIRMED");
  json::object first = notification("PARTIAL_REFUNDED"), second = first;
  second["Amount"] = 100;
  EXPECT_NE(key(first), key(second));
  EXPECT_TRUE(tbank().receive(json_post("{}"), settings()).delivery_key.starts_with("tbank:sha"));
}

TEST(TBank, AnswersExactlyOk) {
  for (const Outcome outcome : {Outcome::kAccepted, Outcome::kDuplicate}) {
    EXPECT_EQ(tbank().answer({}, settings(), outcome).body, "OK");
    EXPECT_EQ(tbank().answer({}, settings(), outcome).status, 200);
  }
}

TEST(TBank, RefusesWhenAnySignedValueChanges) {
  const Delivery good = signed_post(notification("CONFIRMED"));
  EXPECT_TRUE(tbank().verify(good, settings()).ok());
  for (const std::string_view value :
       {"1700000000001", "2026-41", "true", "CONFIRMED", "4400112233", "6500050", "220220"}) {
    Delivery changed = good;
    const auto at = changed.body.find(value);
    ASSERT_NE(at, std::string::npos);
    changed.body[at] = static_cast<char>(changed.body[at] ^ 1);
    EXPECT_EQ(tbank().verify(changed, settings()).status(), 401) << value;
  }
  const json::object known = json::parse(good.body).as_object();
  const std::string token(known.at("Token").as_string());
  for (std::size_t i = 0; i < token.size(); ++i) {
    Delivery changed = good;
    char& digit = changed.body[changed.body.find(token) + i];
    digit = digit == '0' ? '1' : '0';
    EXPECT_EQ(tbank().verify(changed, settings()).status(), 401) << i;
  }
}

// Names are not signed, so what is read must be there under its own name, once.
TEST(TBank, RefusesWhenANameIsChangedOrRepeated) {
  const Delivery good = signed_post(notification("CONFIRMED"));
  for (const std::string_view name : {"\"TerminalKey\"", "\"OrderId\"", "\"PaymentId\"",
                                      "\"Status\"", "\"Amount\"", "\"Success\"", "\"Token\""}) {
    Delivery changed = good;
    const auto at = changed.body.find(name) + name.size() - 2;
    changed.body[at] = static_cast<char>(changed.body[at] + 1);
    EXPECT_EQ(tbank().verify(changed, settings()).status(), 401) << name;
  }
  Delivery twice = good;
  twice.body.insert(1, R"("Amount":1,)");
  EXPECT_EQ(tbank().verify(twice, settings()).reason, "field_repeated");
}

TEST(TBank, NeedsThePasswordToBeConnected) {
  EXPECT_EQ(parse_settings("tbank", nullptr).error().fields.at(0).pointer, "/secret");
  EXPECT_TRUE(tbank()
                  .verify(signed_post(notification("CONFIRMED")),
                          settings_of("tbank", R"({"networks":["10.0.0.0/8"]})", "x"))
                  .status() == 403);
}

}  // namespace
}  // namespace dealog::connectors
