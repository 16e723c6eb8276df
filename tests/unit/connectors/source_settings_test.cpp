#include "libs/connectors/source_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing_support::settings_of;

// Pointers of everything that is wrong.
std::vector<std::string> wrong(std::string_view provider, const std::string& settings,
                               const json::value& secret = nullptr) {
  const auto parsed = parse_settings(provider, json::parse(settings), secret);
  std::vector<std::string> pointers;
  if (!parsed) {
    for (const auto& field : parsed.error().fields) pointers.push_back(field.pointer);
  }
  return pointers;
}

TEST(SourceSettings, AreReadWhole) {
  const SourceSettings settings = settings_of(
      "tilda",
      R"({"country":"KZ","time_zone":"Asia/Almaty","currency":"KZT","pipeline":"web-studio",
          "owner":"usr_1","auth":{"in":"field","name":"api_key"},"networks":["10.0.0.0/8","::1"],
          "tolerance_s":300,"public_url":"https://crm.example.com/hooks/a/b"})",
      "k1");
  EXPECT_EQ(settings.provider, "tilda");
  EXPECT_EQ(settings.country, "KZ");
  EXPECT_EQ(settings.time_zone, "Asia/Almaty");
  EXPECT_EQ(settings.currency, "KZT");
  EXPECT_EQ(settings.pipeline, "web-studio");
  EXPECT_EQ(settings.owner, "usr_1");
  EXPECT_EQ(settings.auth, (KeyPlace{KeyPlace::In::kField, "api_key"}));
  EXPECT_EQ(settings.networks.listed.size(), 2u);
  EXPECT_EQ(settings.tolerance_s, 300);
  EXPECT_EQ(*settings.secret(), "k1");
}

TEST(SourceSettings, HaveSensibleDefaultsAndTakeNullForAbsent) {
  for (const char* text : {"null", "{}", R"({"auth":null,"owner":null,"fields":null})"}) {
    const SourceSettings settings = settings_of("generic", text);
    EXPECT_EQ(settings.country, "RU");
    EXPECT_EQ(settings.time_zone, "Europe/Moscow");
    EXPECT_EQ(settings.currency, "RUB");
    EXPECT_EQ(settings.auth.in, KeyPlace::In::kNone);
    EXPECT_EQ(settings.secret(), nullptr);
  }
}

TEST(SourceSettings, ReportEverythingWrongAtOnce) {
  EXPECT_THAT(
      wrong("tilda",
            R"({"country":"Russia","time_zone":"Moscow","currency":"rub","auth":{"in":"cookie"},
                "networks":["1.2.3.4/99"],"tolerance_s":0,"public_url":"crm","colour":"red"})",
            json::value(5)),
      ElementsAre("/settings/country", "/settings/time_zone", "/settings/currency",
                  "/settings/auth/in", "/settings/networks/0", "/settings/tolerance_s",
                  "/settings/public_url", "/settings/colour", "/secret"));
}

TEST(SourceSettings, TakeOriginsAsBrowsersSendThem) {
  EXPECT_EQ(settings_of("generic", R"({"origins":["HTTPS://Site.ru:8443/"]})").origins.front(),
            "https://site.ru:8443");
  EXPECT_THAT(wrong("generic", R"({"origins":["https://a.ru//","https://a.ru/x","a.ru",5]})"),
              ElementsAre("/settings/origins/0", "/settings/origins/1", "/settings/origins/2",
                          "/settings/origins/3"));
}

TEST(SourceSettings, NameAnUnknownProvider) {
  EXPECT_THAT(wrong("tylda", "{}"), ElementsAre("/provider"));
}

TEST(SourceSettings, NeedASecretWhereAKeyIsNamed) {
  EXPECT_THAT(wrong("tilda", R"({"auth":{"in":"header","name":"X-Key"}})"), ElementsAre("/secret"));
  EXPECT_THAT(wrong("generic", R"({"signature":{"header":"X-Signature"}})"),
              ElementsAre("/secret"));
  EXPECT_THAT(wrong("tilda", "{}", json::value("")), ElementsAre("/secret"));
}

TEST(SourceSettings, TakeASecretOfSeveralParts) {
  const SourceSettings settings =
      settings_of("generic", "{}", json::value{{"api_key", "a"}, {"salt", "b"}});
  EXPECT_EQ(*settings.secret("api_key"), "a");
  EXPECT_EQ(*settings.secret("salt"), "b");
  EXPECT_EQ(settings.secret(), nullptr);
  EXPECT_THAT(wrong("generic", "{}", json::value{{"api_key", 1}}), ElementsAre("/secret/api_key"));
}

TEST(SourceSettings, KnowWhatAProviderCannotDo) {
  EXPECT_THAT(wrong("tilda", R"({"networks":"provider"})"), ElementsAre("/settings/networks"));
  EXPECT_THAT(wrong("yookassa", R"({"auth":{"in":"header","name":"X-Key"}})", json::value("k")),
              ElementsAre("/settings/auth"));
}

TEST(SourceSettings, SayWhereAMappingIsWrong) {
  EXPECT_THAT(
      wrong("generic",
            R"({"fields":{"phone":"a..b","colour":"c","email":["x",5],"title":{},
                "amount":{"path":"p","transforms":["money_minor","round"]},
                "occurred_at":{"path":"d",
                               "transforms":[{"date":"%d.%m"},{"date":"iso","zone":"X"}]},
                "name":{"path":"n","default":"?"}}})"),
      ElementsAre("/settings/fields/phone", "/settings/fields/colour", "/settings/fields/email/1",
                  "/settings/fields/title", "/settings/fields/amount/transforms/1",
                  "/settings/fields/occurred_at/transforms/0/date",
                  "/settings/fields/occurred_at/transforms/1/zone",
                  "/settings/fields/name/default"));
}

