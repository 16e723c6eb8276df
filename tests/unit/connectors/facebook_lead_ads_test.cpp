// Facebook Lead Ads: the hook, its check, and the lead that the Graph API answers.
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::settings_of;

const Provider& facebook() { return *find_provider("facebook-lead-ads"); }

SourceSettings settings() {
  return settings_of(
      "facebook-lead-ads", "{}",
      json::object{{"", "app-secret"}, {"verify_token", "check-me"}, {"api", "page-token"}});
}

std::string change(const std::string& id) {
  return R"({"field":"leadgen","value":{"leadgen_id":)" + id +
         R"(,"form_id":"55","page_id":"66","ad_id":"77","created_time":1772704800}})";
}
std::string hook(const std::string& changes) {
  return R"({"object":"page","entry":[{"id":"66","time":1772704801,"changes":[)" + changes + "]}]}";
}

TEST(FacebookLeadAds, AsksForTheLeadThatAHookNames) {
  // Beyond what a double holds.
  const std::string id = "120210000000000123";
  const auto facts = facebook().decode(json_post(hook(change(id))), settings()).value();
  ASSERT_EQ(facts.size(), 1u);
  const json::object shown = normalised(facts[0]);
  EXPECT_EQ(shown.at("kind"), "lead");
  EXPECT_EQ(facts[0].external_id, id);
  EXPECT_EQ(shown.at("form_id"), "55");
  EXPECT_TRUE(shown.at("person").is_null());
  EXPECT_EQ(shown.at("occurred_at"), "2026-03-05T10:00:00Z");
  const auto request = facebook().ask(*facts[0].fetch, settings()).value();
  EXPECT_TRUE(request.url.starts_with("https://graph.facebook.com/v23.0/" + id + "?fields="));
  EXPECT_EQ(request.headers.at(0).second, "Bearer page-token");
  EXPECT_EQ(facebook().ask({"lead", "444444444444", ""}, settings()).error().code,
            "nothing_to_fetch");
  // As text it is the same lead.
  const Delivery quoted = json_post(hook(change("\"" + id + "\"")));
  EXPECT_EQ(facebook().decode(quoted, settings()).value(), facts);
  EXPECT_EQ(facebook().receive(quoted, settings()).delivery_key, "facebook-lead-ads:" + id);
}

TEST(FacebookLeadAds, ReadsSeveralLeadsOfOneBody) {
  const Delivery both = json_post(hook(change("1") + "," + change("2")));
  const Delivery turned = json_post(hook(change("2") + "," + change("1")));
  EXPECT_EQ(facebook().decode(both, settings()).value().size(), 2u);
  EXPECT_EQ(facebook().receive(both, settings()).delivery_key,
            facebook().receive(turned, settings()).delivery_key);
  const auto other =
      facebook().decode(json_post(hook(R"({"field":"feed","value":{"item":"post"}})")), settings());
  EXPECT_EQ(std::get<IgnoreFact>(other->at(0).content).reason, "event_not_used");
}

TEST(FacebookLeadAds, ChecksTheSignature) {
  Delivery delivery = json_post(hook(change("1")));
  EXPECT_EQ(facebook().verify(delivery, settings()).reason, "signature_missing");
  const std::string mac = to_hex(hmac_sha256("app-secret", delivery.body));
  delivery.headers.emplace_back("X-Hub-Signature-256", "sha256=" + mac);
  EXPECT_TRUE(facebook().verify(delivery, settings()).ok());
  delivery.body += " ";
  EXPECT_EQ(facebook().verify(delivery, settings()).status(), 401);
}

TEST(FacebookLeadAds, EchoesTheChallengeToWhoeverKnowsTheToken) {
  Delivery ask;
  ask.method = "GET";
  ask.query = "hub.mode=subscribe&hub.challenge=91&hub.verify_token=check-me";
  EXPECT_TRUE(facebook().verify(ask, settings()).ok());
  EXPECT_EQ(facebook().receive(ask, settings()).challenge.body, "91");
  ask.query = "hub.mode=subscribe&hub.challenge=91&hub.verify_token=check-mE";
  EXPECT_EQ(facebook().verify(ask, settings()).status(), 403);
  ask.query = "";
  EXPECT_EQ(facebook().receive(ask, settings()).kind, Reception::Kind::kPing);
}

TEST(FacebookLeadAds, ReadsTheLeadThatTheGraphApiAnswers) {
  Delivery answer = json_post(
      R"({"id":"1","created_time":"2026-03-05T10:00:00+0000","form_id":"55","platform":"ig",
          "campaign_name":"Весна","field_data":[{"name":"full_name","values":["Вера Орлова"]},
          {"name":"phone_number","values":["+79165550177"]},
          {"name":"what_do_you_need?","values":["Сайт","Логотип"]}]})");
  answer.method = "GET";
  answer.suffix = "/fetched/lead";
  const Fact fact = facebook().decode(answer, settings()).value().at(0);
  const auto& lead = std::get<LeadFact>(fact.content);
  EXPECT_FALSE(fact.fetch);
  EXPECT_EQ(fact.key, facebook().decode(json_post(hook(change("1"))), settings()).value()[0].key);
  EXPECT_EQ(lead.person.name, "Вера Орлова");
  EXPECT_EQ(lead.person.phone, "+79165550177");
  EXPECT_EQ(lead.utm, (NamedTexts{{"utm_campaign", "Весна"}}));
  EXPECT_EQ(lead.answers.at(0),
            (std::pair<std::string, std::string>{"what_do_you_need?", "Сайт, Логотип"}));
  EXPECT_EQ(facebook().decode(json_post("{}"), settings()).value()[0].kind(), "ignore");
}

TEST(FacebookLeadAds, TakesTheWorkAddressWhereThereIsNoOther) {
  const Delivery answer = json_post(
      R"({"id":"1","created_time":"2026-03-05T10:00:00+0000","field_data":[
          {"name":"full_name","values":["Вера"]},
          {"name":"work_email","values":["Vera@Firm.example"]},
          {"name":"work_phone_number","values":["+79165550177"]},
          {"name":"which_phone_model_do_you_have?","values":["A 12"]}]})");
  const Fact fact = facebook().decode(answer, settings()).value().at(0);
  const auto& lead = std::get<LeadFact>(fact.content);
  EXPECT_EQ(lead.person.email, "vera@firm.example");
  EXPECT_EQ(lead.person.phone, "+79165550177");
  ASSERT_EQ(lead.answers.size(), 1u) << "a model is no number";
}

}  // namespace
}  // namespace dealog::connectors
