// CloudEvents, Standard Webhooks, GitHub, Slack.
#include <algorithm>

#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::post;
using testing_support::settings_of;

const Provider& cloudevents() { return *find_provider("cloudevents"); }
SourceSettings plain() { return settings_of("cloudevents"); }

Delivery binary() {
  Delivery delivery = json_post(R"({"phone":"8 916 555-01-77","who":"Ольга"})");
  for (const auto& [name, value] : {std::pair{"ce-specversion", "1.0"},
                                    {"ce-id", "ev-1"},
                                    {"ce-source", "/shop%20one"},
                                    {"ce-type", "shop.order.created"},
                                    {"ce-time", "2026-03-05T09:00:00Z"}}) {
    delivery.headers.emplace_back(name, value);
  }
  return delivery;
}

constexpr std::string_view kEvent =
    R"({"specversion":"1.0","id":"ev-1","source":"/shop one","type":"shop.order.created",
        "time":"2026-03-05T09:00:00Z","data":{"phone":"8 916 555-01-77","who":"Ольга"}})";

Delivery structured() {
  return post("application/cloudevents+json; charset=utf-8", std::string(kEvent));
}

TEST(CloudEvents, SaysTheSameInEveryMode) {
  const auto of_binary = cloudevents().decode(binary(), plain()).value();
  const auto of_structured = cloudevents().decode(structured(), plain()).value();
  EXPECT_EQ(of_binary, of_structured);
  const json::object shown = normalised(of_binary.at(0));
  EXPECT_EQ(shown.at("kind"), "event");
  EXPECT_EQ(shown.at("external_id"), "ev-1");
  EXPECT_EQ(shown.at("source"), "/shop one");
  EXPECT_EQ(shown.at("type"), "shop.order.created");
  EXPECT_EQ(shown.at("occurred_at"), "2026-03-05T09:00:00Z");
  EXPECT_EQ(cloudevents().receive(binary(), plain()).delivery_key, "cloudevents:/shop one:ev-1");
  EXPECT_EQ(cloudevents().receive(structured(), plain()).delivery_key,
            "cloudevents:/shop one:ev-1");
  EXPECT_EQ(cloudevents().answer(binary(), plain(), Outcome::kDuplicate).status, 202);
}

TEST(CloudEvents, GivesEachEventOfABatchAKeyOfItsOwn) {
  const std::string one(kEvent);
  std::string two = one;
  two.replace(two.find("ev-1"), 4, "ev-2");
  const Delivery batch = post("application/cloudevents-batch+json", "[" + one + "," + two + "]");
  const auto facts = cloudevents().decode(batch, plain()).value();
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_NE(facts[0].key, facts[1].key);
  EXPECT_EQ(facts[0].key, cloudevents().decode(structured(), plain()).value().at(0).key);
}

TEST(CloudEvents, MakesALeadOfWhatIsMapped) {
  const auto mapped = settings_of("cloudevents", R"({"fields":{"name":"who","phone":"phone"}})");
  for (const auto& delivery : {binary(), structured()}) {
    const auto facts = cloudevents().decode(delivery, mapped).value();
    EXPECT_EQ(std::get<LeadFact>(facts.at(0).content).person.name, "Ольга");
    EXPECT_EQ(std::get<LeadFact>(facts.at(0).content).person.phone, "+79165550177");
  }
}

TEST(CloudEvents, GivesThePermissionThatSendersAskFor) {
  Delivery ask;
  ask.method = "OPTIONS";
  ask.headers = {{"WebHook-Request-Origin", "events.example.com"}};
  const auto guarded = settings_of("cloudevents", "{}", "token");
  EXPECT_TRUE(cloudevents().verify(ask, guarded).ok());
  const Reception reception = cloudevents().receive(ask, guarded);
  EXPECT_EQ(reception.kind, Reception::Kind::kChallenge);
  EXPECT_EQ(reception.challenge.status, 200);
  const std::pair<std::string, std::string> allowed{"WebHook-Allowed-Origin", "events.example.com"};
  EXPECT_NE(
      std::find(reception.challenge.headers.begin(), reception.challenge.headers.end(), allowed),
      reception.challenge.headers.end());
}

