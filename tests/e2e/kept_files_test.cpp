// Recordings and attachments that providers keep: fetched once, sealed, erased, given up.
#include <ctime>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/fake_providers.hpp"
#include "tests/e2e/uploads.hpp"
#include "tests/support/eventually.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Fields = std::vector<std::pair<std::string, std::string>>;

struct Post {
  std::string suffix;
  std::string content_type;
  std::string body;
  http::ClientHeaders headers = {};
};

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kJson = "application/json";

class KeptFiles : public ::testing::Test {
 protected:
  explicit KeptFiles(bool private_addresses = true)
      : server_(folder_.path() / "data", {"--config", config(private_addresses)}) {
    server_.start();
    api_.emplace(server_.port(), server_.owner_token());
  }

  std::string config(bool private_addresses) {
    const auto file = folder_.path() / "dealog.toml";
    std::ofstream(file) << "[outbound]\nprivate_addresses = "
                        << (private_addresses ? "true" : "false") << "\n";
    return file.string();
  }
  std::string connect(std::string_view provider, const json::value& secret,
                      json::object settings = {}) {
    settings["api_url"] = providers_.url();
    settings["country"] = "RU";
    json::object source{{"provider", provider}, {"name", provider}, {"settings", settings}};
    if (!secret.is_null()) source["secret"] = secret;
    const Answer made = must(api_->post("/v1/sources", source), 201);
    source_ = made.str("/id");
    return made.str("/hook_url");
  }
  void deliver(const std::string& hook, const Post& post) {
    const Answer taken =
        api_->deliver(hook + post.suffix, post.content_type, post.body, post.headers);
    ASSERT_LT(taken.status, 300) << taken.shown();
  }
  // The fetcher works on its own.
  Answer deal_with_files(std::size_t files) {
    const std::string deal = "/v1/deals/" + str(api_->read("/v1/deals").items().at(0), "/id");
    Answer shown;
    const bool there = testing_support::eventually([&] {
      shown = api_->read(deal);
      return shown.items("/files").size() == files;
    });
    EXPECT_TRUE(there) << api_->read(fetches("waiting")).shown()
                       << api_->read("/v1/sources/" + source_ + "/deliveries").shown();
    return shown;
  }
  // Of the only one that waits, once it was tried.
  std::string code_of_waiting() {
    Answer waiting;
    EXPECT_TRUE(testing_support::eventually([&] {
      waiting = api_->read_until(fetches("waiting"), 1);
      return waiting.number("/items/0/attempts") > 0;
    }));
    return waiting.str("/items/0/code");
  }
  std::string fetches(std::string_view status) const {
    return fmt::format("/v1/sources/{}/fetches?status={}", source_, status);
  }
  std::string content_of(const Answer& deal) {
    return must(api_->get("/v1/files/" + deal.str("/files/0/id")), 200).text;
  }

  // ---- what each provider posts ----

  Post mango(std::string suffix, const json::object& event) {
    const std::string text = json::serialize(event);
    const std::string sign = to_hex(sha256("mango-key" + text + "mango-salt"));
    return {std::move(suffix), kForm,
            form_encoded({{"vpbx_api_key", "mango-key"}, {"sign", sign}, {"json", text}})};
  }
  Post mango_summary() {
    return mango("/events/summary", {{"entry_id", "E1"},
                                     {"call_direction", 1},
                                     {"from", {{"number", "79161112233"}}},
                                     {"to", {{"extension", "104"}}},
                                     {"line_number", "74950001122"},
                                     {"create_time", 1772709791},
                                     {"talk_time", 1772709800},
                                     {"end_time", 1772709860},
                                     {"entry_result", 1}});
  }
  Post mango_recording() {
    return mango("/events/record/added",
                 {{"entry_id", "E1"}, {"recording_id", "MToxMA=="}, {"timestamp", 1772709990}});
  }
  std::string connect_mango() { return connect("mango-office", "mango-key:mango-salt"); }

  Post zadarma(Fields fields, const std::string& signed_text) {
    return {"",
            kForm,
            form_encoded(fields),
            {{"Signature", to_base64(to_hex(hmac_sha1("zd-secret", signed_text)))}}};
  }

  testing_support::TempFolder folder_;
  FakeProviders providers_;
  DealogProcess server_;
  std::optional<ApiClient> api_;
  std::string source_;
};

