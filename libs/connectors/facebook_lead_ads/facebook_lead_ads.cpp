#include "libs/connectors/facebook_lead_ads/facebook_lead_ads.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/lead/lead_builder.hpp"
#include "libs/connectors/meta/hub.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::facebook_lead_ads {
namespace {

constexpr std::string_view kGraph = "https://graph.facebook.com/v23.0";
// 200 calls an hour for each user of the app at the least.
constexpr std::chrono::milliseconds kInterval{1000};
constexpr std::string_view kFields =
    "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,"
    "is_organic,platform,field_data";

// The test tool's leads are all fours, and the Graph API does not know them.
bool is_test_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c == '4'; });
}

std::string lead_key(const std::string& id) { return delivery_key("facebook-lead-ads", id); }

struct Change {
  std::string field;
  const Node* value = nullptr;
};

// Every change of every entry of a page; a body may hold many.
std::vector<Change> changes_of(const Node& body) {
  std::vector<Change> out;
  const Node* entries = body.find("entry");
  if (!entries || entries->kind != Node::Kind::kList) return out;
  for (const auto& [at, entry] : entries->entries) {
    const Node* changes = entry.find("changes");
    if (!changes || changes->kind != Node::Kind::kList) continue;
    for (const auto& [index, change] : changes->entries) {
      const Node* value = change.find("value");
      if (value) out.push_back({first_text(change, {"field"}), value});
    }
  }
  return out;
}

NamedTexts marks_of(const Node& value) {
  NamedTexts out;
  for (const auto name : {"ad_id", "ad_name", "adgroup_id", "adset_id", "adset_name", "campaign_id",
                          "campaign_name", "page_id", "platform"}) {
    const std::string text = first_text(value, {name});
    if (!text.empty()) out.emplace_back(name, utf8_prefix(text, kShortTextBytes));
  }
  return out;
}

Result<Fact> announced(const Node& value) {
  const std::string id = TRY(required_text(value, "leadgen_id", "value.leadgen_id"));
  LeadFact lead;
  lead.form_id = first_text(value, {"form_id"});
  lead.answers = marks_of(value);
  Fact fact{
      "lead:" + lead_key(id), id, crm::first_time(value, {"created_time"}), {}, std::move(lead)};
  fact.fetch = FetchPlan{"lead", id, "GET /{leadgen_id} of the Graph API: a hook names no person"};
  return fact;
}

std::string joined_values(const Node* values) {
  std::string out;
  if (!values) return out;
  if (values->is_scalar()) return values->text;
  for (const auto& [at, value] : values->entries) {
    if (value.is_scalar() && !value.text.empty()) out += (out.empty() ? "" : ", ") + value.text;
  }
  return out;
}

// The Graph API's answer about one lead.
Result<Fact> read_lead(const Node& answer, const SourceSettings& settings) {
  const std::string id = TRY(required_text(answer, "id", "id"));
  LeadBuilder builder(settings);
  if (const Node* fields = answer.find("field_data"); fields && !fields->is_scalar()) {
    for (const auto& [at, field] : fields->entries) {
      const std::string name = first_text(field, {"name"});
      if (!name.empty()) builder.put_recognised(name, joined_values(field.find("values")));
    }
  }
  const std::string campaign = first_text(answer, {"campaign_name"});
  if (!campaign.empty()) builder.put_utm("utm_campaign", campaign);
  LeadFact lead = TRY(builder.finish());
  lead.form_id = first_text(answer, {"form_id"});
  for (auto& mark : marks_of(answer)) lead.answers.push_back(std::move(mark));
  return Fact{
      "lead:" + lead_key(id), id, crm::first_time(answer, {"created_time"}), {}, std::move(lead)};
}

bool is_answer(const Node& body) { return body.find("field_data") != nullptr; }

class FacebookLeadAds final : public Provider {
 public:
  std::string_view name() const override { return "facebook-lead-ads"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") {
      auto challenge = meta::hub_challenge(delivery);
      if (!challenge) return {Reception::Kind::kPing, {}};
      return {Reception::Kind::kChallenge, {}, *std::move(challenge)};
    }
    const auto body = parse_body(delivery);
    const std::string prefix(name());
    if (!body) return {Reception::Kind::kStore, body_key(prefix, delivery), {}, body.error()};
    std::vector<std::string> keys;
    if (is_answer(body->tree)) keys.push_back(lead_key(first_text(body->tree, {"id"})));
    for (const auto& change : changes_of(body->tree)) {
      const std::string id = first_text(*change.value, {"leadgen_id"});
      if (change.field == "leadgen" && !id.empty()) keys.push_back(lead_key(id));
    }
    if (keys.empty()) return {Reception::Kind::kStore, body_key(prefix, delivery)};
    return {Reception::Kind::kStore, crm::rows_key(prefix, std::move(keys))};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    const auto what = fetched_what(delivery);
    if (!what.empty()) {
      if (what != "lead") return ignored("answer_not_used");
      const Node answered = TRY(crm::read_answer_body(delivery));
      return std::vector{TRY(read_lead(answered, settings))};
    }
    if (delivery.method == "GET") {
      return meta::hub_challenge(delivery) ? ignored("hub_challenge", "handshake")
                                           : ignored("connection_check");
    }
    const Body body = TRY(parse_body(delivery));
    if (is_answer(body.tree)) return std::vector{TRY(read_lead(body.tree, settings))};
    std::vector<Fact> facts;
    for (const auto& change : changes_of(body.tree)) {
      if (change.field == "leadgen") facts.push_back(TRY(announced(*change.value)));
    }
    if (facts.empty()) return ignored("event_not_used");
    return facts;
  }

  std::chrono::milliseconds ask_interval() const override { return kInterval; }

  Result<ApiRequest> ask(const FetchPlan& plan, const SourceSettings& settings) const override {
    if (plan.what != "lead" || is_test_id(plan.id)) return crm::nothing_to_fetch();
    const std::string path = "/" + percent_encode(plan.id) + "?fields=" + std::string(kFields);
    return crm::get_with_bearer(settings, kGraph, path);
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
  static const FacebookLeadAds kFacebook;
  return kFacebook;
}

}  // namespace dealog::connectors::facebook_lead_ads
