#include "libs/connectors/whatsapp_cloud/whatsapp_message.hpp"

#include <algorithm>
#include <array>

#include "libs/base/text.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/connectors/telephony/call_fields.hpp"

namespace dealog::connectors::whatsapp_cloud {
namespace {

Fact ignored_fact(std::string_view reason) { return ignored(reason).front(); }

// The entry of `contacts` about somebody; there is one as a rule.
const Node* contact_of(const Node& value, const std::string& phone, const std::string& user) {
  const Node* contacts = value.find("contacts");
  if (!contacts || contacts->kind != Node::Kind::kList) return nullptr;
  for (const auto& [key, contact] : contacts->entries) {
    const std::string wa_id = first_text(contact, {"wa_id"});
    const std::string user_id = first_text(contact, {"user_id"});
    if ((!phone.empty() && wa_id == phone) || (!user.empty() && user_id == user)) return &contact;
  }
  const bool only = contacts->entries.size() == 1 && phone.empty() && user.empty();
  return only ? &contacts->entries[0].node : nullptr;
}

// The phone may be missing: then the business-scoped id names the person.
Contact person_of(const Node& value, std::string phone, std::string user,
                  const SourceSettings& settings) {
  const Node* contact = contact_of(value, phone, user);
  std::string name, username;
  if (contact) {
    name = contact->text_of({"profile", "name"}).value_or("");
    username = contact->text_of({"profile", "username"}).value_or("");
    if (phone.empty()) phone = first_text(*contact, {"wa_id"});
    if (user.empty()) user = first_text(*contact, {"user_id"});
  }
  Contact person = international_caller(phone, settings.country, name);
  if (!user.empty()) person.ids.emplace_back("whatsapp_user_id", user);
  if (!username.empty()) person.ids.emplace_back("username", username);
  return person;
}

struct Media {
  std::string_view type;
  std::string_view kind;
};
constexpr std::array<Media, 5> kMedia{{{"image", "photo"},
                                       {"audio", "audio"},
                                       {"video", "video"},
                                       {"document", "document"},
                                       {"sticker", "sticker"}}};

bool put_media(MessageFact& out, const Node& message, const std::string& type) {
  const auto* known =
      std::find_if(kMedia.begin(), kMedia.end(), [&](const auto& m) { return m.type == type; });
  const Node* media = message.find(type);
  if (known == kMedia.end() || !media) return false;
  const bool voice = first_text(*media, {"voice"}) == "true";
  out.attachments.push_back({.id = first_text(*media, {"id"}),
                             .kind = voice ? "voice" : std::string(known->kind),
                             .name = first_text(*media, {"filename"}),
                             .content_type = first_text(*media, {"mime_type"})});
  out.text = media->text_of("caption").value_or("");
  return true;
}

std::string place_text(const Node& location) {
  std::string text = first_text(location, {"name"});
  const std::string address = first_text(location, {"address"});
  if (!address.empty()) text += (text.empty() ? "" : ", ") + address;
  return text + (text.empty() ? "(" : " (") + first_text(location, {"latitude"}) + ", " +
         first_text(location, {"longitude"}) + ")";
}

// "Иван Петров +7 916…", one a line: whom the sender shares, which need not be himself.
std::string shared_contacts(const Node& contacts) {
  std::string text;
  for (const auto& [key, contact] : contacts.entries) {
    std::string line = contact.text_of({"name", "formatted_name"}).value_or("");
    const Node* phones = contact.find("phones");
    if (phones && !phones->is_scalar()) {
      for (const auto& [index, phone] : phones->entries) {
        line += " " + first_text(phone, {"phone", "wa_id"});
      }
    }
    text += (text.empty() ? "" : "\n") + std::string(trim(line));
  }
  return text;
}

std::string order_text(const Node& order) {
  std::string text = first_text(order, {"text"});
  const Node* items = order.find("product_items");
  if (!items || items->is_scalar()) return text;
  for (const auto& [key, item] : items->entries) {
    text += (text.empty() ? "" : "\n") + first_text(item, {"product_retailer_id"}) + " × " +
            first_text(item, {"quantity"});
  }
  return text;
}

std::string interactive_text(const Node& interactive) {
  for (const auto* reply : {"button_reply", "list_reply"}) {
    const Node* node = interactive.find(reply);
    if (node) return first_text(*node, {"title", "id"});
  }
  const Node* flow = interactive.find("nfm_reply");
  return flow ? first_text(*flow, {"response_json", "body"}) : "";
}

std::string text_of(const Node& message, const std::string& type) {
  const Node* content = message.find(type);
  if (!content) return {};
  if (type == "text") return content->text_of("body").value_or("");
  if (type == "button") return first_text(*content, {"text", "payload"});
  if (type == "interactive") return interactive_text(*content);
  if (type == "location") return place_text(*content);
  if (type == "contacts" && !content->is_scalar()) return shared_contacts(*content);
  if (type == "reaction") return content->text_of("emoji").value_or("");
  return type == "order" ? order_text(*content) : "";
}

void put_referral(MessageFact& out, const Node& message) {
  const Node* referral = message.find("referral");
  if (!referral || referral->is_scalar()) return;
  for (const auto& [name, node] : referral->entries) {
    if (node.is_scalar() && !node.is_null()) {
      out.referral.emplace_back(name, utf8_prefix(node.text, 2000));
    }
  }
}

Result<Timestamp> time_of(const Node& node) { return unix_time_field(node, "timestamp"); }

struct Rank {
  std::string_view status;  // theirs
  std::string_view ours;
  std::int64_t rank;
};
// Statuses overtake each other; a message that was read has been delivered.
constexpr std::array<Rank, 5> kStatuses{{{"sent", "sent", 1},
                                         {"delivered", "delivered", 2},
                                         {"read", "read", 3},
                                         {"played", "read", 4},
                                         {"failed", "failed", 5}}};

std::string reason_of(const Node& status) {
  const Node* error = status.find({"errors", "0"});
  if (!error || error->is_scalar()) return {};
  const std::string code = first_text(*error, {"code"});
  const std::string words = first_text(*error, {"title", "message"});
  return code + (code.empty() || words.empty() ? "" : ": ") + words;
}

}  // namespace

Result<Fact> read_message(const Node& message, const Node& value, const SourceSettings& settings,
                          bool echo) {
  const std::string id = TRY(required_text(message, "id", "messages.id"));
  const std::string type = TRY(required_text(message, "type", "messages.type"));
  // A new number, a changed identity: said by WhatsApp, not by a person.
  if (type == "system" || type == "request_welcome") return ignored_fact("service_message");
  MessageFact out;
  out.channel = "whatsapp";
  out.direction = echo ? Direction::kOut : Direction::kIn;
  const std::string phone = first_text(message, {echo ? "to" : "from"});
  const std::string user = first_text(message, {echo ? "to_user_id" : "from_user_id", "user_id"});
  out.person = person_of(value, phone, user, settings);
  if (out.person.empty()) return field_missing("messages.from and a user_id: who wrote it");
  if (!put_media(out, message, type)) out.text = text_of(message, type);
  out.thread = first_text(message, {"group_id"});
  if (out.thread.empty()) out.thread = phone.empty() ? user : phone;
  out.reply_to = message.text_of({"context", "id"}).value_or("");
  if (type == "reaction") {
    if (out.text.empty()) return ignored_fact("reaction_removed");
    out.reply_to = message.text_of({"reaction", "message_id"}).value_or("");
  }
  put_referral(out, message);
  const Timestamp at = TRY(time_of(message));
  return Fact{delivery_key("whatsapp", id), id, at, {}, std::move(out)};
}

Result<Fact> read_status(const Node& status, const Node& value, const SourceSettings& settings) {
  const std::string id = TRY(required_text(status, "id", "statuses.id"));
  const std::string name = TRY(required_text(status, "status", "statuses.status"));
  const auto* known = std::find_if(kStatuses.begin(), kStatuses.end(),
                                   [&](const auto& entry) { return entry.status == name; });
  // "deleted", "pending" and what is new.
  if (known == kStatuses.end()) return ignored_fact("status_not_used");
  MessageStatusFact out;
  out.channel = "whatsapp";
  out.status = known->ours;
  out.person = person_of(value, first_text(status, {"recipient_id"}),
                         first_text(status, {"recipient_user_id"}), settings);
  if (out.status == "failed") out.reason = reason_of(status);
  const Timestamp at = TRY(time_of(status));
  return Fact{delivery_key("whatsapp", id + ":" + name), id, at,
              Sequence{delivery_key("whatsapp:status", id), known->rank}, std::move(out)};
}

}  // namespace dealog::connectors::whatsapp_cloud