TEST(CloudEvents, PermitsOnlyTheOriginsOfItsSettings) {
  const auto listed = settings_of("cloudevents", R"({"origins":["https://events.example.com"]})");
  Delivery ask;
  ask.method = "OPTIONS";
  ask.headers = {{"WebHook-Request-Origin", "Events.example.com"}};
  EXPECT_EQ(cloudevents().receive(ask, listed).challenge.headers.size(), 3u);
  ask.headers = {{"WebHook-Request-Origin", "example.com"}};
  const Answer refused = cloudevents().receive(ask, listed).challenge;
  EXPECT_EQ(refused.status, 200);
  ASSERT_EQ(refused.headers.size(), 1u);
  EXPECT_EQ(refused.headers.front().first, "Allow");
}

TEST(CloudEvents, ReadsDataThatStandsInItsEventAsText) {
  const auto mapped = settings_of("cloudevents", R"({"fields":{"name":"who","phone":"phone"}})");
  const std::string head = R"({"specversion":"1.0","id":"1","source":"/s","type":"t",)";
  const std::string data = R"({"who":"Ольга","phone":"8 916 555-01-77"})";
  const std::string forms[] = {
      R"("datacontenttype":"application/json","data_base64":")" + to_base64(data) + "\"}",
      R"("datacontenttype":"application/x-www-form-urlencoded",)"
      R"("data":"who=%D0%9E%D0%BB%D1%8C%D0%B3%D0%B0&phone=8+916+555-01-77"})"};
  for (const auto& rest : forms) {
    const auto facts =
        cloudevents().decode(post("application/cloudevents+json", head + rest), mapped).value();
    EXPECT_EQ(std::get<LeadFact>(facts.at(0).content).person.name, "Ольга");
    EXPECT_EQ(std::get<LeadFact>(facts.at(0).content).person.phone, "+79165550177");
  }
  EXPECT_EQ(
      cloudevents()
          .decode(post("application/cloudevents+json", head + R"("data_base64":"*"})"), mapped)
          .error()
          .code,
      "invalid_base64");
}

TEST(CloudEvents, ReadsAttributesInQuotesAndWithPercents) {
  Delivery delivery = json_post("{}");
  delivery.headers.insert(delivery.headers.end(), {{"Ce-Specversion", "1.0"},
                                                   {"Ce-Id", R"("a \"b\" c")"},
                                                   {"Ce-Source", "/%D1%81%D0%B0%D0%B9%D1%82"},
                                                   {"Ce-Type", "t"}});
  EXPECT_EQ(cloudevents().receive(delivery, plain()).delivery_key, "cloudevents:/сайт:a \"b\" c");
}

TEST(CloudEvents, TakesItsTokenFromTheHeaderOrTheAddress) {
  const auto guarded = settings_of("cloudevents", "{}", "token");
  Delivery delivery = structured();
  EXPECT_EQ(cloudevents().verify(delivery, guarded).reason, "key_missing");
  delivery.query = "access_token=token";
  EXPECT_TRUE(cloudevents().verify(delivery, guarded).ok());
  delivery.query = "access_token=tokem";
  EXPECT_EQ(cloudevents().verify(delivery, guarded).status(), 401);
  delivery.headers.emplace_back("Authorization", "Bearer token");
  EXPECT_TRUE(cloudevents().verify(delivery, guarded).ok());
}

TEST(CloudEvents, RefusesWhatItCannotRead) {
  EXPECT_EQ(
      cloudevents().receive(post("application/cloudevents+xml", "<e/>"), plain()).challenge.status,
      415);
  EXPECT_EQ(cloudevents().decode(json_post("{}"), plain()).error().code, "field_missing");
  EXPECT_EQ(cloudevents()
                .decode(post("application/cloudevents+json", R"({"specversion":"1.0","id":"1"})"),
                        plain())
                .error()
                .code,
            "field_missing");
}

