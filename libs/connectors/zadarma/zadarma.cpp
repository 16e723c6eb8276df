#include "libs/connectors/zadarma/zadarma.hpp"

#include <algorithm>
#include <array>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/urlencoded.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "libs/connectors/signature/schemes.hpp"
#include "libs/connectors/telephony/call_fields.hpp"

namespace dealog::connectors::zadarma {
namespace {

constexpr std::size_t kEchoBytes = 200;

struct KnownEvent {
  std::string_view name;
  std::array<std::string_view, 3> signs;  // fields, in the order in which they are joined
  CallState state;
  Direction direction;
};
constexpr std::array<std::string_view, 3> kIn{"caller_id", "called_did", "call_start"};
constexpr std::array<std::string_view, 3> kOut{"internal", "destination", "call_start"};
constexpr std::array<KnownEvent, 8> kCallEvents{{
    {"NOTIFY_START", kIn, CallState::kStarted, Direction::kIn},
    {"NOTIFY_INTERNAL", kIn, CallState::kRinging, Direction::kIn},
    {"NOTIFY_IVR", kIn, CallState::kRinging, Direction::kIn},
    {"NOTIFY_ANSWER",
     {"caller_id", "destination", "call_start"},
     CallState::kAnswered,
     Direction::kIn},
    {"NOTIFY_END", kIn, CallState::kFinished, Direction::kIn},
    {"NOTIFY_OUT_START", kOut, CallState::kStarted, Direction::kOut},
    {"NOTIFY_OUT_END", kOut, CallState::kFinished, Direction::kOut},
    {"NOTIFY_RECORD",
     {"pbx_call_id", "call_id_with_rec", ""},
     CallState::kRecording,
     Direction::kUnknown},
}};
// Everything about them stands in `result`, as JSON, and all of it is signed.
constexpr std::array<std::string_view, 5> kResultEvents{
    "SMS", "SPEECH_RECOGNITION", "NUMBER_LOOKUP", "CALL_TRACKING", "DOCUMENT"};

const KnownEvent* call_event(std::string_view name) {
  const auto* it = std::find_if(kCallEvents.begin(), kCallEvents.end(),
                                [&](const auto& event) { return event.name == name; });
  return it == kCallEvents.end() ? nullptr : it;
}

bool is_result_event(std::string_view name) {
  return std::find(kResultEvents.begin(), kResultEvents.end(), name) != kResultEvents.end();
}

// Saving the address in the account: GET ?zd_echo=<anything>.
std::optional<std::string> echo_of(const Delivery& delivery) {
  const auto fields = parse_urlencoded(delivery.query);
  if (!fields) return std::nullopt;
  for (const auto& [name, value] : *fields) {
    if (name == "zd_echo" && value.size() <= kEchoBytes) return value;
  }
  return std::nullopt;
}

// What is signed: nothing for an event whose rule is not known.
std::optional<std::string> signed_text(const Node& body) {
  const std::string event = body.text_of("event").value_or("");
  if (const KnownEvent* known = call_event(event)) {
    std::string text;
    for (const auto field : known->signs) text += body.text_of(field).value_or("");
    return text;
  }
  if (is_result_event(event)) return body.text_of("result");
  return std::nullopt;
}

bool is_signed_with(std::string_view given, std::string_view text, std::string_view secret) {
  const std::string mac = hmac_sha1(secret, text);
  const bool of_hex = is_base64_of(given, to_hex(mac));
  const bool of_bytes = is_base64_of(given, mac);
  return of_hex || of_bytes;
}

Result<std::optional<Timestamp>> time_of(const Node& body, const SourceSettings& settings) {
  const std::string text = first_text(body, {"call_start"});
  if (text.empty()) return std::nullopt;
  return TRY(time_field(text, settings.time_zone, "call_start"));
}

void put_sides(CallFact& call, const Node& body, const SourceSettings& settings) {
  const std::string internal = first_text(body, {"internal", "last_internal"});
  const std::string destination = first_text(body, {"destination"});
  const std::string caller_id = first_text(body, {"caller_id"});
  if (call.direction == Direction::kOut) {
    call.agent = internal;
    // A call between two of our own phones.
    if (is_extension(destination)) {
      call.direction = Direction::kInternal;
      return;
    }
    call.person = caller(destination, settings.country);
    call.line = line_of(caller_id, settings.country);
    return;
  }
  if (call.direction == Direction::kUnknown) return;
  call.agent = internal.empty() ? destination : internal;
  if (is_extension(caller_id)) {
    call.direction = Direction::kInternal;
    return;
  }
  call.person = caller(caller_id, settings.country);
  call.line = line_of(first_text(body, {"called_did"}), settings.country);
}

Result<void> put_end(CallFact& call, const Node& body) {
  const std::string disposition = TRY(required_text(body, "disposition", "disposition"));
  call.answered = equals_ignoring_case_ascii(disposition, "answered");
  call.duration_s = TRY(seconds_field(body, {"duration"}));
  if (!*call.answered) {
    call.talk_s = 0;
    call.reason = disposition;
  }
  // Ready some 40 seconds later, which NOTIFY_RECORD tells.
  if (first_text(body, {"is_recorded"}) == "1") {
    call.recording_id = first_text(body, {"call_id_with_rec"});
  }
  return {};
}

Result<Fact> read_call(const Node& body, const KnownEvent& event, const SourceSettings& settings) {
  const std::string id = TRY(required_text(body, "pbx_call_id", "pbx_call_id"));
  CallFact call;
  call.state = event.state;
  call.direction = event.direction;
  // An outgoing call is answered by the same notification as an incoming one.
  if (id.starts_with("out_") && event.name == "NOTIFY_ANSWER") call.direction = Direction::kOut;
  put_sides(call, body, settings);
  std::string part;
  if (event.state == CallState::kAnswered) call.answered = true;
  if (event.state == CallState::kRinging) part = ":" + call.agent;
  if (event.state == CallState::kFinished) TRY(put_end(call, body));
  if (event.state == CallState::kRecording) {
    call.recording_id = TRY(required_text(body, "call_id_with_rec", "call_id_with_rec"));
    part = ":" + call.recording_id;
  }
  const auto at = TRY(time_of(body, settings));
  return Fact{delivery_key("zadarma", id + ":" + std::string(event.name) + part),
              id,
              at,
              {},
              std::move(call)};
}

Result<Fact> read_sms(const Node& body, const SourceSettings& settings) {
  const std::string text = TRY(required_text(body, "result", "result"));
  const Node sms = TRY(parse_json(text));
  MessageFact message;
  message.channel = "sms";
  message.person =
      caller(TRY(required_text(sms, "caller_id", "result.caller_id")), settings.country);
  message.text = first_text(sms, {"text"});
  message.thread = message.person.phone_raw;
  // It has no id of its own.
  const std::string id = "sha256:" + to_hex(sha256(text));
  return Fact{"zadarma:sms:" + id, id, {}, {}, std::move(message)};
}

std::string key_of(const Delivery& delivery, const Node& body) {
  const std::string event = first_text(body, {"event"});
  const std::string id = first_text(body, {"pbx_call_id"});
  if (event.empty() || id.empty()) return body_key("zadarma", delivery);
  return delivery_key("zadarma", id + ":" + event);
}

constexpr std::string_view kApi = "https://api.zadarma.com";
constexpr std::string_view kRecordPath = "/v1/pbx/record/request/";
// Of the link that Zadarma makes, in seconds: it is used at once.
constexpr std::string_view kLinkLifetime = "1800";

// Path, parameters in the order of their names, and their MD5 are signed with the secret.
std::string api_signature(std::string_view path, const std::string& params,
                          std::string_view secret) {
  const std::string text = std::string(path) + params + to_hex(digest(Hash::kMd5, params));
  return to_base64(to_hex(hmac_sha1(secret, text)));
}

class Zadarma final : public Provider {
 public:
  std::string_view name() const override { return "zadarma"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    using Kind = Reception::Kind;
    if (const auto echo = echo_of(delivery)) {
      return {Kind::kChallenge, {}, {200, "text/plain; charset=utf-8", *echo}};
    }
    if (delivery.method == "GET") return {Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Kind::kStore, body_key("zadarma", delivery), {}, body.error()};
    return {Kind::kStore, key_of(delivery, body->tree)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (echo_of(delivery)) return ignored("address_check", "handshake");
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    const std::string event = TRY(required_text(body.tree, "event", "event"));
    if (const KnownEvent* known = call_event(event)) {
      return std::vector{TRY(read_call(body.tree, *known, settings))};
    }
    if (event == "SMS") return std::vector{TRY(read_sms(body.tree, settings))};
    return ignored("event_not_used");
  }

  // Asked for a link that lives for half an hour. The secret "api" is the key that belongs to it.
  Result<FileRequest> ask_file(std::string_view id, const SourceSettings& settings) const override {
    const auto secrets = signing_secrets(settings);
    if (secrets.empty() || is_web_url(id)) return Provider::ask_file(id, settings);
    const std::string key = TRY(crm::api_key(settings));
    const std::string params =
        "call_id=" + percent_encode(id) + "&lifetime=" + std::string(kLinkLifetime);
    FileRequest asked{.tells_where = true};
    asked.request.url = TRY(crm::api_url(settings, kApi)) + std::string(kRecordPath) + "?" + params;
    asked.request.headers = {
        {"Authorization", key + ":" + api_signature(kRecordPath, params, secrets.front())}};
    return asked;
  }

  Result<ApiRequest> file_at(std::string_view, std::string_view answer,
                             const SourceSettings&) const override {
    const Node told = TRY(parse_json(answer));
    std::string link = first_text(told, {"link"});
    if (link.empty()) link = told.text_of({"links", "0"}).value_or("");
    if (is_web_url(link)) return ApiRequest{.url = std::move(link)};
    return fail(ErrorKind::kUnavailable, "file_not_ready", "Zadarma names no link yet");
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return require_secret(Provider::complete_settings(settings), settings,
                          "the API secret is needed to check signatures");
  }

 protected:
  std::span<const IpNetwork> published_networks() const override {
    static const auto kNetworks = networks_of({"185.45.152.40/30"});
    return kNetworks;
  }

  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    const auto secrets = signing_secrets(settings);
    if (secrets.empty()) return Verdict::unauthorised("secret_not_set");
    const std::string* given = delivery.header("Signature");
    if (!given) return Verdict::unauthorised("signature_missing");
    const auto body = parse_body(delivery);
    if (!body) return Verdict::unauthorised("body_unreadable");
    const auto text = signed_text(body->tree);
    if (!text || text->empty()) return Verdict::unauthorised("event_unknown");
    bool same = false;
    for (const auto& secret : secrets) {
      same = is_signed_with(trim(*given), *text, secret) || same;
    }
    return same ? Verdict::accepted() : Verdict::unauthorised("signature_wrong");
  }
};

}  // namespace

const Provider& provider() {
  static const Zadarma kZadarma;
  return kZadarma;
}

}  // namespace dealog::connectors::zadarma
