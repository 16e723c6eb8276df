#include "libs/connectors/telegram/telegram.hpp"

#include <algorithm>
#include <array>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"
#include "libs/connectors/telephony/call_fields.hpp"

namespace dealog::connectors::telegram {
namespace {

constexpr std::string_view kSecretHeader = "X-Telegram-Bot-Api-Secret-Token";

struct MessageKind {
  std::string_view name;  // of the update's member
  bool edited;
};
constexpr std::array<MessageKind, 4> kMessages{{{"message", false},
                                                {"edited_message", true},
                                                {"business_message", false},
                                                {"edited_business_message", true}}};

// One bot may be served by several sources, and one address by several bots.
std::string bot_of(const Delivery& delivery, const SourceSettings& settings) {
  std::string_view suffix = delivery.suffix;
  while (suffix.starts_with('/')) suffix.remove_prefix(1);
  suffix = suffix.substr(0, suffix.find('/'));
  return suffix.empty() ? settings.account : std::string(suffix);
}

std::string joined(std::string first, const std::string& second) {
  if (!first.empty() && !second.empty()) first += " ";
  return first + second;
}

// A User or a private Chat: both name somebody by the same members.
Contact person_of(const Node& user, const SourceSettings& settings) {
  Contact person = caller("", settings.country);
  person.name =
      utf8_prefix(joined(first_text(user, {"first_name"}), first_text(user, {"last_name"})), 1000);
  if (const std::string id = first_text(user, {"id"}); !id.empty()) {
    person.ids.emplace_back("telegram_id", id);
  }
  if (const std::string name = first_text(user, {"username"}); !name.empty()) {
    person.ids.emplace_back("username", name);
  }
  return person;
}

struct Media {
  std::string_view member;
  std::string_view kind;
};
constexpr std::array<Media, 7> kMedia{{{"animation", "animation"},  // before document: it has both
                                       {"document", "document"},
                                       {"audio", "audio"},
                                       {"voice", "voice"},
                                       {"video", "video"},
                                       {"video_note", "video"},
                                       {"sticker", "sticker"}}};

Attachment attachment_of(const Node& file, std::string_view kind) {
  Attachment out{.id = first_text(file, {"file_id"}),
                 .kind = std::string(kind),
                 .name = first_text(file, {"file_name", "title"}),
                 .content_type = first_text(file, {"mime_type"})};
  const std::string size = first_text(file, {"file_size"});
  const bool digits = !size.empty() && size.size() < 16 &&
                      size.find_first_not_of("0123456789") == std::string::npos;
  if (digits) out.size = std::stoull(size);
  return out;
}

void put_media(MessageFact& out, const Node& message) {
  // Sizes of one picture, the largest last.
  const Node* photo = message.find("photo");
  if (photo && photo->kind == Node::Kind::kList && !photo->entries.empty()) {
    out.attachments.push_back(attachment_of(photo->entries.back().node, "photo"));
  }
  for (const auto& [member, kind] : kMedia) {
    const Node* file = message.find(member);
    if (!file || file->kind != Node::Kind::kMap) continue;
    if (member == "document" && message.find("animation")) continue;
    out.attachments.push_back(attachment_of(*file, kind));
  }
}

// A shared contact is the sender's own only where its user_id says so; another person's is words.
void put_contact(MessageFact& out, const Node& message, const SourceSettings& settings) {
  const Node* contact = message.find("contact");
  if (!contact || contact->kind != Node::Kind::kMap) return;
  const std::string phone = first_text(*contact, {"phone_number"});
  const std::string user = first_text(*contact, {"user_id"});
  const std::string name =
      joined(first_text(*contact, {"first_name"}), first_text(*contact, {"last_name"}));
  if (!user.empty() && user == out.person.id("telegram_id")) {
    const Contact own = international_caller(phone, settings.country);
    out.person.phone_raw = own.phone_raw;
    out.person.phone = own.phone;
    out.person.phone_valid = own.phone_valid;
    out.person.phone_mobile = own.phone_mobile;
  }
  if (out.text.empty()) out.text = joined(name, phone);
}

std::string place_text(const Node& message) {
  const Node* location = message.find("location");
  if (!location || location->is_scalar()) return {};
  const std::string place = joined(message.text_of({"venue", "title"}).value_or(""),
                                   message.text_of({"venue", "address"}).value_or(""));
  return joined(place, "(" + first_text(*location, {"latitude"}) + ", " +
                           first_text(*location, {"longitude"}) + ")");
}

void put_text(MessageFact& out, const Node& message, const SourceSettings& settings) {
  out.text = message.text_of("text").value_or(message.text_of("caption").value_or(""));
  put_contact(out, message, settings);
  if (out.text.empty()) out.text = place_text(message);
  if (out.text.empty()) out.text = message.text_of({"sticker", "emoji"}).value_or("");
  if (out.text.empty()) out.text = message.text_of({"poll", "question"}).value_or("");
}

Result<Timestamp> time_of(const Node& message, bool edited) {
  const bool has_edit = edited && !first_text(message, {"edit_date"}).empty();
  return unix_time_field(message, has_edit ? "edit_date" : "date");
}

Result<std::vector<Fact>> read_message(const Node& message, const MessageKind& kind,
                                       const std::string& bot, const SourceSettings& settings) {
  const Node* chat = message.find("chat");
  if (!chat || chat->kind != Node::Kind::kMap) return field_missing("chat");
  const std::string chat_id = TRY(required_text(*chat, "id", "chat.id"));
  const std::string id = chat_id + ":" + TRY(required_text(message, "message_id", "message_id"));
  // Among several people nobody can tell a customer from a colleague.
  const std::string type = first_text(*chat, {"type"});
  if (!type.empty() && type != "private") return ignored("group_chat");
  MessageFact out;
  out.channel = "telegram";
  out.thread = chat_id;
  // In a business chat the account's owner writes, too: the chat is named after the customer.
  const std::string from = message.text_of({"from", "id"}).value_or("");
  const bool business = kind.name.contains("business");
  if (business && (from != chat_id || message.find("sender_business_bot"))) {
    out.direction = Direction::kOut;
  }
  const Node* sender = message.find("from");
  const bool from_customer = out.direction == Direction::kIn && sender && !sender->is_scalar();
  out.person = person_of(from_customer ? *sender : *chat, settings);
  put_media(out, message);
  put_text(out, message, settings);
  if (out.text.empty() && out.attachments.empty()) return ignored("service_message");
  if (const auto reply = message.text_of({"reply_to_message", "message_id"})) {
    out.reply_to = chat_id + ":" + *reply;
  }
  out.edited = kind.edited;
  const Timestamp at = TRY(time_of(message, kind.edited));
  const std::string scope = delivery_key("telegram:message", bot + ":" + id);
  const std::int64_t moment = kind.edited ? at.us / 1'000'000 : 0;
  return std::vector{Fact{scope + (kind.edited ? ":edited:" + std::to_string(moment) : ""), id, at,
                          Sequence{scope, moment}, std::move(out)}};
}

constexpr std::string_view kApi = "https://api.telegram.org";

// "photos/file 1.jpg" as a path of a URL; nothing for what would lead out of the bot's files.
std::optional<std::string> path_of(std::string_view file_path) {
  std::string path;
  for (const auto part : split(file_path, '/')) {
    if (part.empty() || part == "." || part == "..") return std::nullopt;
    path += "/" + percent_encode(part);
  }
  return path;
}

class Telegram final : public Provider {
 public:
  std::string_view name() const override { return "telegram"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("telegram", delivery), {}, body.error()};
    const std::string update = first_text(body->tree, {"update_id"});
    if (update.empty()) return {Reception::Kind::kStore, body_key("telegram", delivery)};
    return {Reception::Kind::kStore,
            delivery_key("telegram", bot_of(delivery, settings) + ":" + update)};
  }

