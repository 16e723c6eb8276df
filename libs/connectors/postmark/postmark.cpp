#include "libs/connectors/postmark/postmark.hpp"

#include "libs/base/encoding.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/mail/header_words.hpp"
#include "libs/connectors/mail/html_text.hpp"
#include "libs/connectors/mail/mail_fact.hpp"
#include "libs/connectors/mail/mime_message.hpp"
#include "libs/connectors/mail/posted_attachments.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::postmark {
namespace {

using mail::Headers;
using mail::Mailbox;

// Reports about mails that were sent (bounces, openings) name their kind; a mail names none.
bool is_report(const Node& body) {
  const std::string kind = first_text(body, {"RecordType"});
  return !kind.empty() && kind != "Inbound";
}

std::vector<Mailbox> mailboxes(const Node& body, std::string_view full, std::string_view plain) {
  std::vector<Mailbox> out;
  const Node* list = body.find(full);
  if (list) {
    for (const auto& [position, one] : list->entries) {
      const std::string address = first_text(one, {"Email"});
      if (out.size() == kMailAddresses || address.empty()) continue;
      const auto known = normalise_email(address);
      out.push_back({first_text(one, {"Name"}), known.value_or(to_lower_ascii(address))});
    }
  }
  return out.empty() ? mail::parse_mailboxes(first_text(body, {plain})) : out;
}

std::vector<std::string> addresses(const Node& body, std::string_view full,
                                   std::string_view plain) {
  std::vector<std::string> out;
  for (auto& mailbox : mailboxes(body, full, plain)) out.push_back(std::move(mailbox.address));
  return out;
}

Mailbox writer(const Node& body) {
  const Node* from = body.find("FromFull");
  const std::string address = from ? first_text(*from, {"Email"}) : "";
  if (!address.empty()) {
    return {first_text(*from, {"Name"}),
            normalise_email(address).value_or(to_lower_ascii(address))};
  }
  auto all = mail::parse_mailboxes(first_text(body, {"From"}));
  return all.empty() ? Mailbox{} : std::move(all.front());
}

// `Date` is a header, too, and stands beside the others.
Headers headers_of(const Node& body) {
  Headers out;
  if (const Node* list = body.find("Headers")) {
    for (const auto& [position, one] : list->entries) {
      out.fields.emplace_back(first_text(one, {"Name"}), first_text(one, {"Value"}));
    }
  }
  out.fields.emplace_back("Envelope-To", first_text(body, {"OriginalRecipient"}));
  if (!out.has("Date")) out.fields.emplace_back("Date", first_text(body, {"Date"}));
  if (!out.has("From")) out.fields.emplace_back("From", first_text(body, {"From"}));
  return out;
}

std::uint64_t size_of(const Node& attachment) {
  return parse_number<std::uint64_t>(first_text(attachment, {"ContentLength"})).value_or(0);
}

Result<std::vector<Attachment>> attachments(const Node& body) {
  std::vector<Attachment> out;
  const Node* list = body.find("Attachments");
  if (!list) return out;
  for (const auto& [position, one] : list->entries) {
    auto bytes = from_base64(first_text(one, {"Content"}));
    if (!bytes) {
      return fail(ErrorKind::kInvalid, "invalid_base64",
                  "Attachments[" + std::to_string(out.size()) + "].Content is not base64");
    }
    const auto size = bytes->empty() ? size_of(one) : bytes->size();
    TRY(mail::add_attachment(out, {.id = {},
                                   .kind = {},
                                   .name = first_text(one, {"Name"}),
                                   .content_type = first_text(one, {"ContentType"}),
                                   .size = size,
                                   .bytes = *std::move(bytes),
                                   .content_id = first_text(one, {"ContentID"})}));
  }
  return out;
}

Result<Fact> read_mail(const Delivery& delivery, const Node& body, const SourceSettings& settings) {
  if (!body.find("FromFull") && !body.find("From")) return field_missing("FromFull");
  MailFact mail;
  mail.provider_message_id = first_text(body, {"MessageID"});
  const Mailbox from = writer(body);
  if (!from.address.empty()) mail.person = mail::person_of(from, settings);
  mail.to = addresses(body, "ToFull", "To");
  mail.cc = addresses(body, "CcFull", "Cc");
  mail.subject = mail::decode_words(body.text_of("Subject").value_or(""));
  mail.text = mail::tidy_text(body.text_of("TextBody").value_or(""));
  if (trim(mail.text).empty()) {
    mail.text = mail::tidy_text(mail::html_to_text(body.text_of("HtmlBody").value_or("")));
  }
  mail.attachments = TRY(attachments(body));
  return mail::mail_fact(std::move(mail), headers_of(body), mail::content_id_of(delivery.body),
                         settings);
}

class Postmark final : public Provider {
 public:
  std::string_view name() const override { return "postmark"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("postmark", delivery), {}, body.error()};
    const std::string id = first_text(body->tree, {"MessageID"});
    // Of one mail there may be many reports.
    if (id.empty() || is_report(body->tree)) {
      return {Reception::Kind::kStore, body_key("postmark", delivery)};
    }
    return {Reception::Kind::kStore, delivery_key("postmark", id)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    if (is_report(body.tree)) return ignored("event_not_used");
    return std::vector{TRY(read_mail(delivery, body.tree, settings))};
  }

  // Nothing is signed, so a source has a login in its URL or listens to Postmark's addresses only.
  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    auto errors = Provider::complete_settings(settings);
    using From = AllowedNetworks::From;
    const bool listed =
        settings.networks.from == From::kProvider || settings.networks.from == From::kListed;
    if (listed) return errors;
    return require_secret(std::move(errors), settings,
                          "Postmark signs nothing: give the login that stands in the webhook's "
                          "URL as \"user:password\", or say \"networks\": \"provider\"");
  }

 protected:
  std::span<const IpNetwork> published_networks() const override {
    static const auto kNetworks =
        networks_of({"3.134.147.250", "50.31.156.6", "50.31.156.77", "18.217.206.57"});
    return kNetworks;
  }

  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    const std::string* ours = settings.secret();
    if (!ours) return Verdict::accepted();
    const std::string* header = delivery.header("authorization");
    if (!header) return Verdict::unauthorised("key_missing");
    const std::string_view given = trim(*header);
    constexpr std::string_view kBasic = "basic ";
    if (!equals_ignoring_case_ascii(given.substr(0, kBasic.size()), kBasic)) {
      return Verdict::unauthorised("key_missing");
    }
    return same_key(trim(given.substr(kBasic.size())), to_base64(*ours))
               ? Verdict::accepted()
               : Verdict::unauthorised("key_wrong");
  }
};

}  // namespace

const Provider& provider() {
  static const Postmark kPostmark;
  return kPostmark;
}

}  // namespace dealog::connectors::postmark
