#include "tests/unit/connectors/touches.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using namespace testing_support;

const Provider& uis() { return *find_provider("uis-comagic"); }
SourceSettings settings() { return settings_of("uis-comagic"); }

json::object told(std::string_view mnemonic) {
  return {{"notification_mnemonic", mnemonic},          {"virtual_phone_number", "74950001122"},
          {"notification_time", "2026-04-02 09:15:30"}, {"contact_phone_number", "79163334455"},
          {"contact_full_name", "Мария Иванова"},       {"employee_id", 501},
          {"call_session_id", 112233445566778899}};
}

Fact decode(const json::object& content) {
  return decoded_one(uis(), json_post(json::serialize(content)), settings());
}

TEST(UisComagic, ReadsEveryEventOfACall) {
  struct Case {
    const char* mnemonic;
    CallState state;
    std::optional<bool> answered;
  };
  for (const auto& [mnemonic, state, answered] :
       {Case{"in_session", CallState::kStarted, {}}, Case{"out_session", CallState::kStarted, {}},
        Case{"answer_waiting", CallState::kRinging, {}},
        Case{"talk_started", CallState::kAnswered, true},
        Case{"call_connected", CallState::kAnswered, true},
        Case{"talk_finished", CallState::kAnswered, true},
        Case{"lost_call_session", CallState::kFinished, false},
        Case{"Потерянный звонок", CallState::kFinished, false},
        Case{"Ожидание ответа", CallState::kRinging, {}},
        Case{"Начало разговора", CallState::kAnswered, true}}) {
    const Fact fact = decode(told(mnemonic));
    EXPECT_EQ(call(fact).state, state) << mnemonic;
    EXPECT_EQ(call(fact).answered, answered) << mnemonic;
    EXPECT_EQ(fact.external_id, "112233445566778899") << mnemonic;
    EXPECT_EQ(fact.occurred_at, Timestamp::parse("2026-04-02T06:15:30Z").value()) << mnemonic;
  }
  EXPECT_EQ(call(decode(told("in_session"))).direction, Direction::kIn);
  EXPECT_EQ(call(decode(told("out_session"))).direction, Direction::kOut);
}

TEST(UisComagic, SumsUpAFinishedCall) {
  json::object body = told("call_finished");
  body["direction"] = "out";
  body["talk_time_duration"] = "95";
  body["total_time_duration"] = 110;
  const CallFact finished = call(decode(body));
  EXPECT_EQ(finished.direction, Direction::kOut);
  EXPECT_EQ(finished.answered, true);
  EXPECT_EQ(finished.talk_s, 95u);
  EXPECT_EQ(finished.duration_s, 110u);
  EXPECT_EQ(finished.agent, "501");
  EXPECT_EQ(finished.line, "+74950001122");
  EXPECT_EQ(finished.person.phone, "+79163334455");
  EXPECT_EQ(finished.person.name, "Мария Иванова");
  body["talk_time_duration"] = 0;
  EXPECT_EQ(call(decode(body)).answered, false);
}

TEST(UisComagic, FindsFieldsThatATemplateGroups) {
  const json::object body{{"event", "CALL_END"},
                          {"notification_time", "2026-04-02 09:15:30"},
                          {"call_session_id", "42"},
                          {"virtual_phone_number", "74950001122"},
                          {"contact_info", {{"contact_phone_number", "79163334455"}}},
                          {"call_info", {{"talk_time_duration", 3}, {"total_time_duration", 9}}},
                          {"direction", "in"}};
  const Fact fact = decode(body);
  EXPECT_EQ(call(fact).person.phone, "+79163334455");
  EXPECT_EQ(call(fact).talk_s, 3u);
  EXPECT_EQ(key_of(uis(), json_post(json::serialize(body)), settings()), "uis:42:CALL_END");
}

TEST(UisComagic, TellsWhereARecordingIs) {
  json::object body = told("record_call");
  EXPECT_EQ(refusal(uis(), json_post(json::serialize(body)), settings()), "field_missing");
  body["file_link"] = "https://app.uiscom.example/rec/7.mp3";
  EXPECT_EQ(call(decode(body)).state, CallState::kRecording);
  EXPECT_EQ(call(decode(body)).recording_url, "https://app.uiscom.example/rec/7.mp3");
  body["file_link"] = "javascript:alert(1)";
  EXPECT_EQ(refusal(uis(), json_post(json::serialize(body)), settings()), "invalid_link");
}

// A call that was passed on has a recording of each talk.
TEST(UisComagic, KeepsSeveralRecordingsApartByTheFieldOfOurTemplate) {
  json::object first = told("record_call"), second = first;
  first["delivery_id"] = "https://a.example/1", second["delivery_id"] = "https://a.example/2";
  const auto key = [](const json::object& body) {
    return key_of(uis(), json_post(json::serialize(body)), settings());
  };
  EXPECT_NE(key(first), key(second));
  EXPECT_EQ(key(first), key(first));
  EXPECT_EQ(key(told("record_call")), "uis:112233445566778899:record_call");
}

TEST(UisComagic, SaysWhatIsWrongWithATemplate) {
  const Delivery quoted = json_post(R"({"notification_name": ""Звонок""})");
  const auto facts = uis().decode(quoted, settings());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, "malformed_json");
  EXPECT_NE(facts.error().message.find("without quotes"), std::string::npos);
  EXPECT_TRUE(uis().receive(quoted, settings()).malformed);
  json::object body = told("in_session");
  body.erase("call_session_id");
  EXPECT_EQ(refusal(uis(), json_post(json::serialize(body)), settings()), "field_missing");
  body = told("something_new");
  EXPECT_EQ(refusal(uis(), json_post(json::serialize(body)), settings()), "event_unknown");
  body = told("in_session");
  body["notification_time"] = "yesterday";
  EXPECT_EQ(refusal(uis(), json_post(json::serialize(body)), settings()), "invalid_time");
  EXPECT_EQ(refusal(uis(), json_post("[1]"), settings()), "not_an_object");
}

TEST(UisComagic, IgnoresChats) {
  EXPECT_EQ(decode({{"notification_mnemonic", "new_chat"}, {"chat_id", 5}}).kind(), "ignore");
}

TEST(UisComagic, AsksForTheKeyOfTheTemplateWhereOneIsSet) {
  const auto keyed =
      settings_of("uis-comagic", R"({"auth":{"in":"field","name":"key"}})", "s3cret");
  json::object body = told("in_session");
  EXPECT_EQ(uis().verify(json_post(json::serialize(body)), keyed).status(), 401);
  body["key"] = "s3cret";
  EXPECT_TRUE(uis().verify(json_post(json::serialize(body)), keyed).ok());
  body["key"] = "s3cres";
  EXPECT_EQ(uis().verify(json_post(json::serialize(body)), keyed).reason, "key_wrong");
}

}  // namespace
}  // namespace dealog::connectors
