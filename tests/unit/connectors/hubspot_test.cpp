// HubSpot: three signatures, batches of events, answers of the API.
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::settings_of;

constexpr std::string_view kSecret = "client-secret";
const Provider& hubspot() { return *find_provider("hubspot"); }

SourceSettings settings() {
  return settings_of("hubspot", R"({"public_url":"https://crm.example.com"})",
                     json::object{{"", kSecret}, {"api", "pat-1"}});
}

std::string event(const std::string& type, const std::string& more = "", int number = 1) {
  return R"({"objectId":301,"portalId":62,"eventId":)" + std::to_string(number) +
         R"(,"subscriptionId":7,"occurredAt":1772704800250,"subscriptionType":")" + type +
         R"(","attemptNumber":0)" + more + "}";
}
std::string change(const std::string& type, const std::string& name, const std::string& value) {
  return event(type, R"(,"propertyName":")" + name + R"(","propertyValue":")" + value + "\"");
}

Fact decoded(const std::string& one) {
  return hubspot().decode(json_post("[" + one + "]"), settings()).value().at(0);
}

Delivery called(std::string body) {
  Delivery delivery = json_post(std::move(body));
  delivery.path = "/hooks/src/token";
  delivery.query = "from=a%2Fb%20c";
  return delivery;
}

void sign_v3(Delivery& delivery, const std::string& url, std::string time) {
  const std::string mac = hmac_sha256(std::string(kSecret), "POST" + url + delivery.body + time);
  delivery.headers.emplace_back("X-HubSpot-Request-Timestamp", std::move(time));
  delivery.headers.emplace_back("X-HubSpot-Signature-v3", to_base64(mac));
}

TEST(HubSpot, ChecksTheThirdSignatureOverTheAddressItCalled) {
  const std::string good = "1772704800000";
  for (const std::string url : {"https://crm.example.com/hooks/src/token?from=a/b%20c",
                                "https://crm.example.com/hooks/src/token?from=a%2Fb%20c"}) {
    Delivery delivery = called("[]");
    sign_v3(delivery, url, good);
    EXPECT_TRUE(hubspot().verify(delivery, settings()).ok()) << url;
    delivery.body = "[ ]";
    EXPECT_EQ(hubspot().verify(delivery, settings()).reason, "signature_wrong");
  }
  Delivery elsewhere = called("[]");
  sign_v3(elsewhere, "https://other.example.com/hooks/src/token?from=a/b%20c", good);
  EXPECT_EQ(hubspot().verify(elsewhere, settings()).status(), 401);
  Delivery late = called("[]");
  sign_v3(late, "https://crm.example.com/hooks/src/token?from=a/b%20c", "1772704499000");
  EXPECT_EQ(hubspot().verify(late, settings()).reason, "timestamp_out_of_range");
}

TEST(HubSpot, ChecksTheOlderSignaturesOnlyWhereTheThirdIsNotSent) {
  Delivery first = called("[]");
  const std::string secret(kSecret);
  first.headers.emplace_back("X-HubSpot-Signature", to_hex(sha256(secret + first.body)));
  EXPECT_TRUE(hubspot().verify(first, settings()).ok());
  first.headers.emplace_back("X-HubSpot-Signature-v3", "AAAA");
  first.headers.emplace_back("X-HubSpot-Request-Timestamp", "1772704800000");
  EXPECT_EQ(hubspot().verify(first, settings()).reason, "signature_wrong");
  Delivery second = called("[]");
  const std::string url = "https://crm.example.com/hooks/src/token?from=a%2Fb%20c";
  second.headers.emplace_back("X-HubSpot-Signature-Version", "v2");
  second.headers.emplace_back("X-HubSpot-Signature",
                              to_hex(sha256(secret + "POST" + url + second.body)));
  EXPECT_TRUE(hubspot().verify(second, settings()).ok());
  EXPECT_EQ(hubspot().verify(called("[]"), settings()).reason, "signature_missing");
}

TEST(HubSpot, KnowsAnEventWhateverTheAttempt) {
  const auto key = [](const std::string& body) {
    return hubspot().receive(json_post(body), settings()).delivery_key;
  };
  EXPECT_EQ(key("[" + event("contact.creation") + "]"), "hubspot:62:1:7");
  const std::string one = event("contact.creation", "", 1), two = event("deal.creation", "", 2);
  std::string again = "[" + two + "," + one + "]";
  again.replace(again.find("Number\":0"), 9, "Number\":3");
  EXPECT_EQ(key("[" + one + "," + two + "]"), key(again));
}

TEST(HubSpot, TellsWhereADealWent) {
  const json::object won =
      normalised(decoded(change("deal.propertyChange", "dealstage", "closedwon")));
  EXPECT_EQ(won.at("kind"), "stage");
  EXPECT_EQ(won.at("external_id"), "301");
  EXPECT_EQ(won.at("account"), "62");
  EXPECT_EQ(won.at("stage").at("to"), "closedwon");
  EXPECT_EQ(won.at("stage").at("outcome"), "won");
  EXPECT_EQ(won.at("occurred_at"), "2026-03-05T10:00:00.250Z");
  EXPECT_FALSE(won.contains("needs_enrichment"));
  // Whether a stage of one's own pipeline closes a deal is known by asking.
  EXPECT_EQ(decoded(change("deal.propertyChange", "dealstage", "81723")).fetch->what, "deal");
  const Fact amount = decoded(change("deal.propertyChange", "amount", "1500"));
  EXPECT_EQ(std::get<StageFact>(amount.content).amount->decimal(), "1500.00");
  EXPECT_NE(amount.sequence->scope,
            decoded(change("deal.propertyChange", "dealstage", "closedwon")).sequence->scope);
}

