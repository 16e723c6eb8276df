#include "libs/connectors/twilio/twilio_facts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/connectors/telephony/call_fields.hpp"

namespace dealog::connectors::twilio {
namespace {

constexpr std::size_t kMedia = 20;  // Twilio sends ten at most

struct KnownStatus {
  std::string_view name;
  CallState state;
  std::optional<bool> answered;
};
constexpr std::array<KnownStatus, 9> kCallStatuses{{
    {"queued", CallState::kStarted, std::nullopt},
    {"initiated", CallState::kStarted, std::nullopt},
    {"ringing", CallState::kRinging, std::nullopt},
    {"in-progress", CallState::kAnswered, true},
    {"completed", CallState::kFinished, true},
    {"busy", CallState::kFinished, false},
    {"no-answer", CallState::kFinished, false},
    {"failed", CallState::kFinished, false},
    {"canceled", CallState::kFinished, false},
}};

// What became of a message, in our words; what is on the way to it says nothing.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMessageStatuses{{
    {"sent", "sent"},
    {"delivered", "delivered"},
    {"read", "read"},
    {"failed", "failed"},
    {"undelivered", "failed"},
}};
constexpr std::array<std::string_view, 6> kPassing{"queued",    "accepted",  "sending",
                                                   "scheduled", "receiving", "canceled"};

// "Sun, 25 Mar 2018 09:53:19 +0000" (RFC 2822), or ISO 8601 in newer products.
Result<std::optional<Timestamp>> time_of(const Node& form, std::string_view key) {
  const std::string text = first_text(form, {key});
  if (text.empty()) return std::nullopt;
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::vector<std::string_view> parts;
  for (const auto part : split(text, ' ')) {
    if (!part.empty() && !part.ends_with(',')) parts.push_back(part);
  }
  if (parts.size() < 4) return TRY(time_field(text, "UTC", key));
  const auto* month = std::find(kMonths.begin(), kMonths.end(), parts[1]);
  if (month == kMonths.end()) return TRY(time_field(text, "UTC", key));
  const std::string day = (parts[0].size() < 2 ? "0" : "") + std::string(parts[0]);
  const std::string zone(parts.size() > 4 && parts[4] != "GMT" ? parts[4] : "+0000");
  return TRY(time_field(
      fmt::format("{}-{:02}-{}T{}{}", parts[2], month - kMonths.begin() + 1, day, parts[3], zone),
      "UTC", key));
}

// "client:anna" and "sip:anna@…" are phones of our own people.
bool is_softphone(std::string_view address) {
  return address.starts_with("client:") || address.starts_with("sip:");
}

std::string softphone_name(std::string_view address) {
  return std::string(address.starts_with("client:") ? address.substr(7)
                                                    : number_of_address(address));
}

void put_person(CallFact& call, const Node& form, std::string_view number,
                const SourceSettings& settings) {
  const bool in = call.direction == Direction::kIn;
  call.person = caller(number, settings.country, in ? first_text(form, {"CallerName"}) : "");
}

// Who called whom. A leg that a call was passed on to names one of our own phones as often as a
// customer, so it tells neither side; the call it belongs to does.
void put_sides(CallFact& call, const Node& form, const SourceSettings& settings) {
  const std::string from = first_text(form, {"From", "Caller"});
  const std::string to = first_text(form, {"To", "Called"});
  const std::string direction = first_text(form, {"Direction"});
  if (!call.leg.empty()) {
    call.agent = is_softphone(to) ? softphone_name(to) : line_of(to, settings.country);
    return;
  }
  const bool inbound = direction == "inbound" || direction == "trunking-terminating";
  if (direction.empty()) return;
  if (is_softphone(from) && is_softphone(to)) {
    call.direction = Direction::kInternal;
    call.agent = softphone_name(from);
  } else if (inbound && !is_softphone(from)) {
    call.direction = Direction::kIn;
    put_person(call, form, from, settings);
    call.line = line_of(to, settings.country);
  } else if (is_softphone(to)) {  // the first leg of a call back: our own person is rung
    call.direction = Direction::kInternal;
    call.agent = softphone_name(to);
  } else {
    call.direction = Direction::kOut;
    put_person(call, form, to, settings);
    if (is_softphone(from)) call.agent = softphone_name(from);
    if (!is_softphone(from)) call.line = line_of(from, settings.country);
  }
}

