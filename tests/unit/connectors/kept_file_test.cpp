// How recordings and attachments are asked for, provider by provider.
#include "libs/connectors/kept_file.hpp"

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "tests/unit/connectors/touches.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using namespace testing_support;

struct Asked {
  SourceSettings settings;
  Result<FileRequest> request;

  Asked(std::string_view provider, SourceSettings with, std::string_view id)
      : settings(std::move(with)), request(find_provider(provider)->ask_file(id, settings)) {}
  std::string code() const { return request ? "asked" : request.error().code; }
  const ApiRequest& sent() const { return request.value().request; }
};

std::string header(const ApiRequest& request, std::string_view name) {
  for (const auto& [known, value] : request.headers) {
    if (known == name) return value;
  }
  return {};
}

std::string where(std::string_view provider, const SourceSettings& settings,
                  std::string_view answer) {
  const auto request = find_provider(provider)->file_at("id", answer, settings);
  return request ? request->url : request.error().code;
}

TEST(KeptFile, OfMangoIsAskedForByASignedForm) {
  const Asked asked("mango-office", settings_of("mango-office", "{}", "k7f3a:pepper"), "MToxMA==");
  const std::string text = R"({"recording_id":"MToxMA==","action":"download"})";
  EXPECT_EQ(asked.sent().method, "POST");
  EXPECT_EQ(asked.sent().url, "https://app.mango-office.ru/vpbx/queries/recording/post");
  EXPECT_EQ(asked.sent().body,
            "vpbx_api_key=k7f3a&sign=" + to_hex(sha256("k7f3a" + text + "pepper")) +
                "&json=" + percent_encode(text));
  EXPECT_FALSE(asked.request->tells_where);
  EXPECT_EQ(Asked("mango-office", settings_of("mango-office", "{}", "salt only"), "1").code(),
            "api_key_missing");
}

