#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/touches.hpp"

namespace dealog::connectors {
namespace {

using namespace testing_support;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kSecret = "zd-api-secret";

const Provider& zadarma() { return *find_provider("zadarma"); }
SourceSettings settings() {
  return settings_of("zadarma", R"({"time_zone":"Europe/Warsaw"})", boost::json::string(kSecret));
}

std::string mac(const std::string& text) { return hmac_sha1(kSecret, text); }

Delivery signed_form(const Fields& fields, const std::string& signature) {
  std::string body;
  for (const auto& [name, value] : fields) {
    body += (body.empty() ? "" : "&") + name + "=" + percent_encode(value);
  }
  Delivery delivery = form(body);
  delivery.headers.emplace_back("Signature", signature);
  return delivery;
}

Fields incoming(const std::string& event) {
  return {{"event", event},
          {"call_start", "2026-04-02 09:15:30"},
          {"pbx_call_id", "in_77aa"},
          {"caller_id", "+48601234567"},
          {"called_did", "48223334455"}};
}

Fields with(Fields fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

Delivery signed_incoming(const Fields& fields) {
  return signed_form(fields, to_base64(to_hex(mac("+48601234567"
                                                  "48223334455"
                                                  "2026-04-02 09:15:30"))));
}

Fact decode(const Fields& fields) {
  return decoded_one(zadarma(), signed_form(fields, ""), settings());
}

TEST(Zadarma, FollowsAnIncomingCall) {
  const Fact start = decode(incoming("NOTIFY_START"));
  EXPECT_EQ(call(start).state, CallState::kStarted);
  EXPECT_EQ(call(start).direction, Direction::kIn);
  EXPECT_EQ(call(start).person.phone, "+48601234567");
  EXPECT_EQ(call(start).line, "+48223334455");
  EXPECT_EQ(start.occurred_at, Timestamp::parse("2026-04-02T07:15:30Z").value());
  const Fact rings = decode(with(incoming("NOTIFY_INTERNAL"), {{"internal", "103"}}));
  EXPECT_EQ(call(rings).state, CallState::kRinging);
  EXPECT_EQ(call(rings).agent, "103");
  const Fact taken =
      decode(with(incoming("NOTIFY_ANSWER"), {{"destination", "103"}, {"internal", "103"}}));
  EXPECT_EQ(call(taken).state, CallState::kAnswered);
  EXPECT_EQ(call(taken).answered, true);
  for (const auto& fact : {start, rings, taken}) EXPECT_EQ(fact.external_id, "in_77aa");
}

TEST(Zadarma, TellsHowACallEnded) {
  const auto end = [](const std::string& disposition) {
    return call(
        decode(with(incoming("NOTIFY_END"),
                    {{"duration", "31"}, {"disposition", disposition}, {"is_recorded", "0"}})));
  };
  EXPECT_EQ(end("answered").answered, true);
  EXPECT_EQ(end("answered").duration_s, 31u);
  for (const auto* missed : {"busy", "cancel", "no answer", "failed", "no money", "line limit"}) {
    EXPECT_EQ(end(missed).answered, false) << missed;
    EXPECT_EQ(end(missed).reason, missed);
    EXPECT_EQ(end(missed).talk_s, 0u);
  }
  EXPECT_EQ(refusal(zadarma(), signed_form(incoming("NOTIFY_END"), ""), settings()),
            "field_missing");
}

TEST(Zadarma, FollowsAnOutgoingCallAndOneBetweenOurOwnPhones) {
  const Fields out{{"event", "NOTIFY_OUT_END"},
                   {"call_start", "2026-04-02 09:15:30"},
                   {"pbx_call_id", "out_5"},
                   {"internal", "103"},
                   {"destination", "48601234567"},
                   {"caller_id", "48223334455"},
                   {"duration", "12"},
                   {"disposition", "answered"},
                   {"is_recorded", "1"},
                   {"call_id_with_rec", "171.5"}};
  const CallFact ended = call(decode(out));
  EXPECT_EQ(ended.direction, Direction::kOut);
  EXPECT_EQ(ended.person.phone, "+48601234567");
  EXPECT_EQ(ended.agent, "103");
  EXPECT_EQ(ended.line, "+48223334455");
  EXPECT_EQ(ended.recording_id, "171.5");
  Fields inside = out;
  inside[4].second = "105";
  EXPECT_EQ(call(decode(inside)).direction, Direction::kInternal);
  EXPECT_TRUE(call(decode(inside)).person.empty());
}

TEST(Zadarma, TellsThatARecordingIsReady) {
  const Fields record{
      {"event", "NOTIFY_RECORD"}, {"pbx_call_id", "in_77aa"}, {"call_id_with_rec", "171.9"}};
  const Fact fact = decode(record);
  EXPECT_EQ(call(fact).state, CallState::kRecording);
  EXPECT_EQ(call(fact).recording_id, "171.9");
  EXPECT_EQ(fact.external_id, "in_77aa");
  Delivery delivery = signed_form(record, to_base64(mac("in_77aa171.9")));
  EXPECT_TRUE(zadarma().verify(delivery, settings()).ok());
}

TEST(Zadarma, ReadsATextMessage) {
  const std::string result =
      R"({"caller_id":"+48601234567","caller_did":"48223334455","text":"Dzień dobry"})";
  const Fields sms{{"event", "SMS"}, {"result", result}};
  const Delivery delivery = signed_form(sms, to_base64(to_hex(mac(result))));
  EXPECT_TRUE(zadarma().verify(delivery, settings()).ok());
  const Fact fact = decoded_one(zadarma(), delivery, settings());
  EXPECT_EQ(message(fact).channel, "sms");
  EXPECT_EQ(message(fact).text, "Dzień dobry");
  EXPECT_EQ(message(fact).person.phone, "+48601234567");
  EXPECT_EQ(decode({{"event", "NUMBER_LOOKUP"}, {"result", "{}"}}).kind(), "ignore");
}

TEST(Zadarma, AcceptsBothFormsOfTheSignatureAndNoOther) {
  const std::string text =
      "+48601234567"
      "48223334455"
      "2026-04-02 09:15:30";
  for (const auto& signature : {to_base64(to_hex(mac(text))), to_base64(mac(text))}) {
    Delivery delivery = signed_form(incoming("NOTIFY_START"), signature);
    expect_each_byte_matters(zadarma(), delivery, settings(), delivery.headers.back().second);
  }
  EXPECT_EQ(zadarma()
                .verify(signed_form(incoming("NOTIFY_START"), to_hex(mac(text))), settings())
                .status(),
            401);
}

TEST(Zadarma, RefusesWhenASignedFieldOrItsNameChanges) {
  const Delivery good = signed_incoming(incoming("NOTIFY_START"));
  ASSERT_TRUE(zadarma().verify(good, settings()).ok());
  for (const std::string_view part : {"call_start", "2026-04", "caller_id", "601234567",
                                      "called_did", "48223334455", "NOTIFY_START"}) {
    const auto at = good.body.find(part);
    ASSERT_NE(at, std::string::npos) << part;
    for (std::size_t i = at; i < at + part.size(); ++i) {
      Delivery changed = good;
      changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
      EXPECT_EQ(zadarma().verify(changed, settings()).status(), 401) << part << ", byte " << i;
    }
  }
}

TEST(Zadarma, ReadsMultipartWhoseBoundaryHasOtherDashesThanTheHeaderSays) {
  for (const auto* boundary : {"XyZ", "--XyZ", "----XyZ"}) {
    Delivery delivery = multipart(incoming("NOTIFY_START"));
    delivery.headers = {{"Content-Type", "multipart/form-data; boundary=" + std::string(boundary)},
                        {"Signature", to_base64(mac("+4860123456748223334455"
                                                    "2026-04-02 09:15:30"))}};
    EXPECT_TRUE(zadarma().verify(delivery, settings()).ok()) << boundary;
    EXPECT_EQ(decoded_one(zadarma(), delivery, settings()).external_id, "in_77aa") << boundary;
  }
}

TEST(Zadarma, EchoesTheCheckOfItsAddress) {
  Delivery check;
  check.method = "GET";
  check.query = "zd_echo=a1%26b2";
  EXPECT_TRUE(zadarma().verify(check, settings()).ok());
  const Reception reception = zadarma().receive(check, settings());
  EXPECT_EQ(reception.kind, Reception::Kind::kChallenge);
  EXPECT_EQ(reception.challenge.body, "a1&b2");
  EXPECT_EQ(reception.challenge.status, 200);
  check.query.clear();
  EXPECT_EQ(zadarma().receive(check, settings()).kind, Reception::Kind::kPing);
}

TEST(Zadarma, KnowsADeliveryByCallAndEvent) {
  EXPECT_EQ(key_of(zadarma(), signed_incoming(incoming("NOTIFY_START")), settings()),
            "zadarma:in_77aa:NOTIFY_START");
  const auto from_elsewhere = settings_of("zadarma", R"({"networks":"provider"})", "x");
  EXPECT_EQ(zadarma().verify(signed_incoming(incoming("NOTIFY_START")), from_elsewhere).status(),
            403);
}

}  // namespace
}  // namespace dealog::connectors