// Whether those who were dialled from within the call took it, and who took the call at all.
Result<void> put_outcome(CallFact& call, const Node& form) {
  const std::string dialled = first_text(form, {"DialCallStatus"});
  if (!dialled.empty()) {
    call.answered = dialled == "completed" || dialled == "answered";
    if (call.state == CallState::kAnswered && !*call.answered) call.state = CallState::kRinging;
    call.talk_s = TRY(seconds_field(form, {"DialCallDuration"}));
    if (!*call.answered) call.reason = dialled;
  }
  const std::string by = first_text(form, {"AnsweredBy"});
  if (by.starts_with("machine") || by == "fax") {
    call.answered = false;
    call.reason = by;
  }
  return {};
}

std::optional<std::int64_t> sequence_of(const Node& form) {
  return parse_number<std::int64_t>(first_text(form, {"SequenceNumber"}));
}

Result<Fact> read_call(const Node& form, const SourceSettings& settings, std::string key) {
  const std::string id = TRY(required_text(form, "CallSid", "CallSid"));
  const std::string status = TRY(required_text(form, "CallStatus", "CallStatus"));
  const auto* known = std::find_if(kCallStatuses.begin(), kCallStatuses.end(),
                                   [&](const auto& entry) { return entry.name == status; });
  if (known == kCallStatuses.end()) {
    return fail(ErrorKind::kInvalid, "status_unknown", "CallStatus is none that Twilio documents");
  }
  CallFact call;
  call.state = known->state;
  call.answered = known->answered;
  const std::string parent = first_text(form, {"ParentCallSid"});
  if (!parent.empty()) call.leg = id;
  put_sides(call, form, settings);
  if (call.state == CallState::kFinished) {
    // `Duration` is in minutes, rounded up.
    call.duration_s = TRY(seconds_field(form, {"CallDuration"}));
    if (!*call.answered) call.reason = status;
  }
  TRY(put_outcome(call, form));
  if (const std::string url = first_text(form, {"RecordingUrl"}); is_web_url(url)) {
    call.recording_url = url;
    call.recording_id = first_text(form, {"RecordingSid"});
  }
  const auto at = TRY(time_of(form, "Timestamp"));
  Fact fact{std::move(key), parent.empty() ? id : parent, at, {}, std::move(call)};
  if (const auto number = sequence_of(form)) {
    fact.sequence = Sequence{delivery_key("twilio:call", id), *number};
  }
  return fact;
}

Result<std::vector<Fact>> read_recording(const Node& form, std::string key) {
  const std::string status = first_text(form, {"RecordingStatus"});
  if (!status.empty() && status != "completed") return ignored("recording_not_ready");
  CallFact call;
  call.state = CallState::kRecording;
  call.recording_id = TRY(required_text(form, "RecordingSid", "RecordingSid"));
  call.recording_url = TRY(required_text(form, "RecordingUrl", "RecordingUrl"));
  if (!is_web_url(call.recording_url)) {
    return fail(ErrorKind::kInvalid, "invalid_link", "RecordingUrl is not a web address");
  }
  const std::string id = TRY(required_text(form, "CallSid", "CallSid"));
  const auto at = TRY(time_of(form, "RecordingStartTime"));
  return std::vector{Fact{std::move(key), id, at, {}, std::move(call)}};
}

// "whatsapp:+7916…" names the channel; a bare number is a text message's.
struct Address {
  std::string channel;
  std::string text;
};

