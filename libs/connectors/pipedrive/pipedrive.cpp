#include "libs/connectors/pipedrive/pipedrive.hpp"

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/pipedrive/event.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::pipedrive {
namespace {

constexpr std::chrono::milliseconds kInterval{100};  // 20 requests in two seconds, the least plan
constexpr std::string_view kBasic = "basic ";

class Pipedrive final : public Provider {
 public:
  std::string_view name() const override { return "pipedrive"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("pipedrive", delivery), {}, body.error()};
    const auto event = read_event(body->tree);
    const bool known = event && !event->delivery_key.empty();
    return {Reception::Kind::kStore, known ? event->delivery_key : body_key("pipedrive", delivery)};
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
    return facts_of(TRY(read_event(body.tree)), settings);
  }

  Result<std::vector<Fact>> read_exported(std::string_view what, const Node& item,
                                          const SourceSettings& settings) const override {
    if (what == "note" || what == "activity") return read_logged(what, item);
    Node answer = Node::map();
    answer.entries.push_back({"data", item});
    return read_answer(what, answer, settings);
  }

  std::chrono::milliseconds ask_interval() const override { return kInterval; }

  Result<ApiRequest> ask(const FetchPlan& plan, const SourceSettings& settings) const override {
    std::string_view folder;
    if (plan.what == "deal" || plan.what == "new-deal") folder = "deals";
    if (plan.what == "person" || plan.what.starts_with("person-of-")) folder = "persons";
    if (plan.what == "organization") folder = "organizations";
    if (folder.empty()) return crm::nothing_to_fetch();
    ApiRequest request;
    request.url = TRY(crm::api_url(settings)) + "/api/v2/" + std::string(folder) + "/" +
                  percent_encode(plan.id);
    const std::string token = TRY(crm::api_key(settings));
    request.headers = {{"x-api-token", token}, {"Accept", "application/json"}};
    return request;
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    if (const Verdict basic = check_basic(delivery, settings); !basic.ok()) return basic;
    if (settings.crm_account.empty()) return Verdict::accepted();
    const auto body = parse_body(delivery);
    if (!body) return Verdict::unauthorised("body_unreadable");
    const auto event = read_event(body->tree);
    if (!event) return Verdict::forbidden("account_not_ours");
    return crm::check_account(settings, {event->company, event->host});
  }

 private:
  static Verdict check_basic(const Delivery& delivery, const SourceSettings& settings) {
    const std::string* ours = settings.secret();
    if (!ours) return Verdict::accepted();
    const std::string* header = delivery.header("authorization");
    if (!header) return Verdict::unauthorised("key_missing");
    const std::string_view given = trim(*header);
    if (given.size() <= kBasic.size() ||
        !equals_ignoring_case_ascii(given.substr(0, kBasic.size()), kBasic)) {
      return Verdict::unauthorised("key_missing");
    }
    // Compared as written: two spellings of base64 may decode to the same bytes.
    return same_key(trim(given.substr(kBasic.size())), to_base64(*ours))
               ? Verdict::accepted()
               : Verdict::unauthorised("key_wrong");
  }
};

}  // namespace

const Provider& provider() {
  static const Pipedrive kPipedrive;
  return kPipedrive;
}

}  // namespace dealog::connectors::pipedrive