TEST(KeptFile, OfZadarmaIsAskedForByASignedQueryThatTellsALink) {
  const auto settings = settings_of("zadarma", "{}", {{"", "secret"}, {"api", "key"}});
  const Asked asked("zadarma", settings, "1458832388.34154");
  const std::string path = "/v1/pbx/record/request/";
  const std::string query = "call_id=1458832388.34154&lifetime=1800";
  EXPECT_EQ(asked.sent().url, "https://api.zadarma.com" + path + "?" + query);
  EXPECT_EQ(header(asked.sent(), "Authorization"),
            "key:" + to_base64(to_hex(
                         hmac_sha1("secret", path + query + to_hex(digest(Hash::kMd5, query))))));
  EXPECT_TRUE(asked.request->tells_where);
  EXPECT_EQ(where("zadarma", settings, R"({"status":"success","link":"https://z.example/1.mp3"})"),
            "https://z.example/1.mp3");
  EXPECT_EQ(where("zadarma", settings, R"({"links":["https://z.example/2.mp3"]})"),
            "https://z.example/2.mp3");
  EXPECT_EQ(where("zadarma", settings, R"({"status":"error"})"), "file_not_ready");
  EXPECT_EQ(where("zadarma", settings, "no JSON"), "malformed_json");
  EXPECT_EQ(Asked("zadarma", settings_of("zadarma", "{}", "secret"), "1").code(),
            "api_key_missing");
}

TEST(KeptFile, OfTwilioIsAskedForAtItsAddressAsTheAccount) {
  const auto settings = settings_of("twilio", "{}", "token");
  const std::string url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE7";
  const Asked asked("twilio", settings, url);
  EXPECT_EQ(asked.sent().url, url + ".mp3");
  EXPECT_EQ(header(asked.sent(), "Authorization"), "Basic " + to_base64("AC1:token"));
  const std::string media = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1";
  EXPECT_EQ(Asked("twilio", settings, media).sent().url, media);
  const auto with_key = settings_of("twilio", "{}", {{"", "token"}, {"api", "SK1:hush"}});
  EXPECT_EQ(header(Asked("twilio", with_key, url).sent(), "Authorization"),
            "Basic " + to_base64("SK1:hush"));
}

TEST(KeptFile, NoKeyGoesToAHostThatIsNotTheProviders) {
  const auto twilio = settings_of("twilio", "{}", "token");
  const auto mailgun = settings_of("mailgun", "{}", {{"", "signing"}, {"api", "private"}});
  for (const auto* url :
       {"https://evil.example/Accounts/AC1/Recordings/RE7", "https://api.twilio.com.evil.example/a",
        "https://eviltwilio.com/a", "http://api.twilio.com/a",
        "https://api.twilio.com@evil.example/", "https://api.twilio.com:8443/a",
        "https://evil.example/?https://api.twilio.com/"}) {
    EXPECT_EQ(Asked("twilio", twilio, url).code(), "address_not_theirs") << url;
    EXPECT_EQ(Asked("mailgun", mailgun, url).code(), "address_not_theirs") << url;
  }
  const auto whatsapp = settings_of("whatsapp-cloud", "{}",
                                    {{"app_secret", "s"}, {"verify_token", "v"}, {"api", "t"}});
  EXPECT_EQ(Asked("whatsapp-cloud", whatsapp, "https://evil.example/1").code(),
            "address_not_theirs");
  EXPECT_EQ(where("whatsapp-cloud", whatsapp, R"({"url":"https://evil.example/1"})"),
            "address_not_theirs");
}

TEST(KeptFile, OfMailgunIsAskedForWithThePrivateKey) {
  const auto settings = settings_of("mailgun", "{}", {{"", "signing"}, {"api", "private"}});
  const std::string url =
      "https://storage-us-east4.api.mailgun.net/v3/domains/d/messages/m/attachments/0";
  const Asked asked("mailgun", settings, url);
  EXPECT_EQ(asked.sent().url, url);
  EXPECT_EQ(header(asked.sent(), "Authorization"), "Basic " + to_base64("api:private"));
  EXPECT_EQ(Asked("mailgun", settings_of("mailgun", "{}", "signing"), url).code(),
            "api_key_missing");
}

TEST(KeptFile, OfTelegramIsFirstLookedUp) {
  const auto settings = settings_of("telegram", "{}", {{"", "hook"}, {"api", "42:AA"}});
  const Asked asked("telegram", settings, "BQACAg/1");
  EXPECT_EQ(asked.sent().url, "https://api.telegram.org/bot42:AA/getFile?file_id=BQACAg%2F1");
  EXPECT_TRUE(asked.request->tells_where);
  EXPECT_EQ(where("telegram", settings, R"({"ok":true,"result":{"file_path":"photos/f 1.jpg"}})"),
            "https://api.telegram.org/file/bot42:AA/photos/f%201.jpg");
  for (const auto* path : {"", "/etc/passwd", "../bot43:BB/x", "photos//x", "photos/../../x"}) {
    const json::object told{{"result", {{"file_path", path}}}};
    EXPECT_EQ(where("telegram", settings, json::serialize(told)), "file_not_ready") << path;
  }
  EXPECT_EQ(Asked("telegram", settings_of("telegram", "{}", "hook"), "1").code(),
            "api_key_missing");
}

TEST(KeptFile, OfWhatsAppIsLookedUpAndFetchedWithTheToken) {
  const auto settings = settings_of("whatsapp-cloud", "{}",
                                    {{"app_secret", "s"}, {"verify_token", "v"}, {"api", "t"}});
  const Asked asked("whatsapp-cloud", settings, "1037543291543636");
  EXPECT_EQ(asked.sent().url, "https://graph.facebook.com/v23.0/1037543291543636");
  EXPECT_EQ(header(asked.sent(), "Authorization"), "Bearer t");
  const auto medium =
      find_provider("whatsapp-cloud")
          ->file_at("1", R"({"url":"https://lookaside.fbsbx.com/m?mid=1"})", settings);
  ASSERT_TRUE(medium);
  EXPECT_EQ(medium->url, "https://lookaside.fbsbx.com/m?mid=1");
  EXPECT_EQ(header(*medium, "Authorization"), "Bearer t");
  EXPECT_EQ(where("whatsapp-cloud", settings, R"({"error":{}})"), "file_not_ready");
}

TEST(KeptFile, OfAsteriskIsAskedForAtItsOwnInterface) {
  auto settings = settings_of("asterisk", R"({"api_url":"http://pbx.example:8088/ari"})",
                              {{"api", "dealog:hush"}});
  const Asked asked("asterisk", settings, "rec/2026 1");
  EXPECT_EQ(asked.sent().url, "http://pbx.example:8088/ari/recordings/stored/rec%2F2026%201/file");
  EXPECT_EQ(header(asked.sent(), "Authorization"), "Basic " + to_base64("dealog:hush"));
  EXPECT_EQ(Asked("asterisk", settings_of("asterisk"), "rec").code(), "api_url_missing");
}

TEST(KeptFile, AtAnAddressIsAskedForWithoutAnyKey) {
  const Asked asked("uis-comagic", settings_of("uis-comagic"), "https://app.uis.example/t/1");
  EXPECT_EQ(asked.sent().url, "https://app.uis.example/t/1");
  EXPECT_TRUE(asked.sent().headers.empty());
  for (const auto* id : {"", "77", "ftp://a.example/1", "file:///etc/passwd"}) {
    EXPECT_EQ(Asked("uis-comagic", settings_of("uis-comagic"), id).code(), "nothing_to_fetch")
        << id;
  }
}

TEST(KeptFile, ASourceMayLeaveThemWhereTheyAre) {
  EXPECT_TRUE(settings_of("telegram", "{}", "s").arrivals.fetches_files);
  const auto settings = settings_of("telegram", R"({"files":"leave"})", "s");
  EXPECT_FALSE(settings.arrivals.fetches_files);
  EXPECT_EQ(to_json(settings).at("files").as_string(), "leave");
}

}  // namespace
}  // namespace dealog::connectors