TEST_F(KeptFiles, ARecordingOfMangoIsFetchedOnceThroughItsRedirectAndSealed) {
  const std::string hook = connect_mango();
  // In the wrong order, and repeated.
  deliver(hook, mango_recording());
  deliver(hook, mango_summary());
  deliver(hook, mango_recording());
  const Answer deal = deal_with_files(1);
  EXPECT_EQ(deal.str("/files/0/name"), "recording.mp3");
  EXPECT_EQ(deal.str("/files/0/media_type"), "audio/mpeg");
  EXPECT_EQ(deal.str("/files/0/actor/kind"), "source");
  EXPECT_EQ(content_of(deal), kVoice);
  const Answer timeline = api_->read("/v1/deals/" + deal.str("/id") + "/timeline");
  bool found = false;
  for (const auto& entry : timeline.items()) {
    if (str(entry, "/type") != "TouchRecorded") continue;
    EXPECT_EQ(str(entry, "/data/touch"), deal.str("/files/0/touch"));
    found = true;
  }
  EXPECT_TRUE(found) << timeline.shown();
  EXPECT_EQ(bytes_under(server_.data()).find("Zykov-Quasar"), std::string::npos);
  EXPECT_TRUE(api_->read(fetches("waiting")).items().empty());
  // After a kill nothing is asked for again.
  server_.kill_and_restart();
  api_->move_to(server_.port());
  deliver(hook, mango_recording());
  EXPECT_EQ(deal_with_files(1).str("/files/0/id"), deal.str("/files/0/id"));
  EXPECT_EQ(providers_.given, 1);
  EXPECT_EQ(providers_.refused, 0);
}

TEST_F(KeptFiles, ARecordingOfZadarmaIsFetchedFromTheLinkItTells) {
  const std::string hook = connect("zadarma", {{"", "zd-secret"}, {"api", "zd-key"}});
  const std::string start = "2026-04-02 09:15:30";
  deliver(hook, zadarma({{"event", "NOTIFY_END"},
                         {"call_start", start},
                         {"pbx_call_id", "in_1"},
                         {"caller_id", "+79161112233"},
                         {"called_did", "74950001122"},
                         {"disposition", "answered"},
                         {"duration", "65"}},
                        "+7916111223374950001122" + start));
  deliver(hook, zadarma({{"event", "NOTIFY_RECORD"},
                         {"pbx_call_id", "in_1"},
                         {"call_id_with_rec", "1458832388.34154"}},
                        "in_11458832388.34154"));
  EXPECT_EQ(content_of(deal_with_files(1)), kVoice);
  EXPECT_EQ(providers_.refused, 0);
}

TEST_F(KeptFiles, ARecordingOfTwilioIsFetchedAsTheAccountWhoseKeyStaysThere) {
  const std::string address = "https://crm.example.com/hooks/1/2";
  const std::string hook = connect("twilio", "twilio-token", {{"public_url", address}});
  const auto signed_post = [&](const std::map<std::string, std::string>& fields) {
    std::string text = address;
    for (const auto& [name, value] : fields) text += name + value;
    return Post{"",
                kForm,
                form_encoded(Fields(fields.begin(), fields.end())),
                {{"X-Twilio-Signature", to_base64(hmac_sha1("twilio-token", text))}}};
  };
  deliver(hook, signed_post({{"CallSid", "CA7"},
                             {"CallStatus", "completed"},
                             {"Direction", "inbound"},
                             {"From", "+79161112233"},
                             {"To", "+74950001122"},
                             {"CallDuration", "65"}}));
  deliver(hook, signed_post({{"CallSid", "CA7"},
                             {"RecordingSid", "RE7"},
                             {"RecordingStatus", "completed"},
                             {"RecordingUrl",
                              providers_.url() + "/2010-04-01/Accounts/AC1/Recordings/RE7"}}));
  EXPECT_EQ(content_of(deal_with_files(1)), kVoice);
  EXPECT_EQ(providers_.refused, 0) << "the redirect is followed without the account's key";
}

Post uis(std::string_view mnemonic, json::object more) {
  more["notification_mnemonic"] = mnemonic;
  more["notification_time"] = "2026-04-02 09:15:30";
  more["virtual_phone_number"] = "74950001122";
  more["contact_phone_number"] = "79161112233";
  more["call_session_id"] = 77;
  return {"", kJson, json::serialize(more)};
}

