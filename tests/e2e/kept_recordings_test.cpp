// Recordings that telephone exchanges keep: fetched once, sealed, erased, given up.
#include <map>

#include <gmock/gmock.h>

#include "tests/e2e/kept_files.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

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

TEST_F(KeptFiles, AKillInTheMiddleAttachesEachRecordingOnce) {
  const std::string hook = connect_mango();
  constexpr std::size_t kCalls = 4;
  for (std::size_t call = 1; call <= kCalls; ++call) {
    const std::string id = "E" + std::to_string(call);
    deliver(hook, mango_summary(id));
    deliver(hook, mango_recording("rec-" + id, id));
    server_.kill_and_restart();
    api_->move_to(server_.port());
    deal_with_files(call);
  }
  ASSERT_EQ(server_.terminate(), 0);
  EXPECT_THAT(files_under(server_.data()), SizeIs(kCalls));
  const Finished verified = run_dealog({"verify", "--data", server_.data().string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  EXPECT_THAT(verified.output, HasSubstr("checked 4 files, 0 of them erased"));
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

TEST_F(KeptFiles, AProviderThatHangsHoldsUpNoStop) {
  const std::string hook = connect_mango();
  providers_.hangs = true;
  deliver(hook, mango_summary());
  deliver(hook, mango_recording());
  ASSERT_TRUE(testing_support::eventually([&] { return providers_.hanging > 0; }));
  EXPECT_EQ(server_.terminate(), 0);
  providers_.hangs = false;
  server_.start();
  api_->move_to(server_.port());
  EXPECT_EQ(content_of(deal_with_files(1)), kVoice);
}

TEST_F(KeptFiles, AHostThatHangsHoldsUpNoOther) {
  FakeProviders other;
  const std::string hook = connect("uis-comagic", nullptr);
  providers_.hangs = true;
  deliver(hook, uis("call_finished", {{"direction", "in"}, {"talk_time_duration", 60}}));
  for (int n = 1; n <= 3; ++n) {
    const std::string link = providers_.url() + "/link/" + std::to_string(n) + ".mp3";
    deliver(hook, uis("record", {{"file_link", link}, {"delivery_id", n}}));
  }
  ASSERT_TRUE(testing_support::eventually([&] { return providers_.hanging > 0; }));
  deliver(hook, uis("record", {{"file_link", other.url() + "/link/4.mp3"}, {"delivery_id", 4}}));
  deal_with_files(1);
  EXPECT_EQ(other.given, 1);
  EXPECT_EQ(providers_.given, 0);
  const std::string metrics = api_->get("/metrics").text;
  EXPECT_THAT(metrics, HasSubstr("dealog_fetches{kind=\"file\",state=\"running\"} 2\n"))
      << "no more of one host";
  EXPECT_THAT(metrics, HasSubstr("dealog_fetches{kind=\"file\",state=\"waiting\"} 1\n"));
  providers_.hangs = false;
  deal_with_files(4);
}

TEST_F(KeptFiles, GoWithThePersonAndNothingIsFetchedAfterwards) {
  const std::string hook = connect_mango();
  deliver(hook, mango_summary());
  deliver(hook, mango_recording());
  const Answer deal = deal_with_files(1);
  const std::string person = deal.str("/files/0/person");
  providers_.status = 403;
  deliver(hook, mango_recording("second"));
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
  EXPECT_THAT(given_up.str("/items/0/reason"), HasSubstr("[outbound] private_addresses = true"));
  deliver(hook, uis("record", {{"file_link", "https://127.0.0.1:1/x.mp3"}, {"delivery_id", 2}}));
  EXPECT_EQ(code_of_waiting(), "address_refused");
  EXPECT_EQ(providers_.given, 0);
}

}  // namespace
}  // namespace dealog::e2e
