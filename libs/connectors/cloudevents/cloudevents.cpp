#include "libs/connectors/cloudevents/cloudevents.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"
#include "libs/connectors/signed_events/event_fact.hpp"

namespace dealog::connectors::cloudevents {
namespace {

constexpr std::string_view kAllowedRate = "100";  // deliveries a minute, what senders are promised
constexpr std::size_t kBatch = 1000;              // events of one request
constexpr std::size_t kOriginBytes = 255;         // the longest name of DNS

enum class Mode { kBinary, kStructured, kBatch, kUnknown };

Mode mode_of(const Delivery& delivery) {
  const std::string type = parse_header_value(delivery.content_type()).value;
  if (!type.starts_with("application/cloudevents")) return Mode::kBinary;
  if (type == "application/cloudevents+json") return Mode::kStructured;
  return type == "application/cloudevents-batch+json" ? Mode::kBatch : Mode::kUnknown;
}

bool is_handshake(const Delivery& delivery) { return delivery.method == "OPTIONS"; }

// Origins of the settings are sites ("https://events.example.com"), what is asked for is a name.
bool may_send(const std::string& origin, const SourceSettings& settings) {
  if (origin.empty() || origin.size() > kOriginBytes) return false;
  const std::string name = to_lower_ascii(origin);
  const auto names_it = [&](const std::string& site) {
    return site == name || site.substr(std::min(site.find("://") + 3, site.size())) == name;
  };
  return settings.origins.empty() ||
         std::any_of(settings.origins.begin(), settings.origins.end(), names_it);
}

// Section 4.2 of the webhook specification: whoever is not permitted gets no Allowed-Origin.
Answer permission(const Delivery& delivery, const SourceSettings& settings) {
  Answer answer{200, {}, {}, {{"Allow", "POST"}}};
  const std::string* origin = delivery.header("webhook-request-origin");
  if (origin && may_send(std::string(trim(*origin)), settings)) {
    answer.headers.emplace_back("WebHook-Allowed-Origin", std::string(trim(*origin)));
    answer.headers.emplace_back("WebHook-Allowed-Rate", kAllowedRate);
  }
  return answer;
}

struct Event {
  EventHead head;
  Node data;
};

Result<Event> finish(Event event, const std::string& time) {
  if (event.head.id.empty()) return field_missing("id");
  if (event.head.source.empty()) return field_missing("source");
  if (event.head.type.empty()) return field_missing("type");
  event.head.key = delivery_key("cloudevents", event.head.source + ":" + event.head.id);
  if (!time.empty()) event.head.occurred_at = TRY(time_field(time, "UTC", "time"));
  return event;
}

// The value of a quoted header, as senders of older versions write what holds spaces.
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

// Attributes are headers with percent-encoded values, the body is the data.
Result<Event> read_binary(const Delivery& delivery, bool with_data) {
  const auto attribute = [&](std::string_view name) {
    const std::string* header = delivery.header("ce-" + std::string(name));
    if (!header) return std::string();
    const std::string text = unquoted(trim(*header));
    const auto decoded = percent_decode(text, false);
    return decoded && is_valid_utf8(*decoded) ? *decoded : text;
  };
  if (attribute("specversion").empty()) return field_missing("ce-specversion");
  Event event;
  event.head.id = attribute("id");
  event.head.source = attribute("source");
  event.head.type = attribute("type");
  if (with_data) event.data = TRY(parse_body(delivery)).tree;
  return finish(std::move(event), attribute("time"));
}

// Data that stands in its event as text: base64 of any bytes, or a document of another format.
Result<Node> read_text_data(const std::string& bytes, const std::string& type) {
  Delivery data;
  data.headers = {{"Content-Type", type}};
  data.body = bytes;
  return TRY(parse_body(data)).tree;
}

Result<Node> data_of(const Node& event) {
  const std::string type = first_text(event, {"datacontenttype"});
  if (const auto encoded = event.text_of("data_base64")) {
    const auto bytes = from_base64(*encoded);
    if (!bytes) {
      return fail(ErrorKind::kInvalid, "invalid_base64", "data_base64 is not base64");
    }
    return read_text_data(*bytes, type);
  }
  const Node* data = event.find("data");
  if (!data) return Node();
  const bool other_format = data->kind == Node::Kind::kText && !type.empty();
  return other_format ? read_text_data(data->text, type) : Result<Node>(*data);
}

Result<Event> read_structured(const Node& node, bool with_data) {
  if (node.kind != Node::Kind::kMap) {
    return fail(ErrorKind::kInvalid, "not_an_event", "the body is JSON but not an event");
  }
  TRY(required_text(node, "specversion", "specversion"));
  Event event;
  event.head.id = first_text(node, {"id"});
  event.head.source = first_text(node, {"source"});
  event.head.type = first_text(node, {"type"});
  if (with_data) event.data = TRY(data_of(node));
  return finish(std::move(event), first_text(node, {"time"}));
}

Result<std::vector<Event>> read(const Delivery& delivery, bool with_data) {
  std::vector<Event> out;
  if (mode_of(delivery) == Mode::kBinary) {
    out.push_back(TRY(read_binary(delivery, with_data)));
    return out;
  }
  const Node tree = TRY(parse_json(delivery.body));
  if (mode_of(delivery) == Mode::kStructured) {
    out.push_back(TRY(read_structured(tree, with_data)));
    return out;
  }
  if (tree.kind != Node::Kind::kList || tree.entries.size() > kBatch) {
    return fail(ErrorKind::kInvalid, "not_a_batch",
                "a batch is a JSON list of at most " + std::to_string(kBatch) + " events");
  }
  for (const auto& [key, node] : tree.entries) out.push_back(TRY(read_structured(node, with_data)));
  return out;
}

class CloudEvents final : public Provider {
 public:
  std::string_view name() const override { return "cloudevents"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings& settings) const override {
    if (is_handshake(delivery)) {
      return {Reception::Kind::kChallenge, {}, permission(delivery, settings)};
    }
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const Mode mode = mode_of(delivery);
    if (mode == Mode::kUnknown) {
      return {
          Reception::Kind::kChallenge, {}, Answer{415, "text/plain", "events are read as JSON\n"}};
    }
    const auto events = read(delivery, false);
    if (!events) {
      return {Reception::Kind::kStore, body_key("cloudevents", delivery), {}, events.error()};
    }
    const bool one = mode != Mode::kBatch && events->size() == 1;
    return {Reception::Kind::kStore,
            one ? events->front().head.key : body_key("cloudevents:batch", delivery)};
  }