Address address_of(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return {"sms", text};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

Contact person_of(const Address& address, const Node& form, const SourceSettings& settings) {
  const std::string name = first_text(form, {"ProfileName"});
  if (address.channel == "messenger") {
    Contact contact = caller("", settings.country);
    contact.name = utf8_prefix(name, 1000);
    contact.ids.emplace_back("messenger_id", address.text);
    return contact;
  }
  return caller(address.text, settings.country, name);
}

std::string_view kind_of_media(std::string_view content_type) {
  if (content_type.starts_with("image/")) return "photo";
  if (content_type.starts_with("audio/")) return "voice";
  return content_type.starts_with("video/") ? "video" : "document";
}

void put_media(MessageFact& message, const Node& form) {
  for (std::size_t i = 0; i < kMedia; ++i) {
    const std::string url = first_text(form, {fmt::format("MediaUrl{}", i)});
    if (url.empty()) break;
    const std::string type = first_text(form, {fmt::format("MediaContentType{}", i)});
    message.attachments.push_back(
        {.id = url, .kind = std::string(kind_of_media(type)), .name = "", .content_type = type});
  }
}

std::string text_of_message(const Node& form) {
  std::string text = form.text_of("Body").value_or("");
  const std::string latitude = first_text(form, {"Latitude"});
  if (!latitude.empty()) {
    const std::string place = first_text(form, {"Label", "Address"});
    if (!text.empty()) text += "\n";
    text += (place.empty() ? "" : place + " ") + "(" + latitude + ", " +
            first_text(form, {"Longitude"}) + ")";
  }
  return text.empty() ? first_text(form, {"ButtonText"}) : text;
}

Result<Fact> read_message(const Node& form, const SourceSettings& settings, std::string key) {
  const std::string id = first_text(form, {"MessageSid", "SmsSid", "SmsMessageSid"});
  MessageFact message;
  const Address from = address_of(TRY(required_text(form, "From", "From")));
  message.channel = from.channel;
  message.person = person_of(from, form, settings);
  message.text = text_of_message(form);
  message.thread = from.text;
  message.reply_to = first_text(form, {"OriginalRepliedMessageSid"});
  for (const auto& [field, name] : {std::pair{"ReferralSourceUrl", "source_url"},
                                    {"ReferralSourceId", "source_id"},
                                    {"ReferralSourceType", "source_type"},
                                    {"ReferralHeadline", "headline"},
                                    {"ReferralBody", "body"},
                                    {"ReferralCtwaClid", "ctwa_clid"}}) {
    if (const std::string text = first_text(form, {field}); !text.empty()) {
      message.referral.emplace_back(name, text);
    }
  }
  put_media(message, form);
  return Fact{std::move(key), id, {}, {}, std::move(message)};
}

Result<std::vector<Fact>> read_status(const Node& form, const SourceSettings& settings,
                                      const std::string& status, std::string key) {
  if (std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end()) {
    return ignored("message_on_its_way");
  }
  const auto* known = std::find_if(kMessageStatuses.begin(), kMessageStatuses.end(),
                                   [&](const auto& entry) { return entry.first == status; });
  if (known == kMessageStatuses.end()) {
    return fail(ErrorKind::kInvalid, "status_unknown",
                "MessageStatus is none that Twilio documents");
  }
  const Address to = address_of(first_text(form, {"To"}));
  MessageStatusFact out;
  out.channel = to.channel;
  out.status = known->second;
  out.person = person_of(to, form, settings);
  if (out.status == "failed") {
    out.reason = first_text(form, {"ErrorCode"});
    const std::string words = first_text(form, {"ErrorMessage", "ChannelStatusMessage"});
    if (!words.empty()) out.reason += (out.reason.empty() ? "" : ": ") + words;
  }
  const std::string id = first_text(form, {"MessageSid", "SmsSid"});
  return std::vector{Fact{std::move(key), id, {}, {}, std::move(out)}};
}

std::string message_status(const Node& form) {
  const std::string status = to_lower_ascii(first_text(form, {"MessageStatus", "SmsStatus"}));
  return status == "received" || status == "receiving" ? "" : status;
}

bool is_recording(const Node& form) {
  return form.find("RecordingSid") && !form.find("CallStatus");
}

}  // namespace

std::string key_of(const Node& form, std::string_view idempotency_token) {
  if (is_recording(form)) {
    const std::string status = first_text(form, {"RecordingStatus"});
    const bool done = status.empty() || status == "completed";
    return delivery_key("twilio", first_text(form, {"RecordingSid"}) + (done ? "" : ":" + status));
  }
  const std::string message = first_text(form, {"MessageSid", "SmsSid", "SmsMessageSid"});
  if (!message.empty()) {
    const std::string status = message_status(form);
    return delivery_key("twilio", message + (status.empty() ? "" : ":" + status));
  }
  const std::string call = first_text(form, {"CallSid"});
  if (call.empty()) return {};
  if (const auto number = sequence_of(form)) {
    return delivery_key("twilio", call + ":" + std::to_string(*number));
  }
  if (!idempotency_token.empty()) {
    return delivery_key("twilio", call + ":" + std::string(idempotency_token));
  }
  const std::string status = first_text(form, {"CallStatus"});
  return status.empty() ? "" : delivery_key("twilio", call + ":" + status);
}

Result<std::vector<Fact>> facts_of(const Node& form, const SourceSettings& settings,
                                   std::string_view idempotency_token) {
  std::string key = key_of(form, idempotency_token);
  if (key.empty()) return ignored("event_not_used");
  if (is_recording(form)) return read_recording(form, std::move(key));
  if (!first_text(form, {"MessageSid", "SmsSid", "SmsMessageSid"}).empty()) {
    const std::string status = message_status(form);
    if (!status.empty()) return read_status(form, settings, status, std::move(key));
    return std::vector{TRY(read_message(form, settings, std::move(key)))};
  }
  // Pressed keys, transcriptions and streams tell of a call, but not what became of it.
  if (!form.find("CallStatus")) return ignored("event_not_used");
  return std::vector{TRY(read_call(form, settings, std::move(key)))};
}

}  // namespace dealog::connectors::twilio
