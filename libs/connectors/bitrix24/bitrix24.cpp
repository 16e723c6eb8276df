#include "libs/connectors/bitrix24/bitrix24.hpp"

#include <array>

#include "libs/base/encoding.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/bitrix24/answers.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::bitrix24 {
namespace {

constexpr std::chrono::milliseconds kInterval{500};  // two requests a second

// What the parts of an event's name mean: ONCRM + DEAL + UPDATE.
struct Entity {
  std::string_view word;
  std::string_view what;
  std::string_view method;  // of the REST API
};
constexpr std::array<Entity, 4> kEntities{{{"DEAL", "deal", "crm.deal.get"},
                                           {"LEAD", "lead", "crm.lead.get"},
                                           {"CONTACT", "contact", "crm.contact.get"},
                                           {"COMPANY", "company", "crm.company.get"}}};

struct Hook {
  std::string event;  // upper case
  std::string id;
  std::string account;
  std::optional<Timestamp> at;
  const Node* data = nullptr;
  const Node* fields = nullptr;  // data[FIELDS]
};

// A robot's webhook has no event but names a document: document_id[2]=DEAL_12.
void read_document(const Node& body, Hook& hook) {
  const std::string document = body.text_of({"document_id", "2"}).value_or("");
  const auto line = document.find('_');
  if (!hook.event.empty() || line == std::string::npos) return;
  hook.event = "ONCRM" + document.substr(0, line) + "UPDATE";
  hook.id = document.substr(line + 1);
}

Hook read_hook(const Node& body) {
  Hook hook;
  for (const char c : first_text(body, {"event"}).substr(0, 100)) {
    hook.event += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  hook.data = body.find("data");
  if (hook.data) hook.fields = hook.data->find("FIELDS");
  if (hook.fields) hook.id = crm::id_of(*hook.fields, "ID");
  if (hook.id.empty() && hook.data) {
    hook.id = first_text(*hook.data, {"CALL_ID", "ID", "id"});
  }
  hook.account =
      body.text_of({"auth", "member_id"}).value_or(body.text_of({"auth", "domain"}).value_or(""));
  hook.at = crm::first_time(body, {"ts"});
  read_document(body, hook);
  return hook;
}

std::string key_of(const Hook& hook, const Node& body) {
  return delivery_key(
      "bitrix24", hook.account + ":" + hook.event + ":" + hook.id + ":" + first_text(body, {"ts"}));
}

FetchPlan plan(const Entity& entity, const std::string& id, bool made) {
  return {(made ? "new-" : "") + std::string(entity.what), id,
          std::string(entity.method) + ": the event names only the id"};
}

Fact announce(const Hook& hook, const Entity& entity, bool made, const std::string& key) {
  const bool deal = entity.what == "deal" || entity.what == "lead";
  Fact fact{{}, hook.id, hook.at, {}, {}};
  if (!deal) {
    ContactFact contact;
    contact.account = hook.account;
    contact.is_company = entity.what == "company";
    fact.content = std::move(contact);
    fact.key = std::string(entity.what) + ":" + key;
    fact.fetch = plan(entity, hook.id, false);
    return fact;
  }
  if (made) {
    LeadFact lead;
    lead.account = hook.account;
    fact.content = std::move(lead);
    fact.key = "lead:" + scope_of(entity.what, hook.id);
  } else {
    StageFact stage;
    stage.account = hook.account;
    fact.content = std::move(stage);
    fact.key = "stage:" + key;
  }
  fact.fetch = plan(entity, hook.id, made);
  return fact;
}

// The one event that says where a deal went.
Fact moved(const Hook& hook, const std::string& key) {
  StageFact stage;
  stage.account = hook.account;
  stage.stage.pipeline = first_text(*hook.fields, {"CATEGORY_ID"});
  stage.stage.to = first_text(*hook.fields, {"STAGE_ID"});
  Fact fact{"stage:" + key, hook.id, hook.at, {}, std::move(stage)};
  fact.fetch = plan(kEntities[0], hook.id, false);
  return fact;
}

// Telephony of Bitrix24 itself. CALL_TYPE 1 is outgoing, 2, 3 and 4 (redirected, called back) are
// incoming; a CALL_FAILED_CODE of 200 is a conversation.
Fact call(const Hook& hook, const std::string& key, const SourceSettings& settings) {
  const Node& data = *hook.data;
  CallFact call;
  const bool ended = hook.event == "ONVOXIMPLANTCALLEND";
  call.state = ended                                   ? CallState::kFinished
               : hook.event == "ONVOXIMPLANTCALLSTART" ? CallState::kAnswered
                                                       : CallState::kStarted;
  const std::string type = first_text(data, {"CALL_TYPE"});
  if (!type.empty()) call.direction = type == "1" ? Direction::kOut : Direction::kIn;
  call.person =
      make_contact("", first_text(data, {"PHONE_NUMBER", "CALLER_ID"}), "", settings.country);
  call.line = utf8_prefix(first_text(data, {"PORTAL_NUMBER"}), kShortTextBytes);
  call.agent = utf8_prefix(first_text(data, {"PORTAL_USER_ID", "USER_ID"}), kShortTextBytes);
  if (ended) {
    call.talk_s = parse_number<std::uint32_t>(first_text(data, {"CALL_DURATION"}));
    call.reason = utf8_prefix(first_text(data, {"CALL_FAILED_CODE"}), kShortTextBytes);
    call.answered = call.reason == "200";
  }
  auto at = hook.at;
  if (ended) at = crm::first_time(data, {"CALL_START_DATE"}, settings.time_zone);
  return Fact{"call:" + key, hook.id, at ? at : hook.at, {}, std::move(call)};
}

Fact read(const Hook& hook, const Node& body, const SourceSettings& settings) {
  const std::string key = key_of(hook, body);
  if (hook.event.starts_with("ONVOXIMPLANTCALL") && hook.data && !hook.id.empty()) {
    return call(hook, key, settings);
  }
  if (hook.event == "ONCRMDEALMOVETOCATEGORY" && hook.fields && !hook.id.empty()) {
    return moved(hook, key);
  }
  for (const auto& entity : kEntities) {
    const std::string head = "ONCRM" + std::string(entity.word);
    if (!hook.event.starts_with(head) || hook.id.empty()) continue;
    const std::string_view action = std::string_view(hook.event).substr(head.size());
    if (action == "ADD" || action == "UPDATE") return announce(hook, entity, action == "ADD", key);
    if (action == "DELETE") {
      return crm::ignored_fact(key, hook.id, hook.at, std::string(entity.what) + "_deleted");
    }
  }
  return crm::ignored_fact(key, hook.id, hook.at, "event_not_used");
}

class Bitrix24 final : public Provider {
 public:
  std::string_view name() const override { return "bitrix24"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("bitrix24", delivery), {}, body.error()};
    const Hook hook = read_hook(body->tree);
    const bool known = !hook.event.empty() && !hook.id.empty() && hook.at;
    return {Reception::Kind::kStore,
            known ? key_of(hook, body->tree) : body_key("bitrix24", delivery)};
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
    const Hook hook = read_hook(body.tree);
    if (hook.event.empty()) return field_missing("event");
    return std::vector{read(hook, body.tree, settings)};
  }

  std::chrono::milliseconds ask_interval() const override { return kInterval; }

  // The key is what stands in the address of an incoming webhook: "<user>/<code>".
  Result<ApiRequest> ask(const FetchPlan& plan, const SourceSettings& settings) const override {
    std::string_view what = plan.what;
    if (what.starts_with("new-")) what.remove_prefix(4);
    if (what.starts_with("contact-of-")) what = "contact";
    for (const auto& entity : kEntities) {
      if (entity.what != what) continue;
      ApiRequest request;
      request.url = TRY(crm::api_url(settings)) + "/rest/" + TRY(crm::api_key(settings)) + "/" +
                    std::string(entity.method) + ".json?id=" + percent_encode(plan.id);
      request.headers = {{"Accept", "application/json"}};
      return request;
    }
    return crm::nothing_to_fetch();
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return require_secret(Provider::complete_settings(settings), settings,
                          "hooks carry the application token, which Bitrix24 shows beside them");
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    const std::string* ours = settings.secret();
    if (!ours) return Verdict::unauthorised("secret_not_set");
    const auto body = parse_body(delivery);
    if (!body) return Verdict::unauthorised("body_unreadable");
    const auto given = body->tree.text_of({"auth", "application_token"});
    if (!given || given->empty()) return Verdict::unauthorised("key_missing");
    if (!same_key(*given, *ours)) return Verdict::unauthorised("key_wrong");
    return crm::check_account(settings, {body->tree.text_of({"auth", "member_id"}).value_or(""),
                                         body->tree.text_of({"auth", "domain"}).value_or("")});
  }
};

}  // namespace

const Provider& provider() {
  static const Bitrix24 kBitrix24;
  return kBitrix24;
}

}  // namespace dealog::connectors::bitrix24
