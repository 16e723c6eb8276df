#include "libs/connectors/mango_office/mango_office.hpp"

#include <algorithm>
#include <array>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/urlencoded.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "libs/connectors/telephony/call_fields.hpp"

namespace dealog::connectors::mango_office {
namespace {

enum class Kind { kCall, kSummary, kRecording, kRecordAdded, kOther, kUnknown };

constexpr std::array<std::pair<std::string_view, Kind>, 4> kPaths{{
    {"/events/call", Kind::kCall},
    {"/events/summary", Kind::kSummary},
    {"/events/recording", Kind::kRecording},
    {"/events/record/added", Kind::kRecordAdded},
}};

// "Check the connection" in the account posts nothing at all.
bool is_check(const Delivery& delivery) {
  return delivery.method == "GET" || trim(delivery.body).empty();
}

struct Message {
  std::string api_key, sign;
  std::string json;  // as it came: this is what is signed
  bool repeated = false;
};

Result<Message> read(const Delivery& delivery) {
  Message out;
  const auto fields = TRY(parse_urlencoded(delivery.body));
  bool seen[3] = {false, false, false};
  for (const auto& [name, value] : fields) {
    const int place = name == "vpbx_api_key" ? 0 : name == "sign" ? 1 : name == "json" ? 2 : -1;
    if (place < 0) continue;
    out.repeated = out.repeated || seen[place];
    seen[place] = true;
    (place == 0 ? out.api_key : place == 1 ? out.sign : out.json) = value;
  }
  if (!seen[2]) return field_missing("json");
  return out;
}

// Mango appends the kind of an event to the address that it was given.
Kind kind_of(const Delivery& delivery, const Node& event) {
  for (const auto& [path, kind] : kPaths) {
    if (delivery.suffix.ends_with(path)) return kind;
  }
  const auto known = [&](std::string_view part) { return delivery.suffix.contains(part); };
  if (known("/events/") || known("/result/")) return Kind::kOther;
  if (event.find("call_state")) return Kind::kCall;
  if (event.find("entry_result")) return Kind::kSummary;
  if (event.find("recording_state")) return Kind::kRecording;
  if (event.find("recording_id")) return Kind::kRecordAdded;
  return Kind::kUnknown;
}

std::optional<std::int64_t> seq_of(const Node& event) {
  return parse_number<std::int64_t>(first_text(event, {"seq"}));
}

std::string side_text(const Node& event, std::string_view side, std::string_view key) {
  return std::string(trim(event.text_of({side, key}).value_or("")));
}

// Who is who: the side with an extension and no line is ours.
void put_sides(CallFact& call, const Node& event, Direction direction, const std::string& line,
               std::string_view country) {
  call.direction = direction;
  const bool in = direction == Direction::kIn;
  call.agent = side_text(event, in ? "to" : "from", "extension");
  call.line = line_of(line, country);
  if (direction == Direction::kIn)
    call.person = caller(side_text(event, "from", "number"), country);
  if (direction == Direction::kOut) call.person = caller(side_text(event, "to", "number"), country);
}

Direction direction_of_leg(const Node& event) {
  const bool from_us = !side_text(event, "from", "extension").empty();
  const bool to_us = !side_text(event, "to", "extension").empty();
  if (!from_us) return Direction::kIn;
  return to_us ? Direction::kInternal : Direction::kOut;
}

Result<void> put_state(CallFact& call, const Node& event) {
  const std::string state = TRY(required_text(event, "call_state", "call_state"));
  const std::string location = first_text(event, {"location"});
  // In the voice menu and in a queue a machine has taken the call.
  const bool person = location.empty() || location == "abonent";
  if (state == "Appeared") {
    call.state = CallState::kRinging;
  } else if (state == "Connected" || state == "OnHold") {
    call.state = person ? CallState::kAnswered : CallState::kRinging;
    if (person) call.answered = true;
  } else if (state == "Disconnected") {
    // The end of one leg: whether anybody talked is said by the summary.
    call.state = CallState::kFinished;
    call.reason = first_text(event, {"disconnect_reason"});
  } else {
    return fail(ErrorKind::kInvalid, "state_unknown",
                "call_state is none that Mango Office documents");
  }
  return {};
}

Result<Fact> read_call(const Node& event, const SourceSettings& settings) {
  CallFact call;
  call.leg = TRY(required_text(event, "call_id", "call_id"));
  std::string entry = first_text(event, {"entry_id"});
  if (entry.empty()) entry = call.leg;
  TRY(put_state(call, event));
  const auto seq = seq_of(event);
  if (!seq) return fail(ErrorKind::kInvalid, "invalid_seq", "seq is missing or not a number");
  std::string line = side_text(event, "to", "line_number");
  if (line.empty()) line = side_text(event, "from", "line_number");
  if (line.empty()) line = first_text(event, {"line_number"});
  put_sides(call, event, direction_of_leg(event), line, settings.country);
  const Timestamp at = TRY(unix_time_field(event, "timestamp"));
  const std::string scope = delivery_key("mango:call", call.leg);
  return Fact{scope + ":" + std::to_string(*seq), entry, at, Sequence{scope, *seq},
              std::move(call)};
}

// 0 where there was no such moment.
Result<std::int64_t> moment(const Node& event, std::string_view key) {
  if (first_text(event, {key}).empty()) return 0;
  return TRY(unix_time_field(event, key)).us / 1'000'000;
}

Result<Fact> read_summary(const Node& event, const SourceSettings& settings) {
  const std::string entry = TRY(required_text(event, "entry_id", "entry_id"));
  const std::string direction = TRY(required_text(event, "call_direction", "call_direction"));
  const std::string result = TRY(required_text(event, "entry_result", "entry_result"));
  constexpr std::array kDirections{Direction::kInternal, Direction::kIn, Direction::kOut};
  if (direction.size() != 1 || direction[0] < '0' || direction[0] > '2') {
    return fail(ErrorKind::kInvalid, "direction_unknown", "call_direction is not 0, 1 or 2");
  }
  if (result != "0" && result != "1") {
    return fail(ErrorKind::kInvalid, "result_unknown", "entry_result is neither 0 nor 1");
  }
  CallFact call;
  call.state = CallState::kFinished;
  call.answered = result == "1";
  const Timestamp start = TRY(unix_time_field(event, "create_time"));
  const std::int64_t created = start.us / 1'000'000;
  const std::int64_t talked = TRY(moment(event, "talk_time"));
  const std::int64_t ended = TRY(moment(event, "end_time"));
  if (ended >= created) call.duration_s = static_cast<std::uint32_t>(ended - created);
  if (!*call.answered) {
    call.talk_s = 0;
  } else if (talked > 0 && ended >= talked) {
    call.talk_s = static_cast<std::uint32_t>(ended - talked);
  }
  put_sides(call, event, kDirections[static_cast<std::size_t>(direction[0] - '0')],
            first_text(event, {"line_number"}), settings.country);
  call.reason = *call.answered ? "" : first_text(event, {"disconnect_reason"});
  return Fact{delivery_key("mango:summary", entry), entry, start, {}, std::move(call)};
}

// While it is being recorded nothing can be fetched yet; a record too short to keep never will.
bool is_kept(const Node& event) {
  return first_text(event, {"recording_state"}) == "Completed" &&
         first_text(event, {"completion_code"}) == "1000" &&
         first_text(event, {"recipient"}) != "Mail";
}

Result<std::vector<Fact>> read_record(const Node& event, bool added) {
  const std::string id = TRY(required_text(event, "recording_id", "recording_id"));
  if (!added && !is_kept(event)) return ignored("recording_not_ready");
  const std::string entry = TRY(required_text(event, "entry_id", "entry_id"));
  CallFact call;
  call.state = CallState::kRecording;
  call.recording_id = id;
  call.leg = first_text(event, {"call_id"});
  call.agent = first_text(event, {"extension"});
  const Timestamp at = TRY(unix_time_field(event, "timestamp"));
  const std::string_view prefix = added ? "mango:record" : "mango:recording";
  return std::vector{Fact{delivery_key(prefix, id), entry, at, {}, std::move(call)}};
}

std::string key_of(Kind kind, const Node& event) {
  const std::string id = first_text(event, {"recording_id"});
  const std::string entry = first_text(event, {"entry_id"}), leg = first_text(event, {"call_id"});
  const std::string seq = first_text(event, {"seq"});
  switch (kind) {
    case Kind::kCall:
      return leg.empty() || seq.empty() ? "" : delivery_key("mango", leg + ":" + seq);
    case Kind::kSummary:
      return entry.empty() ? "" : delivery_key("mango:summary", entry);
    case Kind::kRecording:
      return id.empty() || seq.empty() ? "" : delivery_key("mango:recording", id + ":" + seq);
    case Kind::kRecordAdded:
      return id.empty() ? "" : delivery_key("mango:record", id);
    case Kind::kOther:
    case Kind::kUnknown:
      break;
  }
  return {};
}

// "<key>:<salt>" in one text, or two parts.
struct Keys {
  std::string api_key;  // empty: any, as it is signed
  std::string salt;
};

std::optional<Keys> keys_of(const SourceSettings& settings) {
  if (const std::string* salt = settings.secret("salt")) {
    const std::string* key = settings.secret("api_key");
    return Keys{key ? *key : "", *salt};
  }
  const std::string* secret = settings.secret();
  if (!secret) return std::nullopt;
  const auto colon = secret->find(':');
  if (colon == std::string::npos) return Keys{"", *secret};
  return Keys{secret->substr(0, colon), secret->substr(colon + 1)};
}

constexpr std::string_view kApi = "https://app.mango-office.ru/vpbx";

// Signed like everything between Mango and us; it answers by a redirect to a short-lived link, or
// with the recording itself.
Result<ApiRequest> download(std::string_view recording, const Keys& keys, std::string base) {
  if (keys.api_key.empty()) {
    return fail(ErrorKind::kInvalid, "api_key_missing",
                "the source knows only the salt; its secret must be <API key>:<salt>");
  }
  const std::string json = boost::json::serialize(
      boost::json::object{{"recording_id", recording}, {"action", "download"}});
  const std::string sign = to_hex(sha256(keys.api_key + json + keys.salt));
  return ApiRequest{.method = "POST",
                    .url = std::move(base) + "/queries/recording/post",
                    .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                    .body = "vpbx_api_key=" + percent_encode(keys.api_key) + "&sign=" + sign +
                            "&json=" + percent_encode(json)};
}

class MangoOffice final : public Provider {
 public:
  std::string_view name() const override { return "mango-office"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    using Kind = Reception::Kind;
    if (is_check(delivery)) return {Kind::kPing, {}};
    const auto message = read(delivery);
    if (!message) return {Kind::kStore, body_key("mango", delivery), {}, message.error()};
    const auto event = parse_json(message->json);
    if (!event) return {Kind::kStore, body_key("mango", delivery), {}, event.error()};
    std::string key = key_of(kind_of(delivery, *event), *event);
    if (key.empty()) key = body_key("mango", delivery);
    return {Kind::kStore, std::move(key)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (is_check(delivery)) return ignored("connection_check");
    const Message message = TRY(read(delivery));
    const Node event = TRY(parse_json(message.json));
    switch (kind_of(delivery, event)) {
      case Kind::kCall:
        return std::vector{TRY(read_call(event, settings))};
      case Kind::kSummary:
        return std::vector{TRY(read_summary(event, settings))};
      case Kind::kRecording:
        return read_record(event, false);
      case Kind::kRecordAdded:
        return read_record(event, true);
      case Kind::kOther:  // pressed keys, text messages, topics, results of commands
        return ignored("event_not_used");
      case Kind::kUnknown:
        break;
    }
    return fail(ErrorKind::kInvalid, "event_unknown",
                "neither the address nor the fields say which event of Mango Office this is");
  }

  Result<FileRequest> ask_file(std::string_view id, const SourceSettings& settings) const override {
    const auto keys = keys_of(settings);
    if (!keys || is_web_url(id)) return Provider::ask_file(id, settings);
    const std::string base = TRY(crm::api_url(settings, kApi));
    return FileRequest{.request = TRY(download(id, *keys, base))};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    auto errors = Provider::complete_settings(settings);
    if (settings.secret("salt")) return errors;
    return require_secret(std::move(errors), settings,
                          "the API key and the salt are needed to check signatures: give them as "
                          "\"<key>:<salt>\"");
  }

 protected:
  std::span<const IpNetwork> published_networks() const override {
    static const auto kNetworks =
        networks_of({"81.88.80.132", "81.88.80.133", "81.88.82.36", "81.88.82.44", "81.88.82.45"});
    return kNetworks;
  }

  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (is_check(delivery)) return Verdict::accepted();
    const auto keys = keys_of(settings);
    if (!keys) return Verdict::unauthorised("secret_not_set");
    const auto message = read(delivery);
    if (!message) return Verdict::unauthorised("body_unreadable");
    if (message->repeated) return Verdict::unauthorised("field_repeated");
    if (message->sign.empty()) return Verdict::unauthorised("signature_missing");
    if (!keys->api_key.empty() && !same_key(message->api_key, keys->api_key)) {
      return Verdict::unauthorised("key_wrong");
    }
    const std::string digest = sha256(message->api_key + message->json + keys->salt);
    return is_hex_of(message->sign, digest) ? Verdict::accepted()
                                            : Verdict::unauthorised("signature_wrong");
  }
};

}  // namespace

const Provider& provider() {
  static const MangoOffice kMangoOffice;
  return kMangoOffice;
}

}  // namespace dealog::connectors::mango_office