TEST(HubSpot, ReadsTheGenericFormOfASubscription) {
  const std::string generic =
      event("object.propertyChange",
            R"(,"objectTypeId":"0-3","propertyName":"dealstage","propertyValue":"closedlost")");
  const Fact fact = decoded(generic);
  EXPECT_EQ(std::get<StageFact>(fact.content).stage.outcome, "lost");
  EXPECT_EQ(fact.key, decoded(change("deal.propertyChange", "dealstage", "closedlost")).key);
  EXPECT_EQ(decoded(event("object.creation", R"(,"objectTypeId":"0-1")")).fetch->what, "contact");
}

TEST(HubSpot, AsksForWhatWasMade) {
  EXPECT_EQ(decoded(event("deal.creation")).kind(), "lead");
  EXPECT_EQ(decoded(event("deal.creation")).fetch->what, "new-deal");
  EXPECT_EQ(decoded(event("company.creation")).fetch->what, "company");
  const Fact email = decoded(change("contact.propertyChange", "email", "Vera@Example.com"));
  EXPECT_EQ(std::get<ContactFact>(email.content).person.email, "vera@example.com");
  EXPECT_FALSE(email.fetch);
}

TEST(HubSpot, LearnsFromEitherSideWhoBelongsToADeal) {
  const auto of = [](const std::string& type, const std::string& from, const std::string& to) {
    return R"({"eventId":1,"subscriptionId":7,"portalId":62,"occurredAt":1772704800250,
               "subscriptionType":"deal.associationChange","associationType":")" +
           type + R"(","fromObjectId":)" + from + R"(,"toObjectId":)" + to +
           R"(,"associationRemoved":false})";
  };
  const Fact one = decoded(of("DEAL_TO_CONTACT", "301", "88"));
  const Fact other = decoded(of("CONTACT_TO_DEAL", "88", "301"));
  EXPECT_EQ(one, other);
  EXPECT_EQ(one.external_id, "301");
  EXPECT_EQ(std::get<StageFact>(one.content).person.id("external_contact"), "88");
}

TEST(HubSpot, IgnoresWhatChangesNothingHere) {
  const auto reason = [](const std::string& one) {
    return std::get<IgnoreFact>(decoded(one).content).reason;
  };
  EXPECT_EQ(reason(event("contact.deletion")), "contact_deleted");
  EXPECT_EQ(reason(event("contact.privacyDeletion")), "contact_deleted");
  EXPECT_EQ(reason(event("contact.merge", R"(,"primaryObjectId":301,"mergedObjectIds":[5])")),
            "contact_merged");
  EXPECT_EQ(reason(event("ticket.creation")), "event_not_used");
  EXPECT_EQ(reason(event("conversation.newMessage", R"(,"messageId":"m")")), "event_not_used");
  EXPECT_EQ(reason(change("deal.propertyChange", "hs_priority", "high")), "property_not_used");
  EXPECT_EQ(reason(event("deal.associationChange", R"(,"associationType":"DEAL_TO_COMPANY")")),
            "association_not_used");
}

TEST(HubSpot, ReadsWhatItAskedFor) {
  const auto request = hubspot().ask({"deal", "301", ""}, settings()).value();
  EXPECT_TRUE(request.url.starts_with("https://api.hubapi.com/crm/v3/objects/deals/301?"));
  EXPECT_EQ(request.headers.at(0).second, "Bearer pat-1");
  Delivery answer = json_post(
      R"({"id":"301","properties":{"dealname":"Сайт","dealstage":"81723","pipeline":"p-1",
          "amount":"1500","deal_currency_code":"EUR","hs_is_closed":"true",
          "hs_is_closed_won":"true"},"createdAt":"2026-03-05T09:00:00Z",
          "updatedAt":"2026-03-05T10:00:00.250Z",
          "associations":{"contacts":{"results":[{"id":"88","type":"deal_to_contact"}]}}})");
  answer.method = "GET";
  answer.suffix = "/fetched/deal";
  const auto stage =
      std::get<StageFact>(hubspot().decode(answer, settings()).value().at(0).content);
  EXPECT_EQ(stage.stage.outcome, "won");
  EXPECT_EQ(stage.amount->currency.code(), "EUR");
  answer.suffix = "/fetched/new-deal";
  const auto facts = hubspot().decode(answer, settings()).value();
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].key, decoded(event("deal.creation")).key);
  EXPECT_EQ(facts[1].fetch->id, "88");
  EXPECT_EQ(facts[1].fetch->what, "contact-of-301");
}

}  // namespace
}  // namespace dealog::connectors
