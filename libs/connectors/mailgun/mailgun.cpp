#include "libs/connectors/mailgun/mailgun.hpp"

#include <cstdlib>

#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/kept_file.hpp"
#include "libs/connectors/mail/html_text.hpp"
#include "libs/connectors/mail/mail_fact.hpp"
#include "libs/connectors/mail/mime_message.hpp"
#include "libs/connectors/mail/posted_attachments.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/charset_guess.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/signature/digest.hpp"

namespace dealog::connectors::mailgun {
namespace {

using mail::Headers;
using mail::PostedFields;

// What Mailgun signs. Its own values come last: a sender's variables of the same names stand
// before them.
struct Signed {
  std::string timestamp;
  std::string token;
  std::string signature;
};

// Reports of what happened to mails that were sent come as JSON; mails come as forms.
bool is_event(const Delivery& delivery) {
  return delivery.content_type().find("json") != std::string_view::npos;
}

Result<Signed> signed_of_event(const Delivery& delivery) {
  const Body body = TRY(parse_body(delivery));
  const Node* node = body.tree.find("signature");
  if (!node) return field_missing("signature");
  return Signed{first_text(*node, {"timestamp"}), first_text(*node, {"token"}),
                first_text(*node, {"signature"})};
}

Result<Signed> signed_of(const Delivery& delivery) {
  if (is_event(delivery)) return signed_of_event(delivery);
  const PostedFields fields = TRY(mail::read_posted_fields(delivery));
  return Signed{fields.text("timestamp"), fields.text("token"), fields.text("signature")};
}

bool is_raw(const PostedFields& fields) { return fields.find("body-mime") != nullptr; }

bool is_mail(const PostedFields& fields) {
  return is_raw(fields) || fields.find("message-headers") || fields.find("from") ||
         fields.find("From") || fields.find("sender");
}

// `message-headers` is a list of pairs; where it is not sent, fields have the names of headers.
Headers headers_of(const PostedFields& fields) {
  Headers out;
  for (const auto& [position, pair] : fields.json("message-headers").entries) {
    const auto name = pair.text_of("0");
    const auto value = pair.text_of("1");
    if (name && value) out.fields.emplace_back(*name, *value);
  }
  for (const auto* name : {"From", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To",
                           "References", "Sender"}) {
    if (!out.has(name) && fields.find(name)) out.fields.emplace_back(name, fields.text(name));
  }
  // To whom it was delivered, whatever its list of recipients says.
  if (fields.find("recipient")) out.fields.emplace_back("Envelope-To", fields.text("recipient"));
  for (const auto& [name, field] : {std::pair{"From", "from"},
                                    {"Subject", "subject"},
                                    {"From", "sender"},
                                    {"To", "recipient"}}) {
    if (!out.has(name) && fields.find(field)) out.fields.emplace_back(name, fields.text(field));
  }
  return out;
}

// Content-IDs by the names of parts; keys may repeat and be empty.
std::string content_id(const Node& map, const std::string& part) {
  for (const auto& [id, name] : map.entries) {
    if (name.is_scalar() && name.text == part) return id;
  }
  return {};
}

// Of a route that stores mails: where each file can be fetched.
Result<void> add_stored(const PostedFields& fields, std::vector<Attachment>& out) {
  for (const auto& [position, file] : fields.json("attachments").entries) {
    const std::string url = first_text(file, {"url"});
    if (url.empty()) continue;
    TRY(mail::add_attachment(
        out, {.id = url,
              .kind = {},
              .name = first_text(file, {"name"}),
              .content_type = first_text(file, {"content-type"}),
              .size = std::strtoull(first_text(file, {"size"}).c_str(), nullptr, 10)}));
  }
  return {};
}

// The same mail sent again has another token; what identifies one without a Message-ID must not
// depend on it.
std::string fallback_id(const PostedFields& fields) {
  std::string all;
  for (const auto* name : {"sender", "recipient", "subject", "Date", "body-plain", "body-html"}) {
    all += fields.text(name) + '\0';
  }
  return mail::content_id_of(all);
}

Result<Fact> read_parsed(PostedFields fields, const SourceSettings& settings) {
  MailFact mail;
  mail.text = mail::tidy_text(fields.text("body-plain"));
  if (mail.text.find_first_not_of(" \r\n\t") == std::string::npos) {
    mail.text = mail::tidy_text(mail::html_to_text(fields.text("body-html")));
  }
  const Headers headers = headers_of(fields);
  const std::string fallback = fallback_id(fields);
  const Node ids = fields.json("content-id-map");
  const auto id_of = [&](const std::string& part) { return content_id(ids, part); };
  TRY(add_stored(fields, mail.attachments));
  auto files = TRY(mail::attachments_of(std::move(fields.files), id_of));
  std::move(files.begin(), files.end(), std::back_inserter(mail.attachments));
  return mail::mail_fact(std::move(mail), headers, fallback, settings);
}

// Of a mail that Mailgun only stores: where it is, and the answer from there as fields of a form.
constexpr std::string_view kStored = "mail";

FetchPlan plan_of(std::string url) {
  return {std::string(kStored), std::move(url), "GET of the stored message: its text is not sent"};
}

Result<PostedFields> fields_of_stored(const Delivery& answer) {
  TRY(parse_json(answer.body));  // keeps to the limits
  boost::json::error_code error;
  const auto message = boost::json::parse(answer.body, error);
  if (error || !message.is_object()) {
    return fail(ErrorKind::kInvalid, "not_a_mail", "the stored message is no JSON object");
  }
  PostedFields fields;
  for (const auto& [name, value] : message.get_object()) {
    fields.fields.push_back({.name = std::string(name),
                             .filename = {},
                             .content_type = {},
                             .charset = "utf-8",
                             .content = value.is_string() ? std::string(value.get_string())
                                                          : boost::json::serialize(value)});
  }
  return fields;
}

// {"event-data": {"event": "stored", "storage": {"url"}, "message": {"headers": {…}}}}
Result<std::vector<Fact>> read_event(const Delivery& delivery, const SourceSettings& settings) {
  TRY(signed_of_event(delivery));
  const Body body = TRY(parse_body(delivery));
  const Node* data = body.tree.find("event-data");
  if (!data || data->text_of("event") != "stored") return ignored("event_not_used");
  std::string url = data->text_of({"storage", "url"})
                        .value_or(data->text_of({"storage", "url", "0"}).value_or(""));
  if (url.empty()) return field_missing("event-data.storage.url");
  if (!settings.secret("api")) return ignored("api_key_missing");
  Headers headers;
  for (const auto& [name, field] :
       {std::pair{"From", "from"}, {"To", "to"}, {"Subject", "subject"}}) {
    const auto text = data->text_of({"message", "headers", field});
    if (text) headers.fields.emplace_back(name, *text);
  }
  // It stands here without its brackets.
  std::string id = data->text_of({"message", "headers", "message-id"}).value_or("");
  if (!id.empty() && !id.starts_with('<')) id = "<" + id + ">";
  headers.fields.emplace_back("Message-Id", id);
  Fact fact = mail::mail_fact({}, headers, mail::content_id_of(url), settings);
  const std::string at = first_text(*data, {"timestamp"});
  if (const auto time = parse_unix_time(at.substr(0, at.find('.')))) fact.occurred_at = *time;
  fact.fetch = plan_of(std::move(url));
  return std::vector{std::move(fact)};
}

bool is_stale(const Signed& given, const Delivery& delivery, const SourceSettings& settings) {
  if (!settings.tolerance_s) return false;
  const auto at = parse_unix_time(given.timestamp);
  const Duration tolerance = std::chrono::seconds(*settings.tolerance_s);
  return !at || delivery.received_at - *at > tolerance || *at - delivery.received_at > tolerance;
}

// Where Mailgun keeps stored mails: the key goes there and nowhere else.
bool is_of_mailgun(std::string_view url, const SourceSettings& settings) {
  return is_host_of(url, "mailgun.net", settings) || is_host_of(url, "mailgun.org", settings);
}

class Mailgun final : public Provider {
 public:
  std::string_view name() const override { return "mailgun"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto given = signed_of(delivery);
    if (!given) {
      return {Reception::Kind::kStore, body_key("mailgun", delivery), {}, given.error()};
    }
    if (given->token.empty()) return {Reception::Kind::kStore, body_key("mailgun", delivery)};
    std::string key = delivery_key("mailgun", given->token);
    const auto fields = mail::read_posted_fields(delivery);
    if (fields && is_raw(*fields)) key += ":mime";
    return {Reception::Kind::kStore, std::move(key)};
  }