TEST_F(KeptFiles, ARecordingAtAnAddressIsFetchedFromThere) {
  const std::string hook = connect("uis-comagic", nullptr);
  deliver(hook, uis("call_finished", {{"direction", "in"}, {"talk_time_duration", 60}}));
  deliver(hook, uis("record", {{"file_link", providers_.url() + "/link/uis.mp3"}}));
  EXPECT_EQ(content_of(deal_with_files(1)), kVoice);
}

TEST_F(KeptFiles, APictureOfTelegramIsFetchedAndNamedByItsKind) {
  const std::string hook = connect("telegram", {{"", "tg-hook"}, {"api", "42:AA"}});
  const json::object message{
      {"message_id", 41},
      {"date", 1772709791},
      {"chat", {{"id", 7000000001}, {"type", "private"}}},
      {"from", {{"id", 7000000001}, {"first_name", "Anna"}}},
      {"caption", "our logo"},
      {"photo", json::array{json::object{{"file_id", "small"}, {"file_size", 10}},
                            json::object{{"file_id", "large"}, {"file_size", 27}}}}};
  const Post post{"",
                  kJson,
                  json::serialize(json::object{{"update_id", 1}, {"message", message}}),
                  {{"X-Telegram-Bot-Api-Secret-Token", "tg-hook"}}};
  deliver(hook, post);
  deliver(hook, post);
  const Answer deal = deal_with_files(1);
  EXPECT_EQ(deal.str("/files/0/name"), "photo.jpg");
  EXPECT_EQ(deal.str("/files/0/media_type"), "image/jpeg");
  EXPECT_EQ(content_of(deal), kVoice);
  EXPECT_EQ(providers_.given, 1);
  EXPECT_THAT(server_.errors(), Not(HasSubstr("42:AA"))) << "the bot's token is in no log";
}

TEST_F(KeptFiles, AMediumOfWhatsAppIsFetchedWithTheTokenInTwoSteps) {
  const std::string hook = connect(
      "whatsapp-cloud", {{"app_secret", "wa-secret"}, {"verify_token", "v"}, {"api", "wa-token"}});
  const json::object message{
      {"from", "79161112233"},
      {"id", "wamid.A1"},
      {"timestamp", "1772709791"},
      {"type", "document"},
      {"document", {{"id", "1037"}, {"filename", "brief.pdf"}, {"mime_type", "application/pdf"}}}};
  const json::object value{{"messaging_product", "whatsapp"},
                           {"contacts", json::array{json::object{{"profile", {{"name", "Olga"}}},
                                                                 {"wa_id", "79161112233"}}}},
                           {"messages", json::array{message}}};
  const std::string body = json::serialize(json::object{
      {"object", "whatsapp_business_account"},
      {"entry",
       json::array{json::object{
           {"id", "1"},
           {"changes", json::array{json::object{{"field", "messages"}, {"value", value}}}}}}}});
  deliver(hook, {"",
                 kJson,
                 body,
                 {{"X-Hub-Signature-256", "sha256=" + to_hex(hmac_sha256("wa-secret", body))}}});
  const Answer deal = deal_with_files(1);
  EXPECT_EQ(deal.str("/files/0/name"), "brief.pdf");
  EXPECT_EQ(deal.str("/files/0/media_type"), "application/pdf");
  EXPECT_EQ(content_of(deal), kVoice);
}

TEST_F(KeptFiles, FilesOfAMailThatMailgunStoresAreFetched) {
  const std::string hook = connect("mailgun", {{"", "signing-key"}, {"api", "mg-private"}});
  const std::string timestamp = std::to_string(std::time(nullptr));
  const std::string token(50, 't');
  const json::array stored{
      json::object{{"url", providers_.url() + "/v3/domains/mg/messages/key/attachments/0"},
                   {"name", "scan.pdf"},
                   {"content-type", "application/pdf"},
                   {"size", 27}}};
  deliver(hook,
          {"", kForm,
           form_encoded({{"from", "Lukyan <lukyan@bakery.example>"},
                         {"recipient", "sales@studio.example"},
                         {"subject", "Papers"},
                         {"Message-Id", "<1@bakery.example>"},
                         {"body-plain", "See the scan"},
                         {"attachments", json::serialize(stored)},
                         {"timestamp", timestamp},
                         {"token", token},
                         {"signature", to_hex(hmac_sha256("signing-key", timestamp + token))}})});
  const Answer deal = deal_with_files(1);
  EXPECT_EQ(deal.str("/files/0/name"), "scan.pdf");
  EXPECT_EQ(content_of(deal), kVoice);
}

