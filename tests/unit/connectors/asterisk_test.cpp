#include <fmt/format.h>

#include "tests/unit/connectors/touches.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using namespace testing_support;

const Provider& asterisk() { return *find_provider("asterisk"); }
SourceSettings settings() { return settings_of("asterisk"); }
Delivery csv(std::string body) { return post("text/csv", std::move(body)); }

std::vector<Fact> rows(std::string body) {
  return decoded(asterisk(), csv(std::move(body)), settings());
}

struct Row {
  std::string src = "79161112233", dst = "74950001122", context = "from-trunk";
  std::string channel = "PJSIP/provider-00000001", far = "PJSIP/104-00000002", app = "Dial";
  std::string disposition = "ANSWERED", rest = R"(,"1772709791.55","")";

  std::string text() const {
    return fmt::format(
        R"("","{}","{}","{}","","{}","{}","{}","x,y","2026-04-02 09:15:30",)"
        R"("2026-04-02 09:15:40","2026-04-02 09:16:40",70,60,"{}","DOCUMENTATION"{})",
        src, dst, context, channel, far, app, disposition, rest);
  }
};
CallFact one(const Row& row) { return call(rows(row.text() + "\n").at(0)); }

TEST(Asterisk, ReadsACallFromOutside) {
  const Fact fact = rows(Row{}.text() + "\n").at(0);
  EXPECT_EQ(fact.external_id, "1772709791.55");
  EXPECT_EQ(fact.occurred_at, Timestamp::parse("2026-04-02T06:15:30Z").value());
  EXPECT_EQ(call(fact).state, CallState::kFinished);
  EXPECT_EQ(call(fact).direction, Direction::kIn);
  EXPECT_EQ(call(fact).answered, true);
  EXPECT_EQ(call(fact).duration_s, 70u);
  EXPECT_EQ(call(fact).talk_s, 60u);
  EXPECT_EQ(call(fact).agent, "104");
  EXPECT_EQ(call(fact).person.phone, "+79161112233");
  EXPECT_EQ(call(fact).line, "+74950001122");
}

TEST(Asterisk, KnowsWhoBeganACall) {
  const CallFact out = one({.src = "74950001122",
                            .dst = "79167778899",
                            .context = "from-internal",
                            .channel = "PJSIP/104-00000001",
                            .far = "PJSIP/provider-00000002"});
  EXPECT_EQ(out.direction, Direction::kOut);
  EXPECT_EQ(out.agent, "104");
  EXPECT_EQ(out.person.phone, "+79167778899");
  EXPECT_EQ(out.line, "+74950001122");
  const CallFact inside = one({.src = "104",
                               .dst = "105",
                               .context = "from-internal",
                               .channel = "SIP/104-1",
                               .far = "SIP/105-2"});
  EXPECT_EQ(inside.direction, Direction::kInternal);
  EXPECT_TRUE(inside.person.empty());
  const CallFact queue = one({.dst = "600", .far = "Local/105@from-queue-0001;1"});
  EXPECT_EQ(queue.direction, Direction::kIn);
  EXPECT_EQ(queue.agent, "105");
}

TEST(Asterisk, TellsMissedCallsFromAnsweredOnes) {
  for (const auto* disposition : {"NO ANSWER", "BUSY", "FAILED", "CONGESTION"}) {
    const CallFact missed = one({.disposition = disposition});
    EXPECT_EQ(missed.answered, false) << disposition;
    EXPECT_EQ(missed.reason, disposition);
  }
  // The queue answered, no person did.
  EXPECT_EQ(one({.far = "", .app = "Queue"}).answered, false);
  EXPECT_EQ(one({.far = "", .app = "VoiceMail"}).reason, "voicemail");
}

TEST(Asterisk, JoinsTheRecordsOfOneCallByItsLinkedId) {
  const Row first{.far = "PJSIP/104-2",
                  .disposition = "NO ANSWER",
                  .rest = R"(,"1772709791.55","","","1772709791.55","7")"};
  const Row second{.far = "PJSIP/105-3", .rest = R"(,"1772709799.60","","","1772709791.55","8")"};
  const auto facts = rows(first.text() + "\n" + second.text() + "\r\n\n");
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].external_id, "1772709791.55");
  EXPECT_EQ(facts[1].external_id, "1772709791.55");
  EXPECT_NE(facts[0].key, facts[1].key);
  EXPECT_EQ(call(facts[0]).leg, "") << "the channel that the call began with ends it";
  EXPECT_EQ(call(facts[1]).leg, "1772709799.60");
  EXPECT_EQ(call(facts[1]).answered, true);
}

