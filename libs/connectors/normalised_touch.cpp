#include "libs/connectors/normalised_parts.hpp"

namespace dealog::connectors {

std::string_view to_text(Direction direction) {
  switch (direction) {
    case Direction::kUnknown:
      return "";
    case Direction::kIn:
      return "in";
    case Direction::kOut:
      return "out";
    case Direction::kInternal:
      return "internal";
  }
  return "";
}

std::string_view to_text(CallState state) {
  switch (state) {
    case CallState::kStarted:
      return "started";
    case CallState::kRinging:
      return "ringing";
    case CallState::kAnswered:
      return "answered";
    case CallState::kFinished:
      return "finished";
    case CallState::kRecording:
      return "recording";
  }
  return "started";
}

CallState state_of_call(const CallFact& call) {
  if (call.state != CallState::kFinished || call.leg.empty()) return call.state;
  return call.answered.value_or(false) ? CallState::kAnswered : CallState::kRinging;
}

namespace normalised_parts {
namespace {

json::value direction_or_null(Direction direction) {
  if (direction == Direction::kUnknown) return nullptr;
  return json::value(to_text(direction));
}

json::value number_or_null(std::optional<std::uint32_t> number) {
  return number ? json::value(*number) : json::value();
}

// Without the bytes.
json::array attachments_json(const std::vector<Attachment>& attachments) {
  json::array out;
  for (const auto& attachment : attachments) {
    json::object one{{"name", or_null(attachment.name)},
                     {"content_type", or_null(attachment.content_type)},
                     {"size", attachment.size}};
    if (!attachment.id.empty()) one["id"] = attachment.id;
    if (!attachment.kind.empty()) one["kind"] = attachment.kind;
    out.push_back(std::move(one));
  }
  return out;
}

void add_if_given(json::object& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

}  // namespace

void add(json::object& out, const CallFact& call) {
  out["state"] = to_text(call.state);
  out["direction"] = direction_or_null(call.direction);
  out["answered"] = call.answered ? json::value(*call.answered) : json::value();
  out["duration_s"] = number_or_null(call.duration_s);
  out["talk_s"] = number_or_null(call.talk_s);
  out["agent"] = or_null(call.agent);
  out["line"] = or_null(call.line);
  out["person"] = person_or_null(call.person);
  add_if_given(out, "leg", call.leg);
  add_if_given(out, "recording_id", call.recording_id);
  add_if_given(out, "recording_url", call.recording_url);
  add_if_given(out, "reason", call.reason);
}

void add(json::object& out, const MessageFact& message) {
  out["channel"] = message.channel;
  out["direction"] = direction_or_null(message.direction);
  out["person"] = person_or_null(message.person);
  out["text"] = or_null(message.text);
  add_if_given(out, "thread", message.thread);
  add_if_given(out, "reply_to", message.reply_to);
  add_if_given(out, "lead", message.lead);
  if (!message.referral.empty()) out["referral"] = object_of(message.referral);
  if (!message.attachments.empty()) out["attachments"] = attachments_json(message.attachments);
  if (message.edited) out["edited"] = true;
}

void add(json::object& out, const MessageStatusFact& status) {
  out["channel"] = status.channel;
  out["status"] = status.status;
  out["person"] = person_or_null(status.person);
  add_if_given(out, "reason", status.reason);
}

void add(json::object& out, const MailFact& mail) {
  out["direction"] = direction_or_null(mail.direction);
  out["person"] = person_or_null(mail.person);
  out["to"] = json::value_from(mail.to);
  if (!mail.cc.empty()) out["cc"] = json::value_from(mail.cc);
  out["subject"] = or_null(mail.subject);
  out["text"] = or_null(mail.text);
  add_if_given(out, "in_reply_to", mail.in_reply_to);
  if (!mail.references.empty()) out["references"] = json::value_from(mail.references);
  if (!mail.attachments.empty()) out["attachments"] = attachments_json(mail.attachments);
  add_if_given(out, "provider_message_id", mail.provider_message_id);
  if (mail.automatic) out["automatic"] = true;
}

}  // namespace normalised_parts
}  // namespace dealog::connectors
