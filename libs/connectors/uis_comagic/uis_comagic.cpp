#include "libs/connectors/uis_comagic/uis_comagic.hpp"

#include <array>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"
#include "libs/connectors/telephony/call_fields.hpp"

namespace dealog::connectors::uis_comagic {
namespace {

enum class Event { kIn, kOut, kRinging, kAnswered, kTalkEnded, kFinished, kLost, kRecorded };

// Words of mnemonics and of names in both languages; the first that is found tells the event, so
// "lost_call_session" is not taken for the beginning of a session.
struct Word {
  std::string_view word;
  Event event;
};
constexpr std::array<Word, 35> kWords{{
    {"record", Event::kRecorded},
    {"запис", Event::kRecorded},
    {"lost", Event::kLost},
    {"missed", Event::kLost},
    {"потерян", Event::kLost},
    {"пропущен", Event::kLost},
    {"talk_finish", Event::kTalkEnded},
    {"talk finish", Event::kTalkEnded},
    {"talk_end", Event::kTalkEnded},
    {"finish_talk", Event::kTalkEnded},
    {"end_talk", Event::kTalkEnded},
    {"завершение разговора", Event::kTalkEnded},
    {"конец разговора", Event::kTalkEnded},
    {"окончание разговора", Event::kTalkEnded},
    {"disconnect", Event::kFinished},
    {"finish", Event::kFinished},
    {"end", Event::kFinished},
    {"завершен", Event::kFinished},
    {"окончание", Event::kFinished},
    {"talk", Event::kAnswered},
    {"accept", Event::kAnswered},
    {"connected", Event::kAnswered},
    {"начало разговора", Event::kAnswered},
    {"принят", Event::kAnswered},
    {"отвечен", Event::kAnswered},
    {"wait", Event::kRinging},
    {"answer", Event::kAnswered},
    {"ring", Event::kRinging},
    {"ожидание", Event::kRinging},
    {"out", Event::kOut},
    {"исходящ", Event::kOut},
    {"incoming", Event::kIn},
    {"inbound", Event::kIn},
    {"in_", Event::kIn},
    {"входящ", Event::kIn},
}};

std::optional<Event> event_in(const std::string& text) {
  const std::string folded = fold_case(text);
  for (const auto& [word, event] : kWords) {
    if (folded.contains(word)) return event;
  }
  return std::nullopt;
}

// Of a template without a mnemonic: what only one event has.
std::optional<Event> event_by_fields(const Node& body) {
  if (!text_anywhere(body, "file_link").empty()) return Event::kRecorded;
  if (!text_anywhere(body, "total_time_duration").empty()) return Event::kFinished;
  return std::nullopt;
}

std::optional<Event> event_of(const Node& body) {
  for (const auto* field : {"notification_mnemonic", "event", "notification_name"}) {
    const std::string text = text_anywhere(body, field);
    if (text.empty()) continue;
    if (const auto event = event_in(text)) return event;
  }
  return event_by_fields(body);
}

// UIS writes the quotes itself; a template that has its own gives ""text"".
Result<Body> read(const Delivery& delivery) {
  auto body = parse_body(delivery);
  if (body || body.error().code != "malformed_json") return body;
  Error error = std::move(body).error();
  error.message += "; in the template of the notification write {{name}} without quotes around it";
  return fail(std::move(error));
}

Result<Timestamp> time_of(const Node& body, const SourceSettings& settings) {
  const std::string local = text_anywhere(body, "notification_time");
  if (!local.empty()) return time_field(local, settings.time_zone, "notification_time");
  const std::string unix = text_anywhere(body, "notification_timestamp");
  if (!unix.empty()) {
    const auto time = parse_unix_time(unix);
    if (time) return *time;
    return fail(ErrorKind::kInvalid, "invalid_time", "notification_timestamp is not a time");
  }
  return field_missing("notification_time; add it to the template in UIS");
}

std::string first_anywhere(const Node& body, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (std::string text = text_anywhere(body, name); !text.empty()) return text;
  }
  return {};
}

Result<std::optional<std::uint32_t>> seconds_anywhere(const Node& body, std::string_view name) {
  const std::string text = text_anywhere(body, name);
  Node one = Node::map();
  one.entries.push_back({std::string(name), Node::of_text(text)});
  return seconds_field(one, {name});
}

Direction direction_of(const Node& body, Event event) {
  const std::string told = to_lower_ascii(text_anywhere(body, "direction"));
  const std::string internal = text_anywhere(body, "is_internal");
  if (internal == "true" || internal == "1" || told == "internal") return Direction::kInternal;
  if (told == "in" || told == "incoming" || told == "inbound") return Direction::kIn;
  if (told == "out" || told == "outgoing" || told == "outbound") return Direction::kOut;
  if (event == Event::kIn || event == Event::kLost) return Direction::kIn;
  return event == Event::kOut ? Direction::kOut : Direction::kUnknown;
}

void put_sides(CallFact& call, const Node& body, const SourceSettings& settings) {
  const bool out = call.direction == Direction::kOut;
  call.agent =
      first_anywhere(body, {"employee_id", "extension_phone_number", "employee_phone_number"});
  call.line = line_of(text_anywhere(body, "virtual_phone_number"), settings.country);
  if (call.direction == Direction::kInternal) return;
  const std::string number = first_anywhere(
      body, {"contact_phone_number", out ? "called_phone_number" : "calling_phone_number"});
  const std::string name = text_anywhere(body, "contact_full_name");
  call.person = caller(number, settings.country, is_outside_number(name) ? "" : name);
}

Result<void> put_times(CallFact& call, const Node& body) {
  call.talk_s = TRY(seconds_anywhere(body, "talk_time_duration"));
  call.duration_s = TRY(seconds_anywhere(body, "total_time_duration"));
  const auto waited = TRY(seconds_anywhere(body, "wait_time_duration"));
  if (!call.duration_s && waited) call.duration_s = *waited + call.talk_s.value_or(0);
  return {};
}

Result<void> put_state(CallFact& call, const Node& body, Event event) {
  switch (event) {
    case Event::kIn:
    case Event::kOut:
      call.state = CallState::kStarted;
      return {};
    case Event::kRinging:
      call.state = CallState::kRinging;
      return {};
    case Event::kAnswered:
      call.state = CallState::kAnswered;
      call.answered = true;
      return {};
    case Event::kTalkEnded:  // of one employee; the call may go on with another
      call.state = CallState::kAnswered;
      call.answered = true;
      call.talk_s = TRY(seconds_anywhere(body, "talk_time_duration"));
      return {};
    case Event::kFinished:
      call.state = CallState::kFinished;
      TRY(put_times(call, body));
      if (call.talk_s) call.answered = *call.talk_s > 0;
      return {};
    case Event::kLost:
      call.state = CallState::kFinished;
      TRY(put_times(call, body));
      call.answered = false;
      call.talk_s = 0;
      return {};
    case Event::kRecorded:
      break;
  }
  call.state = CallState::kRecording;
  call.recording_url =
      first_anywhere(body, {"file_link", "full_record_file_link", "record_file_link"});
  if (call.recording_url.empty()) return field_missing("file_link; add it to the template in UIS");
  if (is_web_url(call.recording_url)) return {};
  return fail(ErrorKind::kInvalid, "invalid_link", "file_link is not a web address");
}

Result<std::vector<Fact>> read_event(const Delivery& delivery, const Node& body,
                                     const SourceSettings& settings) {
  const std::string session = text_anywhere(body, "call_session_id");
  // Chats, goals, offline messages: they have neither a session of a call nor a number.
  if (session.empty() && text_anywhere(body, "virtual_phone_number").empty()) {
    return ignored("event_not_used");
  }
  if (session.empty()) return field_missing("call_session_id; add it to the template in UIS");
  const auto event = event_of(body);
  if (!event) {
    return fail(ErrorKind::kInvalid, "event_unknown",
                "notification_mnemonic names no event that we know");
  }
  CallFact call;
  TRY(put_state(call, body, *event));
  call.direction = direction_of(body, *event);
  // A template may name a leg at the end of the call, too; it is the call that ends there.
  if (call.state != CallState::kFinished) call.leg = text_anywhere(body, "leg_id");
  put_sides(call, body, settings);
  const Timestamp at = TRY(time_of(body, settings));
  // Legs and recordings of one call tell the same event, each with other words.
  const std::string key = body_key(delivery_key("uis:call", session), delivery);
  return std::vector{Fact{key, session, at, {}, std::move(call)}};
}

class UisComagic final : public Provider {
 public:
  std::string_view name() const override { return "uis-comagic"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET" && delivery.query.empty()) return {Reception::Kind::kPing, {}};
    const auto body = read(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("uis", delivery), {}, body.error()};
    const std::string session = text_anywhere(body->tree, "call_session_id");
    const std::string event =
        first_anywhere(body->tree, {"notification_mnemonic", "event", "notification_name"});
    if (session.empty() || event.empty()) {
      return {Reception::Kind::kStore, body_key("uis", delivery)};
    }
    const std::string own = text_anywhere(body->tree, "delivery_id");
    return {Reception::Kind::kStore,
            delivery_key("uis", session + ":" + event +
                                    (own.empty() ? "" : ":" + to_hex(sha256(own)).substr(0, 16)))};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET" && delivery.query.empty()) return ignored("connection_check");
    const Body body = TRY(read(delivery));
    if (body.tree.kind != Node::Kind::kMap) {
      return fail(ErrorKind::kInvalid, "not_an_object", "the body is JSON but not an object");
    }
    return read_event(delivery, body.tree, settings);
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    return check_key(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const UisComagic kUisComagic;
  return kUisComagic;
}

}  // namespace dealog::connectors::uis_comagic
