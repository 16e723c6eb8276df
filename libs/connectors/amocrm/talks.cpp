// Messages of chats, and the notes that telephony and SMS services leave at a deal or a person.

#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/amocrm/rows.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::amocrm {
namespace {

constexpr std::size_t kTextBytes = 20'000;

std::string deal_of(const Row& row) {
  const std::string type = first_text(*row.node, {"entity_type", "element_type"});
  if (type != "lead" && type != "leads" && type != "2") return {};
  return first_text(*row.node, {"entity_id", "element_id"});
}

void read_attachment(MessageFact& message, const Node& row) {
  const Node* given = row.find("attachment");
  if (!given || given->is_scalar()) return;
  Attachment attachment;
  attachment.id = utf8_prefix(first_text(*given, {"link", "url", "id"}), kShortTextBytes);
  attachment.kind = utf8_prefix(first_text(*given, {"type"}), kShortTextBytes);
  attachment.name = utf8_prefix(first_text(*given, {"file_name", "name"}), kShortTextBytes);
  if (attachment.id.empty()) return;
  message.attachments.push_back(std::move(attachment));
}

// amojo_call_status of a telephony widget: 4 is a conversation, all others are none.
std::optional<bool> answered(const Node& call, std::optional<std::uint32_t> duration_s) {
  const std::string status = first_text(call, {"call_status", "CALL_STATUS"});
  if (!status.empty()) return status == "4";
  if (!duration_s) return std::nullopt;
  return *duration_s > 0;
}

CallFact call_of(const Node& note, bool incoming, const SourceSettings& settings) {
  CallFact call;
  call.state = CallState::kFinished;
  call.direction = incoming ? Direction::kIn : Direction::kOut;
  call.person = make_contact("", first_text(note, {"PHONE", "phone"}), "", settings.country);
  call.talk_s = parse_number<std::uint32_t>(first_text(note, {"DURATION", "duration"}));
  call.answered = answered(note, call.talk_s);
  const std::string link = first_text(note, {"LINK", "link"});
  if (link.starts_with("https://")) call.recording_url = utf8_prefix(link, kShortTextBytes);
  call.reason = utf8_prefix(first_text(note, {"call_result", "CALL_RESULT"}), kShortTextBytes);
  return call;
}

MessageFact sms_of(const Node& note, bool incoming, const SourceSettings& settings) {
  MessageFact message;
  message.channel = "sms";
  message.direction = incoming ? Direction::kIn : Direction::kOut;
  message.person = make_contact("", first_text(note, {"PHONE", "phone"}), "", settings.country);
  message.text = utf8_prefix(first_text(note, {"TEXT", "text"}), kTextBytes);
  return message;
}

}  // namespace

Fact message_fact(const Row& row) {
  MessageFact message;
  message.channel = utf8_prefix(to_lower_ascii(row.text("origin")), kShortTextBytes);
  if (message.channel.empty()) message.channel = "chat";
  const bool incoming = row.text("type") != "outgoing";
  message.direction = incoming ? Direction::kIn : Direction::kOut;
  // The author of an outgoing message is ours.
  if (incoming) {
    message.person.name =
        utf8_prefix(row.node->text_of({"author", "name"}).value_or(""), kShortTextBytes);
  }
  const std::string contact = crm::id_of(*row.node, "contact_id");
  if (!contact.empty()) message.person.ids.emplace_back("external_contact", contact);
  message.text = utf8_prefix(row.text("text"), kTextBytes);
  message.thread = utf8_prefix(row.text("chat_id"), kShortTextBytes);
  message.reply_to =
      utf8_prefix(row.node->text_of({"reply_to", "id"}).value_or(""), kShortTextBytes);
  message.lead = deal_of(row);
  message.edited = row.action == "update";
  read_attachment(message, *row.node);
  return Fact{"message:" + row.key(),
              row.id(),
              crm::first_time(*row.node, {"created_at", "updated_at"}),
              {},
              std::move(message)};
}

// The note itself stands in {"note": {…}}; of a call its text is JSON.
Fact note_fact(const Row& row, const SourceSettings& settings) {
  const Node* inner = row.node->find("note");
  const Node& note = inner && !inner->is_scalar() ? *inner : *row.node;
  const auto at =
      crm::first_time(note, {"created_at", "date_create", "timestamp_x"}, settings.time_zone);
  const std::string type = first_text(note, {"note_type"});
  const bool call = type == "10" || type == "11" || type == "call_in" || type == "call_out";
  const bool sms = type == "102" || type == "103" || type == "sms_in" || type == "sms_out";
  const Node* params = note.find("params");
  Node parsed;
  if (!params && (call || sms)) {
    if (auto json = parse_json(first_text(note, {"text"}))) {
      parsed = std::move(*json);
      params = &parsed;
    }
  }
  if (!params || params->is_scalar() || !(call || sms)) {
    return crm::ignored_fact(row.key(), row.id(), at, "note_not_used");
  }
  const bool incoming = type == "10" || type == "102" || type == "call_in" || type == "sms_in";
  if (sms) {
    return Fact{"message:" + row.key(), row.id(), at, {}, sms_of(*params, incoming, settings)};
  }
  std::string id = first_text(*params, {"UNIQ", "uniq"});
  if (id.empty()) id = row.id();
  return Fact{"call:" + row.key(), id, at, {}, call_of(*params, incoming, settings)};
}

}  // namespace dealog::connectors::amocrm