TEST(Asterisk, KeepsRecordsWithOneUniqueIdApart) {
  const auto facts = rows(Row{.far = "PJSIP/104-2", .disposition = "NO ANSWER"}.text() + "\n" +
                          Row{.far = "PJSIP/105-3"}.text() + "\n");
  EXPECT_EQ(facts[0].external_id, facts[1].external_id);
  EXPECT_NE(facts[0].key, facts[1].key);
  EXPECT_EQ(rows(Row{}.text()).at(0).key, rows(Row{}.text() + "\n").at(0).key);
}

TEST(Asterisk, ReadsEveryChoiceOfOptionalColumns) {
  const auto id = [](const std::string& rest) {
    return rows(Row{.rest = rest}.text() + "\n").at(0).external_id;
  };
  EXPECT_EQ(id(R"(,"pbx-1772709791.55")"), "pbx-1772709791.55");
  EXPECT_EQ(id(R"(,"pbx-1772709791.55","note")"), "pbx-1772709791.55");
  EXPECT_EQ(id(R"(,"","1772709700.1","3")"), "1772709700.1");
  EXPECT_EQ(id(R"(,"1772709791.55","","1772709700.1","3")"), "1772709700.1");
  EXPECT_TRUE(id("").starts_with("sha256:"));
  EXPECT_TRUE(id(R"(,"only a note")").starts_with("sha256:"));
}

TEST(Asterisk, ReadsTheRowsOfCdrCustom) {
  const auto facts =
      rows(R"("""Olga"" <79161112233>","79161112233","74950001122","from-trunk","PJSIP/p-1",)"
           R"("PJSIP/104-2","Dial","x","2026-04-02 09:15:30","","2026-04-02 09:15:50",)"
           R"("20","0","NO ANSWER",)"
           R"("DOCUMENTATION","","1772709791.55","","12")"
           "\n");
  EXPECT_EQ(facts.at(0).external_id, "1772709791.55");
  EXPECT_EQ(call(facts.at(0)).person.name, "Olga");
  EXPECT_EQ(call(facts.at(0)).answered, false);
}

TEST(Asterisk, SaysWhichRowIsWrong) {
  const auto why = [](const std::string& body) {
    const auto facts = asterisk().decode(csv(body), settings());
    return facts ? "accepted" : facts.error().code + ": " + facts.error().message;
  };
  EXPECT_EQ(why(Row{}.text() + "\n\"a\",\"b\"\n"),
            "malformed_csv: row 2 has fewer columns than a record");
  EXPECT_EQ(why(Row{}.text() + "\n\"cut"),
            "malformed_csv: row 2 ends within quotes: the file is cut off");
  EXPECT_TRUE(why(Row{.disposition = "MAYBE"}.text())
                  .starts_with("malformed_csv: row 1 has no disposition"));
  EXPECT_TRUE(why("hello").starts_with("malformed_csv"));
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += Row{}.text() + "\n";
  EXPECT_TRUE(why(many).starts_with("too_many_rows"));
}

constexpr std::string_view kAmi =
    "Event: Cdr\r\nPrivilege: cdr,all\r\nSource: 79161112233\r\nDestination: 74950001122\r\n"
    "DestinationContext: from-trunk\r\nCallerID: \"Olga\" <79161112233>\r\n"
    "Channel: PJSIP/provider-1\r\nDestinationChannel: PJSIP/104-2\r\nLastApplication: Dial\r\n"
    "StartTime: 2026-04-02 09:15:30\r\nAnswerTime: \r\nEndTime: 2026-04-02 09:15:55\r\n"
    "Duration: 25\r\nBillableSeconds: 0\r\nDisposition: NO ANSWER\r\n"
    "UniqueID: 1772709791.55\r\nLinkedID: 1772709790.54\r\nSequence: 9\r\n\r\n";

TEST(Asterisk, ReadsAmiEventsAndLeavesOthersAlone) {
  const Delivery delivery = post("text/plain", std::string(kAmi));
  const Fact fact = decoded_one(asterisk(), delivery, settings());
  EXPECT_EQ(fact.external_id, "1772709790.54");
  EXPECT_EQ(call(fact).leg, "1772709791.55");
  EXPECT_EQ(call(fact).answered, false);
  EXPECT_EQ(call(fact).person.name, "Olga");
  EXPECT_EQ(key_of(asterisk(), delivery, settings()), "asterisk:1772709791.55:9");
  const std::string two = "Event: Newchannel\r\nUniqueid: 1\r\n\r\n" + std::string(kAmi);
  EXPECT_EQ(decoded_one(asterisk(), post("text/plain", two), settings()).key, fact.key);
  EXPECT_EQ(
      decoded_one(asterisk(), post("text/plain", "Event: Hangup\nCause: 16\n"), settings()).kind(),
      "ignore");
  EXPECT_EQ(refusal(asterisk(), post("text/plain", "Event: Cdr\nnonsense\n"), settings()),
            "malformed_event");
}

