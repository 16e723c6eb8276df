#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/touches.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using namespace testing_support;

constexpr std::string_view kKey = "k7f3a", kSalt = "pepper-and-salt";

const Provider& mango() { return *find_provider("mango-office"); }
SourceSettings settings() {
  return settings_of("mango-office", "{}",
                     json::string(std::string(kKey) + ":" + std::string(kSalt)));
}

Delivery event(std::string suffix, const std::string& text) {
  const std::string sign = to_hex(sha256(std::string(kKey) + text + std::string(kSalt)));
  Delivery delivery =
      form("vpbx_api_key=" + std::string(kKey) + "&sign=" + sign + "&json=" + percent_encode(text));
  delivery.suffix = std::move(suffix);
  return delivery;
}

json::object leg(std::string_view state, int seq) {
  return {{"entry_id", "ENTRY-77=="},
          {"call_id", "leg:1"},
          {"timestamp", 1772709791 + seq},
          {"seq", seq},
          {"call_state", state},
          {"location", "abonent"},
          {"from", {{"number", "79161112233"}}},
          {"to",
           {{"extension", 104},
            {"number", "sip:anna@office.example"},
            {"line_number", "74950001122"}}}};
}

json::object summary() {
  return {{"entry_id", "ENTRY-77=="},
          {"call_direction", 1},
          {"from", {{"number", "79161112233"}}},
          {"to", {{"extension", "104"}}},
          {"line_number", "74950001122"},
          {"create_time", 1772709791},
          {"forward_time", 1772709795},
          {"talk_time", 1772709800},
          {"end_time", 1772709860},
          {"entry_result", 1},
          {"disconnect_reason", 1110}};
}

Fact decode(std::string suffix, const json::object& content) {
  return decoded_one(mango(), event(std::move(suffix), json::serialize(content)), settings());
}

TEST(MangoOffice, TellsTheStatesOfALegInItsOwnOrder) {
  const Fact rings = decode("/events/call", leg("Appeared", 1));
  const Fact talks = decode("/events/call", leg("Connected", 2));
  const Fact ends = decode("/events/call", leg("Disconnected", 3));
  EXPECT_EQ(call(rings).state, CallState::kRinging);
  EXPECT_EQ(call(talks).state, CallState::kAnswered);
  EXPECT_EQ(call(talks).answered, true);
  EXPECT_EQ(call(ends).state, CallState::kFinished);
  EXPECT_FALSE(call(ends).answered) << "the end of a leg says nothing about the call";
  EXPECT_EQ(rings.external_id, "ENTRY-77==");
  EXPECT_EQ(call(rings).leg, "leg:1");
  EXPECT_EQ(rings.sequence->scope, ends.sequence->scope);
  EXPECT_LT(rings.sequence->number, talks.sequence->number);
  EXPECT_NE(rings.key, talks.key);
}

// Else a caller who is passed on from the voice menu would be missed before a phone rings.
TEST(MangoOffice, DoesNotEndTheCallWhereALegEnds) {
  const CallFact leg_end = call(decode("/events/call", leg("Disconnected", 3)));
  EXPECT_EQ(state_of_call(leg_end), CallState::kRinging);
  EXPECT_EQ(state_of_call(call(decode("/events/call", leg("Connected", 2)))), CallState::kAnswered);
  EXPECT_EQ(state_of_call(call(decode("/events/summary", summary()))), CallState::kFinished);
}

TEST(MangoOffice, KnowsWhoIsWhoByTheExtensions) {
  const CallFact in = call(decode("/events/call", leg("Appeared", 1)));
  EXPECT_EQ(in.direction, Direction::kIn);
  EXPECT_EQ(in.person.phone, "+79161112233");
  EXPECT_TRUE(in.person.phone_mobile);
  EXPECT_EQ(in.agent, "104");
  EXPECT_EQ(in.line, "+74950001122");
  json::object out = leg("Connected", 2);
  out["from"] = {{"extension", "104"}, {"number", "sip:anna@office.example"}};
  out["to"] = {{"number", "79167778899"}};
  out["line_number"] = "74950001122";
  const CallFact outgoing = call(decode("/events/call", out));
  EXPECT_EQ(outgoing.direction, Direction::kOut);
  EXPECT_EQ(outgoing.person.phone, "+79167778899");
  EXPECT_EQ(outgoing.agent, "104");
  EXPECT_EQ(outgoing.line, "+74950001122");
  out["to"] = {{"extension", "105"}};
  const CallFact inside = call(decode("/events/call", out));
  EXPECT_EQ(inside.direction, Direction::kInternal);
  EXPECT_TRUE(inside.person.empty());
}

TEST(MangoOffice, TakesAVoiceMenuForNoAnswer) {
  json::object menu = leg("Connected", 2);
  menu["location"] = "ivr";
  EXPECT_EQ(call(decode("/events/call", menu)).state, CallState::kRinging);
  EXPECT_FALSE(call(decode("/events/call", menu)).answered);
}

