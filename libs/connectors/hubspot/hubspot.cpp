#include "libs/connectors/hubspot/hubspot.hpp"

#include "libs/base/encoding.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/hubspot/event.hpp"
#include "libs/connectors/hubspot/signature.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::hubspot {
namespace {

constexpr std::string_view kApi = "https://api.hubapi.com";
constexpr std::chrono::milliseconds kInterval{100};  // 100 requests in ten seconds
constexpr std::string_view kDealProperties =
    "dealname,dealstage,pipeline,amount,deal_currency_code,hubspot_owner_id,hs_is_closed,"
    "hs_is_closed_won,closed_lost_reason&associations=contacts,companies";
constexpr std::string_view kContactProperties =
    "firstname,lastname,email,phone,mobilephone,company,hubspot_owner_id";
constexpr std::string_view kCompanyProperties = "name,phone,hubspot_owner_id";

class HubSpot final : public Provider {
 public:
  std::string_view name() const override { return "hubspot"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("hubspot", delivery), {}, body.error()};
    const auto events = read_events(body->tree);
    if (!events || events->empty()) return {Reception::Kind::kStore, body_key("hubspot", delivery)};
    std::vector<std::string> keys;
    for (const auto& event : *events) keys.push_back(event.key);
    // A repetition differs from the first try by its attemptNumber, the key does not.
    return {Reception::Kind::kStore,
            crm::rows_key(delivery_key("hubspot", events->front().portal.substr(0, 100)),
                          std::move(keys))};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    const auto what = fetched_what(delivery);
    if (!what.empty()) {
      return read_answer(what, TRY(crm::read_answer_body(delivery)), settings);
    }
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    const auto events = TRY(read_events(body.tree));
    if (events.empty()) return ignored("empty_batch");
    std::vector<Fact> facts;
    for (const auto& event : events) facts.push_back(fact_of(event, settings));
    return facts;
  }

  Result<std::vector<Fact>> read_exported(std::string_view what, const Node& item,
                                          const SourceSettings& settings) const override {
    if (what == "deal" || what == "contact" || what == "company") {
      return read_answer(what, item, settings);
    }
    return read_logged(what, item);
  }

  std::chrono::milliseconds ask_interval() const override { return kInterval; }

  Result<ApiRequest> ask(const FetchPlan& plan, const SourceSettings& settings) const override {
    std::string_view folder, properties;
    if (plan.what == "deal" || plan.what == "new-deal") {
      folder = "deals";
      properties = kDealProperties;
    } else if (plan.what == "contact" || plan.what.starts_with("contact-of-")) {
      folder = "contacts";
      properties = kContactProperties;
    } else if (plan.what == "company" || plan.what.starts_with("company-of-")) {
      folder = "companies";
      properties = kCompanyProperties;
    } else {
      return crm::nothing_to_fetch();
    }
    const std::string path = "/crm/v3/objects/" + std::string(folder) + "/" +
                             percent_encode(plan.id) + "?properties=" + std::string(properties);
    return crm::get_with_bearer(settings, kApi, path);
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return require_secret(Provider::complete_settings(settings), settings,
                          "the app's client secret signs the webhooks");
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    const Verdict signature = check_hubspot_signature(delivery, settings);
    if (!signature.ok() || settings.crm_account.empty()) return signature;
    const auto body = parse_body(delivery);
    if (!body) return Verdict::unauthorised("body_unreadable");
    const auto events = read_events(body->tree);
    if (!events) return Verdict::forbidden("account_not_ours");
    for (const auto& event : *events) {
      const Verdict account = crm::check_account(settings, {event.portal});
      if (!account.ok()) return account;
    }
    return Verdict::accepted();
  }
};

}  // namespace

const Provider& provider() {
  static const HubSpot kHubSpot;
  return kHubSpot;
}

}  // namespace dealog::connectors::hubspot