  Answer answer(const Delivery& delivery, const SourceSettings&, Outcome) const override {
    return {delivery.method == "GET" ? 200 : 202, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (is_handshake(delivery)) return ignored("handshake", "handshake");
    if (delivery.method == "GET") return ignored("connection_check");
    if (mode_of(delivery) == Mode::kUnknown) {
      return fail(ErrorKind::kInvalid, "unsupported_media_type", "events are read as JSON");
    }
    auto events = TRY(read(delivery, !settings.fields.rules.empty()));
    if (events.empty()) return ignored("empty_batch");
    std::vector<Fact> facts;
    for (auto& event : events) {
      facts.push_back(TRY(event_fact(std::move(event.head), event.data, settings)));
    }
    return facts;
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    const std::string* secret = settings.secret();
    if (is_handshake(delivery) || !secret) return Verdict::accepted();
    if (const std::string* header = delivery.header("authorization")) {
      SourceSettings bearer = settings;
      bearer.auth = {KeyPlace::In::kHeader, "Authorization"};
      return header->empty() ? Verdict::unauthorised("key_missing") : check_key(delivery, bearer);
    }
    Delivery query;
    query.method = "GET";
    query.query = delivery.query;
    const auto fields = parse_body(query);
    const auto token = fields ? fields->tree.text_of("access_token") : std::nullopt;
    if (!token) return Verdict::unauthorised("key_missing");
    return same_key(*token, *secret) ? Verdict::accepted() : Verdict::unauthorised("key_wrong");
  }
};

}  // namespace

const Provider& provider() {
  static const CloudEvents kCloudEvents;
  return kCloudEvents;
}

}  // namespace dealog::connectors::cloudevents