TEST(MangoOffice, SumsUpAnAnsweredCall) {
  const Fact fact = decode("/events/summary", summary());
  EXPECT_EQ(fact.external_id, "ENTRY-77==") << "the same call as its legs";
  EXPECT_EQ(call(fact).answered, true);
  EXPECT_EQ(call(fact).duration_s, 69u);
  EXPECT_EQ(call(fact).talk_s, 60u);
  EXPECT_EQ(fact.occurred_at, Timestamp{1772709791'000000});
}

TEST(MangoOffice, SumsUpAMissedCallAndNumbersThatAreTexts) {
  json::object missed = summary();
  missed["entry_result"] = "0";
  missed["call_direction"] = "1";
  missed["talk_time"] = "0";
  missed["create_time"] = "1772709791";
  const CallFact fact = call(decode("/events/summary", missed));
  EXPECT_EQ(fact.answered, false);
  EXPECT_EQ(fact.talk_s, 0u);
  EXPECT_EQ(fact.duration_s, 69u);
  EXPECT_EQ(fact.reason, "1110");
  missed["call_direction"] = 0;
  EXPECT_EQ(call(decode("/events/summary", missed)).direction, Direction::kInternal);
  missed["call_direction"] = 2;
  missed["from"] = {{"extension", "104"}};
  missed["to"] = {{"number", "79167778899"}};
  EXPECT_EQ(call(decode("/events/summary", missed)).person.phone, "+79167778899");
}

TEST(MangoOffice, TellsWhereARecordingIs) {
  const json::object added{{"entry_id", "ENTRY-77=="},
                           {"product_id", 5},
                           {"user_id", -1},
                           {"recording_id", "MTox"},
                           {"timestamp", 1772709900}};
  const Fact fact = decode("/events/record/added", added);
  EXPECT_EQ(fact.external_id, "ENTRY-77==");
  EXPECT_EQ(call(fact).state, CallState::kRecording);
  EXPECT_EQ(call(fact).recording_id, "MTox");
  EXPECT_EQ(decode("/events/record/tagged", added).kind(), "ignore");
  json::object recording = added;
  recording["recording_state"] = "Started";
  EXPECT_EQ(decode("/events/recording", recording).kind(), "ignore");
  recording["recording_state"] = "Completed";
  recording["completion_code"] = 1000;
  EXPECT_EQ(call(decode("/events/recording", recording)).recording_id, "MTox");
  recording["completion_code"] = 4002;
  EXPECT_EQ(decode("/events/recording", recording).kind(), "ignore");
}

TEST(MangoOffice, IgnoresKeysMessagesAndResultsOfCommands) {
  const json::object any{{"command_id", "c1"}, {"entry_id", "e"}, {"call_id", "x"}};
  for (const auto* suffix : {"/events/dtmf", "/events/sms", "/result/callback"}) {
    EXPECT_EQ(decode(suffix, any).kind(), "ignore") << suffix;
  }
}

TEST(MangoOffice, SaysWhatIsWrong) {
  const auto why = [](std::string_view suffix, json::object content, std::string_view without) {
    content.erase(without);
    return refusal(mango(), event(std::string(suffix), json::serialize(content)), settings());
  };
  EXPECT_EQ(why("/events/call", leg("Appeared", 1), "call_id"), "field_missing");
  EXPECT_EQ(why("/events/call", leg("Appeared", 1), "seq"), "invalid_seq");
  EXPECT_EQ(why("/events/call", leg("Vanished", 1), ""), "state_unknown");
  EXPECT_EQ(why("/events/summary", summary(), "create_time"), "field_missing");
  EXPECT_EQ(why("", {{"what", 1}}, ""), "event_unknown");
  EXPECT_EQ(refusal(mango(), event("/events/call", "{"), settings()), "malformed_json");
  EXPECT_TRUE(mango().receive(event("/events/call", "{"), settings()).malformed);
}

TEST(MangoOffice, KnowsDeliveriesByWhatTheyTell) {
  const auto key = [](std::string_view suffix, const json::object& content) {
    return key_of(mango(), event(std::string(suffix), json::serialize(content)), settings());
  };
  EXPECT_EQ(key("/events/call", leg("Appeared", 1)), "mango:leg:1:1");
  EXPECT_EQ(key("/events/summary", summary()), "mango:summary:ENTRY-77==");
  EXPECT_EQ(key("/events/record/added", {{"recording_id", "MTox"}}), "mango:record:MTox");
  EXPECT_EQ(mango().receive(form(""), settings()).kind, Reception::Kind::kPing);
}

TEST(MangoOffice, RefusesWhenOneByteChanges) {
  Delivery delivery = event("/events/summary", json::serialize(summary()));
  expect_each_byte_matters(mango(), delivery, settings(), delivery.body);
  delivery.body += "&json=%7B%7D";
  EXPECT_EQ(mango().verify(delivery, settings()).reason, "field_repeated");
}

TEST(MangoOffice, TakesKeyAndSaltAsTwoPartsToo) {
  const auto parts = settings_of("mango-office", "{}", {{"api_key", kKey}, {"salt", kSalt}});
  const Delivery good = event("/events/summary", json::serialize(summary()));
  EXPECT_TRUE(mango().verify(good, parts).ok());
  const auto other = settings_of("mango-office", "{}", {{"api_key", "another"}, {"salt", kSalt}});
  EXPECT_EQ(mango().verify(good, other).reason, "key_wrong");
  EXPECT_EQ(parse_settings("mango-office", nullptr).error().fields.at(0).pointer, "/secret");
  auto listed = settings_of("mango-office", R"({"networks":"provider"})", json::string(kSalt));
  EXPECT_EQ(mango().verify(good, listed).status(), 403);
}

}  // namespace
}  // namespace dealog::connectors
