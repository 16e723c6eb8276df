#include "libs/connectors/whatsapp_cloud/whatsapp_cloud.hpp"

#include <functional>

#include "libs/base/encoding.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/kept_file.hpp"
#include "libs/connectors/meta/hub.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/whatsapp_cloud/whatsapp_message.hpp"

namespace dealog::connectors::whatsapp_cloud {
namespace {

enum class Part { kMessage, kEcho, kStatus };

const Node* list_in(const Node& node, std::string_view key) {
  const Node* list = node.find(key);
  return list && list->kind == Node::Kind::kList ? list : nullptr;
}

using Visit = std::function<Result<void>(const Node& item, const Node& value, Part part)>;

Result<void> walk_value(const Node& value, const Visit& visit) {
  for (const auto& [key, part] : {std::pair{"messages", Part::kMessage},
                                  {"message_echoes", Part::kEcho},
                                  {"statuses", Part::kStatus}}) {
    const Node* list = list_in(value, key);
    if (!list) continue;
    for (const auto& entry : list->entries) TRY(visit(entry.node, value, part));
  }
  return {};
}

// Every message and status of every change of every entry.
Result<void> walk(const Node& tree, const Visit& visit) {
  const Node* entries = list_in(tree, "entry");
  if (!entries) return field_missing("entry");
  for (const auto& entry : entries->entries) {
    const Node* changes = list_in(entry.node, "changes");
    if (!changes) continue;
    for (const auto& change : changes->entries) {
      const Node* value = change.node.find("value");
      if (value && value->kind == Node::Kind::kMap) TRY(walk_value(*value, visit));
    }
  }
  return {};
}

// Of the only thing in the body; of several nothing.
std::string key_of(const Node& tree) {
  std::string key;
  std::size_t count = 0;
  const auto read = walk(tree, [&](const Node& item, const Node&, Part part) -> Result<void> {
    const std::string id = first_text(item, {"id"}), status = first_text(item, {"status"});
    key = id.empty() ? "" : delivery_key("whatsapp", id);
    if (part == Part::kStatus && !key.empty()) key = delivery_key("whatsapp", id + ":" + status);
    ++count;
    return {};
  });
  return read && count == 1 ? key : "";
}

constexpr std::string_view kGraph = "https://graph.facebook.com/v23.0";

// Where Meta keeps media: the access token goes there and nowhere else.
bool is_of_meta(std::string_view url, const SourceSettings& settings) {
  return is_host_of(url, "fbsbx.com", settings) || is_host_of(url, "facebook.com", settings) ||
         is_host_of(url, "whatsapp.net", settings);
}

class WhatsAppCloud final : public Provider {
 public:
  std::string_view name() const override { return "whatsapp-cloud"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    using Kind = Reception::Kind;
    if (const auto challenge = meta::hub_challenge(delivery)) {
      return {Kind::kChallenge, {}, *challenge};
    }
    if (delivery.method == "GET") return {Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Kind::kStore, body_key("whatsapp", delivery), {}, body.error()};
    std::string key = key_of(body->tree);
    if (key.empty()) key = body_key("whatsapp", delivery);
    return {Kind::kStore, std::move(key)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (meta::hub_challenge(delivery)) return ignored("address_check", "handshake");
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    std::vector<Fact> facts;
    std::vector<Fact> useless;
    TRY(walk(body.tree, [&](const Node& item, const Node& value, Part part) -> Result<void> {
      Fact fact = part == Part::kStatus
                      ? TRY(read_status(item, value, settings))
                      : TRY(read_message(item, value, settings, part == Part::kEcho));
      (fact.kind() == "ignore" ? useless : facts).push_back(std::move(fact));
      return {};
    }));
    if (!facts.empty()) return facts;
    if (!useless.empty()) return std::vector{useless.front()};
    // Templates, quality of numbers, alerts of the account.
    return ignored("event_not_used");
  }

  // First where the medium is, which is known for five minutes, then the medium; both with the
  // secret "api", an access token.
  Result<FileRequest> ask_file(std::string_view id, const SourceSettings& settings) const override {
    if (is_web_url(id)) return not_theirs();
    return FileRequest{
        .request = TRY(crm::get_with_bearer(settings, kGraph, "/" + percent_encode(id))),
        .tells_where = true};
  }

  Result<ApiRequest> file_at(std::string_view, std::string_view answer,
                             const SourceSettings& settings) const override {
    const Node told = TRY(parse_json(answer));
    std::string url = first_text(told, {"url"});
    if (url.empty()) {
      return fail(ErrorKind::kUnavailable, "file_not_ready", "Meta names no address of the medium");
    }
    if (!is_of_meta(url, settings)) return not_theirs();
    const std::string key = TRY(crm::api_key(settings));
    return ApiRequest{.url = std::move(url), .headers = {{"Authorization", "Bearer " + key}}};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return meta::require_app_secret(Provider::complete_settings(settings), settings);
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    return meta::check_hub(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const WhatsAppCloud kWhatsAppCloud;
  return kWhatsAppCloud;
}

}  // namespace dealog::connectors::whatsapp_cloud
