#include "libs/connectors/signed_events/signed_events.hpp"

#include <algorithm>

#include "libs/base/text.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/signature/schemes.hpp"
#include "libs/connectors/signed_events/event_fact.hpp"

namespace dealog::connectors::signed_events {
namespace {

using Scheme = BodySignature::Scheme;

std::string header_of(const Delivery& delivery, std::string_view name) {
  const std::string* header = delivery.header(name);
  return header ? std::string(trim(*header)) : std::string();
}

// An id that stands alone as a key, where it is plain enough to.
std::string plain_key(std::string_view prefix, const std::string& id) {
  const bool plain = id.size() <= 200 &&
                     std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return plain ? id : delivery_key(prefix, id);
}

// The objects of GitHub's events that say when something last happened to them, most telling first.
constexpr std::string_view kTimedObjects[] = {"comment", "review",       "head_commit",
                                              "release", "pull_request", "issue"};

// The first of the fields that senders use for the moment, in any spelling of a time.
std::optional<Timestamp> time_in(const Node& event) {
  std::string text =
      first_text(event, {"timestamp", "occurred_at", "created_at", "starred_at", "event_time"});
  for (const auto name : kTimedObjects) {
    const Node* object = event.find(name);
    if (!text.empty() || !object) continue;
    text = first_text(*object,
                      {"updated_at", "submitted_at", "timestamp", "published_at", "created_at"});
  }
  if (text.empty()) return std::nullopt;
  const auto time = parse_time(text, "UTC");
  if (time) return *time;
  const auto seconds = parse_unix_time(text);
  return seconds ? std::optional(*seconds) : std::nullopt;
}

// GitHub and Slack's buttons may send their JSON as the one field of a form.
Result<Node> read_body(const Delivery& delivery, const SourceSettings& settings) {
  Body body = TRY(parse_body(delivery, {Repeated::kLast, settings.charset}));
  const auto payload = body.tree.text_of("payload");
  const auto form =
      parse_header_value(delivery.content_type()).value == "application/x-www-form-urlencoded";
  if (!form || !payload) return std::move(body.tree);
  return parse_json(*payload);
}

class SignedEvents final : public Provider {
 public:
  SignedEvents(std::string_view name, Scheme scheme) : name_(name), scheme_(scheme) {}

  std::string_view name() const override { return name_; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    if (header_of(delivery, "x-github-event") == "ping") return {Reception::Kind::kPing, {}};
    const auto body = read_body(delivery, settings);
    if (!body) return {Reception::Kind::kStore, body_key(name_, delivery), {}, body.error()};
    if (is_challenge(*body)) {
      return {Reception::Kind::kChallenge,
              {},
              Answer{200, "text/plain", first_text(*body, {"challenge"})}};
    }
    return {Reception::Kind::kStore, key_of(delivery, *body)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    if (header_of(delivery, "x-github-event") == "ping") return ignored("connection_check");
    const Node body = TRY(read_body(delivery, settings));
    if (is_challenge(body)) return ignored("url_verification", "handshake");
    const Node* data = body.find("data");
    const bool wrapped = scheme_ == Scheme::kStandardWebhooks && data && !data->is_scalar();
    EventHead head;
    head.key = key_of(delivery, body);
    head.id = wrapped ? first_text(*data, {"id"}) : id_of(delivery, body);
    head.type = header_of(delivery, "x-github-event");
    const Node* inner = scheme_ == Scheme::kSlack ? body.find("event") : nullptr;
    if (inner) head.type = first_text(*inner, {"type"});
    if (head.type.empty()) head.type = first_text(body, {"type"});
    head.occurred_at = time_in(body);
    return std::vector{TRY(event_fact(std::move(head), wrapped ? *data : body, settings))};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    auto errors = Provider::complete_settings(settings);
    if (!settings.secrets.empty()) return errors;
    return require_secret(std::move(errors), settings, "its deliveries are signed with a secret");
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    BodySignature signature;
    signature.scheme = scheme_;
    return check_signature_scheme(delivery, settings, signature);
  }

 private:
  bool is_challenge(const Node& body) const {
    return scheme_ == Scheme::kSlack && body.text_of("type") == "url_verification" &&
           body.text_of("challenge").value_or("").size() <= 1000;
  }

  std::string id_of(const Delivery& delivery, const Node& body) const {
    switch (scheme_) {
      case Scheme::kStandardWebhooks: {
        const std::string id = header_of(delivery, "webhook-id");
        return id.empty() ? header_of(delivery, "svix-id") : id;
      }
      case Scheme::kGithub:
        return header_of(delivery, "x-github-delivery");
      case Scheme::kSlack:
        return first_text(body, {"event_id"});
      default:
        return {};
    }
  }

  std::string key_of(const Delivery& delivery, const Node& body) const {
    const std::string id = id_of(delivery, body);
    if (id.empty()) return body_key(name_, delivery);
    if (scheme_ == Scheme::kStandardWebhooks) return plain_key(name_, id);
    return delivery_key(scheme_ == Scheme::kGithub ? "github" : name_, id);
  }

  std::string_view name_;
  Scheme scheme_;
};

}  // namespace

const Provider& standard_webhooks() {
  static const SignedEvents kProvider("standard-webhooks", Scheme::kStandardWebhooks);
  return kProvider;
}
const Provider& github() {
  static const SignedEvents kProvider("github-hmac", Scheme::kGithub);
  return kProvider;
}
const Provider& slack() {
  static const SignedEvents kProvider("slack", Scheme::kSlack);
  return kProvider;
}
const Provider& message_signature() {
  static const SignedEvents kProvider("rfc9421", Scheme::kRfc9421);
  return kProvider;
}

}  // namespace dealog::connectors::signed_events
