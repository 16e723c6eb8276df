#include "libs/connectors/amocrm/amocrm.hpp"

#include "libs/base/encoding.hpp"
#include "libs/connectors/amocrm/rows.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/export/export.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::amocrm {
namespace {

constexpr std::chrono::milliseconds kInterval{150};  // 7 requests a second, of all integrations
constexpr std::size_t kRows = 1000;                  // rows of one body, more than any has

// What the API says about one thing, as a row of it.
Row answered_row(const Node& answer, std::string entity, std::string minute,
                 const SourceSettings& settings) {
  Row row;
  row.entity = std::move(entity);
  row.action = "update";
  row.node = &answer;
  row.account = first_text(answer, {"account_id"});
  if (row.account.empty()) row.account = settings.crm_account;
  row.minute = std::move(minute);
  return row;
}

// A deal, a contact or a company as it is now; nothing for anything else.
std::optional<Fact> read_thing(std::string_view what, const Node& body, const std::string& minute,
                               const SourceSettings& settings) {
  if (what == "deal") return stage_fact(answered_row(body, "leads", minute, settings), settings);
  if (what != "contact" && what != "company") return std::nullopt;
  const std::string entity = what == "contact" ? "contacts" : "companies";
  return contact_fact(answered_row(body, entity, minute, settings), settings);
}

Result<std::vector<Fact>> decode_fetched(std::string_view what, const Delivery& delivery,
                                         const SourceSettings& settings) {
  const Node body = TRY(crm::read_answer_body(delivery));
  if (first_text(body, {"id"}).empty()) return field_missing("id");
  const std::string minute = delivery.received_at.rfc3339().substr(0, 16) + "Z";
  if (what == "new-deal") {
    const Row row = answered_row(body, "leads", minute, settings);
    std::vector<Fact> facts{lead_fact(row, settings)};
    facts.front().fetch.reset();  // that it names nobody is its answer
    const auto& lead = std::get<LeadFact>(facts.front().content);
    const std::string contact(lead.person.id("external_contact"));
    if (!contact.empty()) {
      facts.push_back(
          crm::ask_for_contact(facts.front(), contact, row.account, "contact",
                               "GET /api/v4/contacts/{id}: a deal names its contact by id"));
    }
    if (const std::string company = company_of_item(body); !company.empty()) {
      facts.push_back(
          crm::ask_for_company(facts.front(), company, row.account,
                               "GET /api/v4/companies/{id}: a deal names its company by id"));
    }
    return facts;
  }
  const std::string deal = crm::deal_of(what, "contact-of-");
  if (!deal.empty()) {
    return crm::with_deal(contact_fact(answered_row(body, "contacts", minute, settings), settings),
                          deal);
  }
  const std::string whose = crm::deal_of(what, "company-of-");
  if (!whose.empty()) {
    return crm::with_deal(contact_fact(answered_row(body, "companies", minute, settings), settings),
                          whose);
  }
  if (auto fact = read_thing(what, body, minute, settings)) return std::vector{*std::move(fact)};
  return ignored("answer_not_used");
}

class AmoCrm final : public Provider {
 public:
  std::string_view name() const override { return "amocrm"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("amocrm", delivery), {}, body.error()};
    const auto rows = rows_of(body->tree, delivery);
    if (rows.empty()) return {Reception::Kind::kStore, body_key("amocrm", delivery)};
    std::vector<std::string> keys;
    for (const auto& row : rows) keys.push_back(row.key());
    return {Reception::Kind::kStore,
            crm::rows_key("amocrm:" + rows.front().account.substr(0, 100), std::move(keys))};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    const auto what = fetched_what(delivery);
    if (!what.empty()) return decode_fetched(what, delivery, settings);
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    const auto rows = rows_of(body.tree, delivery);
    if (rows.empty()) return ignored("event_not_used");
    if (rows.size() > kRows) {
      return fail(ErrorKind::kTooLarge, "too_many_rows", "the hook has more than 1000 rows");
    }
    std::vector<Fact> facts;
    for (const auto& row : rows) {
      for (auto& fact : TRY(facts_of(row, settings))) facts.push_back(std::move(fact));
    }
    return facts;
  }

  Result<std::vector<Fact>> read_exported(std::string_view what, const Node& item,
                                          const SourceSettings& settings) const override {
    if (first_text(item, {"id"}).empty()) return field_missing("id");
    if (auto fact = read_thing(what, item, "", settings)) return std::vector{*std::move(fact)};
    return read_logged(what, item);
  }

  std::chrono::milliseconds ask_interval() const override { return kInterval; }

  Result<ApiRequest> ask(const FetchPlan& plan, const SourceSettings& settings) const override {
    const std::string id = percent_encode(plan.id);
    std::string path;
    if (plan.what == "deal" || plan.what == "new-deal") {
      path = "/api/v4/leads/" + id + "?with=contacts,loss_reason";
    } else if (plan.what == "contact" || plan.what.starts_with("contact-of-")) {
      path = "/api/v4/contacts/" + id;
    } else if (plan.what == "company" || plan.what.starts_with("company-of-")) {
      path = "/api/v4/companies/" + id;
    } else {
      return crm::nothing_to_fetch();
    }
    return crm::get_with_bearer(settings, "", path);
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    if (const Verdict key = check_key(delivery, settings); !key.ok()) return key;
    if (settings.crm_account.empty()) return Verdict::accepted();
    const auto body = parse_body(delivery);
    if (!body) return Verdict::unauthorised("body_unreadable");
    return crm::check_account(
        settings, {body->tree.text_of({"account", "id"}).value_or(""),
                   body->tree.text_of({"account", "subdomain"}).value_or(""),
                   first_text(body->tree, {"account_id"}), first_text(body->tree, {"subdomain"})});
  }
};

}  // namespace

const Provider& provider() {
  static const AmoCrm kAmoCrm;
  return kAmoCrm;
}

}  // namespace dealog::connectors::amocrm
