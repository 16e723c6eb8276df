#include <map>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/touches.hpp"

namespace dealog::connectors {
namespace {

using namespace testing_support;
using Fields = std::map<std::string, std::string>;

constexpr std::string_view kToken = "auth-token-of-ours";
constexpr std::string_view kUrl = "https://crm.example.com/hooks/src_1/tok";

const Provider& twilio() { return *find_provider("twilio"); }
SourceSettings settings() {
  return settings_of("twilio",
                     R"({"country":"US","public_url":"https://crm.example.com/hooks/src_1/tok"})",
                     boost::json::string(kToken));
}

// The rule in words of its own: the address, then names and values by name.
std::string signature_of(const std::string& url, const Fields& fields) {
  std::string text = url;
  for (const auto& [name, value] : fields) text += name + value;
  return to_base64(hmac_sha1(kToken, text));
}

Delivery request(const Fields& fields, const std::string& url = std::string(kUrl)) {
  std::string body;
  for (const auto& [name, value] : fields) {
    body += (body.empty() ? "" : "&") + name + "=" + percent_encode(value);
  }
  Delivery delivery = form(body);
  delivery.path = "/hooks/src_1/tok";
  delivery.headers.emplace_back("X-Twilio-Signature", signature_of(url, fields));
  return delivery;
}

Fields voice(const std::string& status) {
  return {{"AccountSid", "AC1"},    {"CallSid", "CA77"},
          {"CallStatus", status},   {"Direction", "inbound"},
          {"From", "+14155550123"}, {"To", "+18885550199"},
          {"SequenceNumber", "1"},  {"Timestamp", "Thu, 2 Apr 2026 09:15:30 +0000"}};
}

Fields with(Fields fields, const Fields& more) {
  for (const auto& [name, value] : more) fields[name] = value;
  return fields;
}

Fact decode(const Fields& fields) { return decoded_one(twilio(), request(fields), settings()); }

TEST(Twilio, FollowsAnIncomingCall) {
  struct Case {
    const char* status;
    CallState state;
    std::optional<bool> answered;
  };
  for (const auto& [status, state, answered] :
       {Case{"initiated", CallState::kStarted, {}}, Case{"ringing", CallState::kRinging, {}},
        Case{"in-progress", CallState::kAnswered, true},
        Case{"completed", CallState::kFinished, true}, Case{"busy", CallState::kFinished, false},
        Case{"no-answer", CallState::kFinished, false},
        Case{"canceled", CallState::kFinished, false}}) {
    const Fact fact = decode(voice(status));
    EXPECT_EQ(call(fact).state, state) << status;
    EXPECT_EQ(call(fact).answered, answered) << status;
    EXPECT_EQ(call(fact).direction, Direction::kIn);
    EXPECT_EQ(call(fact).person.phone, "+14155550123");
    EXPECT_EQ(call(fact).line, "+18885550199");
    EXPECT_EQ(fact.external_id, "CA77");
    EXPECT_EQ(fact.occurred_at, Timestamp::parse("2026-04-02T09:15:30Z").value());
  }
  const Fact done = decode(with(
      voice("completed"), {{"CallDuration", "61"}, {"Duration", "2"}, {"SequenceNumber", "4"}}));
  EXPECT_EQ(call(done).duration_s, 61u);
  EXPECT_EQ(done.sequence->number, 4);
  EXPECT_EQ(done.sequence->scope, decode(voice("ringing")).sequence->scope);
}

TEST(Twilio, KnowsWhoCalledWhom) {
  const auto sides = [](const Fields& more) { return call(decode(with(voice("ringing"), more))); };
  const CallFact out = sides({{"Direction", "outbound-api"}});
  EXPECT_EQ(out.direction, Direction::kOut);
  EXPECT_EQ(out.person.phone, "+18885550199");
  const CallFact soft = sides({{"From", "client:anna"}});
  EXPECT_EQ(soft.direction, Direction::kOut);
  EXPECT_EQ(soft.agent, "anna");
  const CallFact ours = sides({{"Direction", "outbound-api"}, {"To", "sip:boris@pbx.example"}});
  EXPECT_EQ(ours.direction, Direction::kInternal);
  EXPECT_EQ(ours.agent, "boris");
  EXPECT_TRUE(ours.person.empty());
  const CallFact hidden = sides({{"From", "anonymous"}});
  EXPECT_EQ(hidden.direction, Direction::kIn);
  EXPECT_TRUE(hidden.person.empty());
}

// A customer's call passed on to a colleague's phone is not a call to the colleague.
TEST(Twilio, JoinsALegToTheCallItBelongsTo) {
  const Fact leg = decode(
      with(voice("in-progress"),
           {{"CallSid", "CA99"}, {"ParentCallSid", "CA77"}, {"Direction", "outbound-dial"}}));
  EXPECT_EQ(leg.external_id, "CA77");
  EXPECT_EQ(call(leg).leg, "CA99");
  EXPECT_EQ(call(leg).direction, Direction::kUnknown);
  EXPECT_TRUE(call(leg).person.empty());
  EXPECT_EQ(call(leg).agent, "+18885550199");
  EXPECT_NE(leg.sequence->scope, decode(voice("ringing")).sequence->scope);
}

TEST(Twilio, TakesAMachineAndAnUntakenDialForNoAnswer) {
  const CallFact machine =
      call(decode(with(voice("completed"), {{"AnsweredBy", "machine_start"}})));
  EXPECT_EQ(machine.answered, false);
  EXPECT_EQ(machine.reason, "machine_start");
  const CallFact dial = call(decode(with(voice("completed"), {{"DialCallStatus", "no-answer"}})));
  EXPECT_EQ(dial.answered, false);
  const CallFact human = call(decode(with(
      voice("completed"),
      {{"DialCallStatus", "completed"}, {"DialCallDuration", "40"}, {"AnsweredBy", "human"}})));
  EXPECT_EQ(human.answered, true);
  EXPECT_EQ(human.talk_s, 40u);
}

TEST(Twilio, TellsWhereARecordingIs) {
  Fields recording{
      {"CallSid", "CA77"},
      {"RecordingSid", "RE5"},
      {"RecordingStatus", "in-progress"},
      {"RecordingUrl", "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE5"}};
  EXPECT_EQ(decode(recording).kind(), "ignore");
  recording["RecordingStatus"] = "completed";
  const Fact fact = decode(recording);
  EXPECT_EQ(call(fact).state, CallState::kRecording);
  EXPECT_EQ(call(fact).recording_id, "RE5");
  EXPECT_EQ(call(fact).recording_url, recording["RecordingUrl"]);
  EXPECT_EQ(fact.external_id, "CA77");
  EXPECT_EQ(key_of(twilio(), request(recording), settings()), "twilio:RE5");
}

TEST(Twilio, ReadsATextAndAWhatsAppMessage) {
  const Fields sms{{"MessageSid", "SM1"},  {"SmsStatus", "received"}, {"From", "+14155550123"},
                   {"To", "+18885550199"}, {"Body", "Hi\nthere"},     {"NumMedia", "0"}};
  const Fact text = decode(sms);
  EXPECT_EQ(text.external_id, "SM1");
  EXPECT_EQ(message(text).channel, "sms");
  EXPECT_EQ(message(text).text, "Hi\nthere");
  EXPECT_EQ(message(text).person.phone, "+14155550123");
  EXPECT_EQ(key_of(twilio(), request(sms), settings()), "twilio:SM1");
  const Fact chat = decode(with(sms, {{"From", "whatsapp:+14155550123"},
                                      {"ProfileName", "Ann"},
                                      {"NumMedia", "1"},
                                      {"MediaUrl0", "https://api.twilio.com/m/1"},
                                      {"MediaContentType0", "image/jpeg"},
                                      {"Body", ""}}));
  EXPECT_EQ(message(chat).channel, "whatsapp");
  EXPECT_EQ(message(chat).person.name, "Ann");
  EXPECT_EQ(message(chat).attachments.at(0).kind, "photo");
  EXPECT_EQ(message(chat).attachments.at(0).id, "https://api.twilio.com/m/1");
}

TEST(Twilio, TellsWhatBecameOfAMessage) {
  const auto told = [](const std::string& status) {
    return decode({{"MessageSid", "SM2"},
                   {"MessageStatus", status},
                   {"To", "whatsapp:+14155550123"},
                   {"From", "whatsapp:+18885550199"},
                   {"ErrorCode", "63016"}});
  };
  EXPECT_EQ(told("queued").kind(), "ignore");
  const Fact delivered = told("delivered");
  EXPECT_EQ(delivered.kind(), "touch.message.status");
  EXPECT_EQ(std::get<MessageStatusFact>(delivered.content).status, "delivered");
  EXPECT_EQ(std::get<MessageStatusFact>(delivered.content).person.phone, "+14155550123");
  const Fact undelivered = told("undelivered");
  EXPECT_EQ(std::get<MessageStatusFact>(undelivered.content).status, "failed");
  EXPECT_EQ(std::get<MessageStatusFact>(undelivered.content).reason, "63016");
  EXPECT_NE(delivered.key, undelivered.key);
}

TEST(Twilio, SaysWhatIsWrong) {
  EXPECT_EQ(refusal(twilio(), request(voice("sleeping")), settings()), "status_unknown");
  EXPECT_EQ(refusal(twilio(), request(with(voice("ringing"), {{"Timestamp", "soon"}})), settings()),
            "invalid_time");
  EXPECT_EQ(
      refusal(twilio(), request(with(voice("completed"), {{"CallDuration", "-1"}})), settings()),
      "invalid_duration");
  EXPECT_EQ(decode({{"CallSid", "CA77"}, {"Digits", "1"}}).kind(), "ignore");
}

TEST(Twilio, RefusesWhenOneByteOfBodyAddressOrSignatureChanges) {
  Delivery delivery = request(voice("ringing"));
  expect_each_byte_matters(twilio(), delivery, settings(), delivery.body);
  expect_each_byte_matters(twilio(), delivery, settings(), delivery.headers.back().second);
  delivery.query = "a=1";
  EXPECT_EQ(twilio().verify(delivery, settings()).reason, "signature_wrong");
  Delivery twice = request(voice("ringing"));
  twice.body += "&CallSid=CA77";  // an equal field counts once
  EXPECT_TRUE(twilio().verify(twice, settings()).ok());
}

TEST(Twilio, KnowsItsAddressWithAndWithoutThePort) {
  for (const auto* url :
       {"https://crm.example.com:443/hooks/src_1/tok", "https://crm.example.com/hooks/src_1/tok"}) {
    EXPECT_TRUE(twilio().verify(request(voice("ringing"), url), settings()).ok()) << url;
  }
  auto ported =
      settings_of("twilio", R"({"public_url":"https://crm.example.com:8443/hooks/src_1/tok"})",
                  boost::json::string(kToken));
  for (const auto* url : {"https://crm.example.com:8443/hooks/src_1/tok",
                          "https://crm.example.com/hooks/src_1/tok"}) {
    EXPECT_TRUE(twilio().verify(request(voice("ringing"), url), ported).ok()) << url;
  }
  // A part of the address that its user added, and a query.
  Delivery longer = request(voice("ringing"), std::string(kUrl) + "/voice?line=2");
  longer.suffix = "/voice", longer.path += "/voice", longer.query = "line=2";
  EXPECT_TRUE(twilio().verify(longer, settings()).ok());
  // Without a setting the Host header tells.
  Delivery hosted = request(voice("ringing"));
  hosted.headers.emplace_back("Host", "crm.example.com");
  EXPECT_TRUE(
      twilio().verify(hosted, settings_of("twilio", "{}", boost::json::string(kToken))).ok());
}

TEST(Twilio, ChecksTheDigestOfJson) {
  Delivery delivery = json_post(R"({"event":"x"})");
  delivery.path = "/hooks/src_1/tok";
  delivery.query = "bodySHA256=" + to_hex(sha256(delivery.body));
  delivery.headers.emplace_back("X-Twilio-Signature",
                                signature_of(std::string(kUrl) + "?" + delivery.query, {}));
  expect_each_byte_matters(twilio(), delivery, settings(), delivery.body);
  expect_each_byte_matters(twilio(), delivery, settings(), delivery.query);
  EXPECT_EQ(decoded_one(twilio(), delivery, settings()).kind(), "ignore");
  delivery.query.clear();
  EXPECT_EQ(twilio().verify(delivery, settings()).reason, "body_not_signed");
}

TEST(Twilio, AnswersNothingAndIsKnownByTheCallsOwnNumbers) {
  EXPECT_EQ(twilio().answer({}, settings(), Outcome::kDuplicate).status, 204);
  EXPECT_EQ(key_of(twilio(), request(voice("ringing")), settings()), "twilio:CA77:1");
  Fields unnumbered = voice("ringing");
  unnumbered.erase("SequenceNumber");
  EXPECT_EQ(key_of(twilio(), request(unnumbered), settings()), "twilio:CA77:ringing");
  Delivery repeated = request(unnumbered);
  repeated.headers.emplace_back("I-Twilio-Idempotency-Token", "tok-1");
  EXPECT_EQ(key_of(twilio(), repeated, settings()), "twilio:CA77:tok-1");
}

}  // namespace
}  // namespace dealog::connectors