  // Every body is a call of the Bot API, so there is none.
  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    TRY(required_text(body.tree, "update_id", "update_id"));
    for (const auto& kind : kMessages) {
      const Node* message = body.tree.find(kind.name);
      if (!message) continue;
      if (message->kind != Node::Kind::kMap) return field_missing(kind.name);
      return read_message(*message, kind, bot_of(delivery, settings), settings);
    }
    // Posts of channels, pressed buttons, members, polls, reactions and what is new.
    return ignored("event_not_used");
  }

  // The secret "api" is the bot's token. Telegram takes it in the address alone.
  Result<FileRequest> ask_file(std::string_view id, const SourceSettings& settings) const override {
    const std::string token = TRY(crm::api_key(settings));
    return FileRequest{.request = {.url = TRY(crm::api_url(settings, kApi)) + "/bot" + token +
                                          "/getFile?file_id=" + percent_encode(id)},
                       .tells_where = true};
  }

  Result<ApiRequest> file_at(std::string_view, std::string_view answer,
                             const SourceSettings& settings) const override {
    const Node told = TRY(parse_json(answer));
    const auto path = path_of(told.text_of({"result", "file_path"}).value_or(""));
    if (!path) {
      return fail(ErrorKind::kUnavailable, "file_not_ready", "Telegram names no path of the file");
    }
    const std::string token = TRY(crm::api_key(settings));
    return ApiRequest{.url = TRY(crm::api_url(settings, kApi)) + "/file/bot" + token + *path};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    if (settings.auth.in == KeyPlace::In::kNone) {
      settings.auth = {KeyPlace::In::kHeader, std::string(kSecretHeader)};
    }
    return Provider::complete_settings(settings);
  }

 protected:
  std::span<const IpNetwork> published_networks() const override {
    static const auto kNetworks = networks_of({"149.154.160.0/20", "91.108.4.0/22"});
    return kNetworks;
  }

  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    return check_key(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const Telegram kTelegram;
  return kTelegram;
}

}  // namespace dealog::connectors::telegram