  // 406 says: never again. A mail is taken with 200, also one that has to be looked at.
  Answer answer(const Delivery& delivery, const SourceSettings&, Outcome) const override {
    if (delivery.method == "GET" || is_event(delivery)) return {200, {}, {}};
    const auto fields = mail::read_posted_fields(delivery);
    return {fields && is_mail(*fields) ? 200 : 406, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    if (const auto what = fetched_what(delivery); !what.empty()) {
      if (what != kStored) return ignored("answer_not_used");
      PostedFields message = TRY(fields_of_stored(delivery));
      return std::vector{TRY(read_parsed(std::move(message), settings))};
    }
    if (is_event(delivery)) return read_event(delivery, settings);
    PostedFields fields = TRY(mail::read_posted_fields(delivery));
    if (!is_mail(fields)) return field_missing("message-headers");
    if (const Part* raw = fields.find("body-mime")) {
      const std::string id = mail::content_id_of(raw->content);
      std::string envelope;
      for (const auto& address : mail::addresses_of(fields.text("recipient"))) {
        envelope += "Envelope-To: " + address + "\r\n";
      }
      return std::vector{TRY(mail::fact_of_raw(envelope + raw->content, id, settings))};
    }
    // A route may store the mail and tell no more than where.
    const std::string stored = fields.text("message-url");
    const bool has_text = fields.find("body-plain") || fields.find("body-html");
    Fact fact = TRY(read_parsed(std::move(fields), settings));
    const bool known = is_of_mailgun(stored, settings) && settings.secret("api");
    if (!has_text && known) fact.fetch = plan_of(stored);
    return std::vector{std::move(fact)};
  }

  // A stored mail at its address, with the account's private API key.
  Result<ApiRequest> ask(const FetchPlan& plan, const SourceSettings& settings) const override {
    if (plan.what != kStored) return crm::nothing_to_fetch();
    if (!is_of_mailgun(plan.id, settings)) return not_theirs();
    const std::string key = TRY(crm::api_key(settings));
    return ApiRequest{.url = plan.id,
                      .headers = {basic_auth("api:" + key), {"Accept", "application/json"}}};
  }

  // Files of a stored mail, at their addresses; the secret "api" is the account's private API key.
  Result<FileRequest> ask_file(std::string_view id, const SourceSettings& settings) const override {
    if (!is_of_mailgun(id, settings)) return not_theirs();
    const std::string key = TRY(crm::api_key(settings));
    return FileRequest{.request = {.url = std::string(id), .headers = {basic_auth("api:" + key)}}};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return require_secret(Provider::complete_settings(settings), settings,
                          "Mailgun signs what it sends: give the HTTP webhook signing key, shown "
                          "under Sending > Webhooks");
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    const std::string* key = settings.secret();
    if (!key) return Verdict::unauthorised("secret_not_set");
    const auto given = signed_of(delivery);
    if (!given) return Verdict::unauthorised("body_unreadable");
    if (given->signature.empty() || given->token.empty()) {
      return Verdict::unauthorised("signature_missing");
    }
    const std::string ours = hmac(Hash::kSha256, *key, given->timestamp + given->token);
    if (!is_hex_of(given->signature, ours)) return Verdict::unauthorised("signature_wrong");
    return is_stale(*given, delivery, settings) ? Verdict::unauthorised("timestamp_out_of_range")
                                                : Verdict::accepted();
  }
};

}  // namespace

const Provider& provider() {
  static const Mailgun kMailgun;
  return kMailgun;
}

}  // namespace dealog::connectors::mailgun