TEST(StandardWebhooks, ShowsAContactThatWasMade) {
  const std::string key = "0123456789abcdef";
  const auto settings = settings_of("standard-webhooks", R"({"country":"US"})",
                                    json::string("whsec_" + to_base64(key)));
  Delivery delivery = json_post(
      R"({"type":"contact.created","timestamp":"2026-03-05T09:00:00Z",
          "data":{"id":"c-1","fullName":"Ann Lee","phoneNumber":"(415) 555-2671"}})");
  const std::string text = "msg_9.1772704800." + delivery.body;
  delivery.headers.insert(delivery.headers.end(),
                          {{"webhook-id", "msg_9"},
                           {"webhook-timestamp", "1772704800"},
                           {"webhook-signature", "v1," + to_base64(hmac_sha256(key, text))}});
  const Provider& standard = *find_provider("standard-webhooks");
  EXPECT_TRUE(standard.verify(delivery, settings).ok());
  EXPECT_EQ(standard.receive(delivery, settings).delivery_key, "msg_9");
  const json::object shown = normalised(standard.decode(delivery, settings).value().at(0));
  EXPECT_EQ(shown.at("kind"), "contact");
  EXPECT_EQ(shown.at("external_id"), "c-1");
  EXPECT_EQ(shown.at("person").at("name"), "Ann Lee");
  EXPECT_EQ(shown.at("person").at("phone"), "+14155552671");
}

TEST(StandardWebhooks, JoinsTheTwoHalvesOfAName) {
  const auto settings = settings_of("standard-webhooks", "{}",
                                    json::string("whsec_" + to_base64("0123456789abcdef")));
  const Fact fact =
      find_provider("standard-webhooks")
          ->decode(json_post(R"({"type":"contact.updated","data":{"id":"c-2","first_name":"Ann",
                                 "last_name":"Lee"}})"),
                   settings)
          .value()
          .at(0);
  EXPECT_EQ(std::get<ContactFact>(fact.content).person.name, "Ann Lee");
}

TEST(Github, AnswersThePingAndKnowsADeliveryByItsNumber) {
  const Provider& github = *find_provider("github-hmac");
  const auto settings = settings_of("github-hmac", "{}", "s");
  Delivery delivery = json_post(R"({"action":"created","starred_at":"2026-03-05T09:00:00Z"})");
  delivery.headers.emplace_back("X-GitHub-Delivery", "d-1");
  delivery.headers.emplace_back("X-GitHub-Event", "star");
  EXPECT_EQ(github.verify(delivery, settings).reason, "signature_missing");
  EXPECT_EQ(github.receive(delivery, settings).delivery_key, "github:d-1");
  const Fact fact = github.decode(delivery, settings).value().at(0);
  EXPECT_EQ(fact.external_id, "d-1");
  EXPECT_EQ(fact.kind(), "event");
  EXPECT_TRUE(fact.occurred_at);
  delivery.headers.back().second = "ping";
  EXPECT_EQ(github.receive(delivery, settings).kind, Reception::Kind::kPing);
}

TEST(Github, ReadsAnEventThatIsTheFieldOfAForm) {
  const Provider& github = *find_provider("github-hmac");
  const auto settings = settings_of("github-hmac", R"({"fields":{"name":"sender.login"}})", "s");
  Delivery delivery = testing_support::form(
      "payload=" + percent_encode(R"({"action":"opened","sender":{"login":"ann"},
                                      "issue":{"updated_at":"2026-03-05T09:00:00Z"}})"));
  delivery.headers.emplace_back("X-GitHub-Delivery", "d-2");
  const Fact fact = github.decode(delivery, settings).value().at(0);
  EXPECT_EQ(std::get<LeadFact>(fact.content).person.name, "ann");
  EXPECT_EQ(fact.occurred_at, Timestamp::parse("2026-03-05T09:00:00Z").value());
}

TEST(Slack, AnswersItsChallenge) {
  const Provider& slack = *find_provider("slack");
  const auto settings = settings_of("slack", "{}", "s");
  const Reception reception =
      slack.receive(json_post(R"({"type":"url_verification","challenge":"c-123"})"), settings);
  EXPECT_EQ(reception.kind, Reception::Kind::kChallenge);
  EXPECT_EQ(reception.challenge.body, "c-123");
  EXPECT_EQ(slack.receive(json_post(R"({"type":"event_callback","event_id":"Ev1"})"), settings)
                .delivery_key,
            "slack:Ev1");
}

}  // namespace
}  // namespace dealog::connectors