// What node's and Python's AMI libraries make of it.
TEST(Asterisk, ReadsAnAmiEventAsJson) {
  const Delivery delivery = json_post(
      R"({"event":"Cdr","source":"79161112233","destination":"74950001122","channel":"PJSIP/p-1",)"
      R"("starttime":"2026-04-02 09:15:30","duration":"25","billableseconds":"0",)"
      R"("disposition":"BUSY","uniqueid":"1772709791.55"})");
  EXPECT_EQ(call(decoded_one(asterisk(), delivery, settings())).reason, "BUSY");
  EXPECT_EQ(key_of(asterisk(), delivery, settings()), "asterisk:1772709791.55");
}

json::object ari(std::string_view type, std::string_view state) {
  return {{"type", type},
          {"timestamp", "2026-04-02T09:15:45.250+0300"},
          {"channel",
           {{"id", "1772709791.55"},
            {"name", "PJSIP/provider-00000001"},
            {"state", state},
            {"caller", {{"name", "Olga"}, {"number", "79161112233"}}},
            {"dialplan", {{"context", "in"}, {"exten", "74950001122"}, {"priority", 1}}},
            {"creationtime", "2026-04-02T09:15:30.000+0300"}}}};
}
Fact decode(const json::object& event) {
  return decoded_one(asterisk(), json_post(json::serialize(event)), settings());
}

TEST(Asterisk, FollowsAChannelByAriEvents) {
  const Fact start = decode(ari("StasisStart", "Ring"));
  EXPECT_EQ(call(start).state, CallState::kStarted);
  EXPECT_EQ(call(start).direction, Direction::kIn);
  EXPECT_EQ(call(start).person.phone, "+79161112233");
  EXPECT_EQ(call(start).line, "+74950001122");
  EXPECT_EQ(call(decode(ari("ChannelStateChange", "Ringing"))).state, CallState::kRinging);
  EXPECT_EQ(call(decode(ari("ChannelStateChange", "Up"))).answered, true);
  json::object end = ari("ChannelDestroyed", "Up");
  end["cause"] = 16;
  end["cause_txt"] = "Normal Clearing";
  EXPECT_EQ(call(decode(end)).answered, true);
  EXPECT_EQ(call(decode(end)).duration_s, 15u);
  EXPECT_EQ(call(decode(end)).reason, "Normal Clearing");
  EXPECT_EQ(call(decode(ari("ChannelDestroyed", "Ring"))).answered, false);
  EXPECT_EQ(decode(ari("ChannelVarset", "Up")).kind(), "ignore");
  EXPECT_EQ(decode(ari("StasisEnd", "Up")).kind(), "ignore");
}

TEST(Asterisk, JoinsChannelsByTheVariableThatNamesTheirCall) {
  json::object event = ari("ChannelStateChange", "Up");
  event["channel"].as_object()["channelvars"] = {{"CHANNEL(linkedid)", "1772709790.54"}};
  EXPECT_EQ(decode(event).external_id, "1772709790.54");
  EXPECT_EQ(call(decode(event)).leg, "1772709791.55");
}

TEST(Asterisk, TellsWhoRingsAndWhereARecordingIs) {
  json::object dial = ari("Dial", "Ring");
  dial["dialstatus"] = "";
  dial["caller"] = dial["channel"];
  dial["peer"] = {{"id", "1772709795.56"}, {"name", "PJSIP/104-2"}, {"state", "Ringing"}};
  dial.erase("channel");
  EXPECT_EQ(decode(dial).external_id, "1772709791.55");
  EXPECT_EQ(call(decode(dial)).agent, "104");
  EXPECT_EQ(call(decode(dial)).state, CallState::kRinging);
  const json::object recording{
      {"type", "RecordingFinished"},
      {"timestamp", "2026-04-02T09:15:45.250+0300"},
      {"recording", {{"name", "rec-1"}, {"target_uri", "channel:1772709791.55"}}}};
  EXPECT_EQ(call(decode(recording)).recording_id, "rec-1");
  EXPECT_EQ(decode(recording).external_id, "1772709791.55");
}

TEST(Asterisk, GivesAFactForEachEventOfAList) {
  const json::array list{ari("StasisStart", "Ring"), ari("ChannelVarset", "Ring"),
                         ari("ChannelDestroyed", "Ring")};
  EXPECT_EQ(decoded(asterisk(), json_post(json::serialize(list)), settings()).size(), 2u);
  EXPECT_TRUE(key_of(asterisk(), json_post(json::serialize(list)), settings())
                  .starts_with("asterisk:sha256:"));
  EXPECT_EQ(refusal(asterisk(), json_post("[]"), settings()), "not_an_object");
}

}  // namespace
}  // namespace dealog::connectors