TEST_F(KeptFiles, WhatIsRefusedIsGivenUpShownAndFetchedByHand) {
  const std::string hook = connect_mango();
  providers_.status = 403;
  deliver(hook, mango_summary());
  deliver(hook, mango_recording());
  const Answer given_up = api_->read_until(fetches("given_up"), 1);
  EXPECT_EQ(given_up.str("/items/0/code"), "status_403");
  EXPECT_EQ(given_up.str("/items/0/what"), "file-recording");
  EXPECT_EQ(api_->read("/v1/reports/leaks/delivery_failed").number("/lamp/count"), 1);
  providers_.status = 200;
  const std::string retry = "/v1/fetches/" + given_up.str("/items/0/id") + "/retry";
  must(api_->post(retry), 200);
  const Answer deal = deal_with_files(1);
  expect_problem(api_->post(retry), 409, "fetch_settled");
  EXPECT_EQ(content_of(deal), kVoice);
}

TEST_F(KeptFiles, ARecordingThatIsNotReadyIsAskedForLater) {
  const std::string hook = connect_mango();
  providers_.status = 404;
  deliver(hook, mango_summary());
  deliver(hook, mango_recording());
  EXPECT_EQ(code_of_waiting(), "status_404");
}

TEST_F(KeptFiles, GoWithThePersonAndNothingIsFetchedAfterwards) {
  const std::string hook = connect_mango();
  deliver(hook, mango_summary());
  deliver(hook, mango_recording());
  const Answer deal = deal_with_files(1);
  const std::string person = deal.str("/files/0/person");
  providers_.status = 403;
  deliver(hook, mango("/events/record/added",
                      {{"entry_id", "E1"}, {"recording_id", "second"}, {"timestamp", 1772709999}}));
  const Answer given_up = api_->read_until(fetches("given_up"), 1);
  ASSERT_EQ(api_->post("/v1/people/" + person + "/erase").status, 204);
  expect_problem(api_->get("/v1/files/" + deal.str("/files/0/id")), 404, "file_erased");
  EXPECT_THAT(files_under(server_.data()), SizeIs(0));
  providers_.status = 200;
  must(api_->post("/v1/fetches/" + given_up.str("/items/0/id") + "/retry"), 200);
  Answer again;
  EXPECT_TRUE(testing_support::eventually([&] {
    again = api_->read(fetches("given_up"));
    return again.items().size() == 1;
  }));
  EXPECT_EQ(again.str("/items/0/code"), "person_erased");
  EXPECT_EQ(providers_.given, 1);
}

TEST_F(KeptFiles, ASourceThatSaysSoLeavesThemWhereTheyAre) {
  const std::string hook = connect("uis-comagic", nullptr, {{"files", "leave"}});
  deliver(hook, uis("call_finished", {{"direction", "in"}, {"talk_time_duration", 60}}));
  deliver(hook, uis("record", {{"file_link", providers_.url() + "/link/uis.mp3"}}));
  const std::string deal = str(api_->read("/v1/deals").items().at(0), "/id");
  const Answer timeline = api_->read("/v1/deals/" + deal + "/timeline");
  EXPECT_THAT(timeline.text, HasSubstr("/link/uis.mp3"));
  EXPECT_THAT(api_->read("/v1/events?limit=100").text, Not(HasSubstr("FileFetchRequested")));
  EXPECT_EQ(providers_.given, 0);
}

class KeptFilesOfStrangers : public KeptFiles {
 protected:
  KeptFilesOfStrangers() : KeptFiles(false) {}
};

TEST_F(KeptFilesOfStrangers, NothingIsFetchedFromThisNetwork) {
  const std::string hook = connect("uis-comagic", nullptr);
  deliver(hook, uis("call_finished", {{"direction", "in"}, {"talk_time_duration", 60}}));
  deliver(hook, uis("record", {{"file_link", providers_.url() + "/link/uis.mp3"}}));
  const Answer given_up = api_->read_until(fetches("given_up"), 1);
  EXPECT_EQ(given_up.str("/items/0/code"), "invalid_url") << "http is not called";
  deliver(hook, uis("record", {{"file_link", "https://127.0.0.1:1/x.mp3"}, {"delivery_id", 2}}));
  EXPECT_EQ(code_of_waiting(), "address_refused");
  EXPECT_EQ(providers_.given, 0);
}

}  // namespace
}  // namespace dealog::e2e
