#include "libs/connectors/sendgrid/sendgrid.hpp"

#include "libs/base/text.hpp"
#include "libs/connectors/mail/header_words.hpp"
#include "libs/connectors/mail/html_text.hpp"
#include "libs/connectors/mail/mail_fact.hpp"
#include "libs/connectors/mail/mime_message.hpp"
#include "libs/connectors/mail/posted_attachments.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::sendgrid {
namespace {

using mail::Headers;
using mail::PostedFields;

// Reports about mails that were sent come as JSON; mails come as forms.
bool is_event(const Delivery& delivery) {
  return delivery.content_type().find("json") != std::string_view::npos;
}

// A field in the charset that `charsets` tells for it. The mail's own charsets are meant: what
// SendGrid says of itself is UTF-8.
class Fields {
 public:
  explicit Fields(PostedFields fields) : posted_(std::move(fields)) {
    charsets_ = posted_.json("charsets");
    info_ = posted_.json("attachment-info");
    ids_ = posted_.json("content-ids");
  }

  std::string text(std::string_view name) const {
    return posted_.text(name, first_text(charsets_, {name}));
  }
  bool has(std::string_view name) const { return posted_.find(name) != nullptr; }
  const Part* raw() const { return posted_.find("email"); }
  // The header as it came, from the raw mail where that is sent.
  Headers headers() const {
    const Part* part = raw() ? raw() : posted_.find("headers");
    return part ? Headers::parse(part->content) : Headers{};
  }
  bool is_mail() const { return raw() || has("headers") || has("from") || has("envelope"); }

  // `attachment-info` knows the type and the Content-ID of each file; it is not sent with old
  // routes, where `content-ids` has ids by names of parts or the other way round.
  Result<std::vector<Attachment>> attachments() && {
    for (auto& file : posted_.files) {
      const Node* info = info_.find(file.name);
      if (!info) continue;
      const std::string name = first_text(*info, {"filename", "name"});
      if (!name.empty()) file.filename = name;
      const std::string type = first_text(*info, {"type"});
      if (!type.empty()) file.content_type = to_lower_ascii(type);
    }
    return mail::attachments_of(std::move(posted_.files),
                                [this](const std::string& part) { return content_id(part); });
  }

 private:
  std::string content_id(const std::string& part) const {
    if (const Node* info = info_.find(part)) return first_text(*info, {"content-id"});
    for (const auto& [id, name] : ids_.entries) {
      if (name.is_scalar() && name.text == part) return id;
    }
    return first_text(ids_, {part});
  }

  PostedFields posted_;
  Node charsets_;
  Node info_;
  Node ids_;
};

// Without a From in field and header: who said MAIL FROM.
std::string envelope_sender(const Fields& fields) {
  auto envelope = parse_json(fields.text("envelope"));
  return envelope ? first_text(*envelope, {"from"}) : "";
}

// To whom it was delivered, whatever its list of recipients says: lines of a header.
std::string envelope_lines(const Fields& fields) {
  const auto envelope = parse_json(fields.text("envelope"));
  const Node* list = envelope ? envelope->find("to") : nullptr;
  if (list == nullptr) return {};
  std::string out;
  for (const auto& [position, one] : list->entries) {
    for (const auto& address : mail::addresses_of(one.text)) {
      out += "Envelope-To: " + address + "\r\n";
    }
  }
  return out;
}

Result<Fact> read_parsed(const Delivery& delivery, Fields fields, const SourceSettings& settings) {
  MailFact mail;
  auto from = mail::parse_mailboxes(fields.text("from"));
  Headers headers = fields.headers();
  for (auto& line : Headers::parse(envelope_lines(fields)).fields) {
    headers.fields.push_back(std::move(line));
  }
  if (from.empty() && !headers.has("From")) from = mail::parse_mailboxes(envelope_sender(fields));
  if (!from.empty()) mail.person = mail::person_of(from.front(), settings);
  mail.to = mail::addresses_of(fields.text("to"));
  mail.cc = mail::addresses_of(fields.text("cc"));
  mail.subject = mail::decode_words(fields.text("subject"));
  mail.text = mail::tidy_text(fields.text("text"));
  if (trim(mail.text).empty()) {
    mail.text = mail::tidy_text(mail::html_to_text(fields.text("html")));
  }
  mail.attachments = TRY(std::move(fields).attachments());
  return mail::mail_fact(std::move(mail), headers, mail::content_id_of(delivery.body), settings);
}

class SendGrid final : public Provider {
 public:
  std::string_view name() const override { return "sendgrid"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    if (is_event(delivery)) return {Reception::Kind::kStore, body_key("sendgrid", delivery)};
    auto posted = mail::read_posted_fields(delivery);
    if (!posted) {
      return {Reception::Kind::kStore, body_key("sendgrid", delivery), {}, posted.error()};
    }
    const Headers headers = Fields(*std::move(posted)).headers();
    const std::string id = mail::message_id_of(headers.get("Message-ID"));
    if (id.empty()) return {Reception::Kind::kStore, body_key("sendgrid", delivery)};
    return {Reception::Kind::kStore, delivery_key("sendgrid", id)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    if (is_event(delivery)) return ignored("event_not_used");
    Fields fields(TRY(mail::read_posted_fields(delivery)));
    if (!fields.is_mail()) return field_missing("headers");
    if (const Part* raw = fields.raw()) {
      const std::string id = mail::content_id_of(delivery.body);
      return std::vector{
          TRY(mail::fact_of_raw(envelope_lines(fields) + raw->content, id, settings))};
    }
    return std::vector{TRY(read_parsed(delivery, std::move(fields), settings))};
  }

 protected:
  // The address of the hook is the secret; a key in a header may come on top of it.
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    const Verdict key = check_key(delivery, settings);
    return key.ok() ? check_signature(delivery, settings) : key;
  }
};

}  // namespace

const Provider& provider() {
  static const SendGrid kSendGrid;
  return kSendGrid;
}

}  // namespace dealog::connectors::sendgrid