TEST(SourceSettings, AsJsonHoldNoSecretAndAreReadBack) {
  const std::string text =
      R"({"country":"RU","time_zone":"Europe/Moscow","currency":"EUR","account":"site",
          "auth":{"in":"header","name":"X-Key"},"networks":["10.0.0.0/8"],
          "origins":["https://a.ru/"],
          "signature":{"header":"X-Sig","encoding":"base64","prefix":"v1="},"honeypot":"trap",
          "thank_you_url":"https://a.ru/thanks","charset":"windows-1251","tolerance_s":60,
          "fields":{"phone":["tel","phone"],"utm_source":{"constant":"site"},
                    "occurred_at":{"first_of":["d"],
                                   "transforms":[{"date":"%d.%m.%Y","zone":"UTC"}]},
                    "amount":{"path":"sum","transforms":["trim","money_minor"]}}})";
  const SourceSettings settings = settings_of("generic", text, "hush-hush");
  const std::string shown = json::serialize(to_json(settings));
  EXPECT_EQ(shown.find("hush"), std::string::npos);
  const SourceSettings again = settings_of("generic", shown, "hush-hush");
  EXPECT_EQ(again.fields, settings.fields);
  EXPECT_EQ(again.auth, settings.auth);
  EXPECT_EQ(again.signature, settings.signature);
  EXPECT_EQ(again.networks, settings.networks);
  EXPECT_EQ(again.origins, settings.origins);
  EXPECT_EQ(to_json(again), to_json(settings));
}

TEST(StoredSettings, AreThoseThatWereGivenWithTheSecretBeside) {
  const SourceSettings given =
      settings_of("tilda", R"({"auth":{"in":"field","name":"api_key"}})", "k1");
  const auto stored =
      stored_settings("tilda", json::serialize(to_json(given)), given.secrets, "src_1");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->auth, given.auth);
  EXPECT_EQ(*stored->secret(), "k1");
  EXPECT_EQ(stored->account, "src_1");
  const auto named = stored_settings("generic", R"({"account":"landing"})", {}, "src_1");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->account, "landing") << "an account of the user's own choice stays";
}

TEST(StoredSettings, ThatAreNotUnderstoodAnyMoreSaySo) {
  for (const char* text : {"{", R"({"colour":"red"})"}) {
    const auto stored = stored_settings("tilda", text, {}, "src_1");
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().code, "source_unusable");
  }
}

TEST(ProviderTable, FindsEachByItsNameAndItsAlias) {
  for (const Provider* provider : all_providers()) {
    EXPECT_EQ(find_provider(provider->name()), provider);
    EXPECT_GE(provider->decoder_version(), 1u);
  }
  EXPECT_EQ(find_provider("generic-form"), find_provider("generic"));
  EXPECT_EQ(find_provider(""), nullptr);
}

TEST(DeliveryKeys, ArePrintableAndBounded) {
  EXPECT_EQ(delivery_key("tilda", "12:34"), "tilda:12:34");
  for (const std::string& id : {std::string(5000, 'x'), std::string("a\nb"), std::string("\xff")}) {
    const std::string key = delivery_key("tilda", id);
    EXPECT_TRUE(key.starts_with("tilda:sha256:"));
    EXPECT_EQ(key.size(), std::string("tilda:sha256:").size() + 64);
  }
}

}  // namespace
}  // namespace dealog::connectors
