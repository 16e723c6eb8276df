#include "libs/connectors/bitrix24/answers.hpp"

#include "libs/base/text.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::bitrix24 {
namespace {

constexpr std::size_t kCommentBytes = 20'000;

std::string cut(std::string_view text) { return std::string(utf8_prefix(text, kShortTextBytes)); }

std::string name_of(const Node& thing) {
  std::string name;
  for (const auto key : {"NAME", "SECOND_NAME", "LAST_NAME"}) {
    const std::string part = first_text(thing, {key});
    if (!part.empty()) name += (name.empty() ? "" : " ") + part;
  }
  return name;
}

Contact person_of(const Node& thing, const SourceSettings& settings) {
  Contact person = make_contact(name_of(thing), crm::primary_value(thing.find("PHONE")),
                                crm::primary_value(thing.find("EMAIL")), settings.country);
  const std::string id = crm::id_of(thing, "CONTACT_ID");
  if (!id.empty()) person.ids.emplace_back("external_contact", id);
  return person;
}

// P, S and F of STAGE_SEMANTIC_ID: in work, won, lost. Else what the stage's own code says, which
// of another pipeline begins with its number: "C4:WON".
std::string outcome_of(const Node& thing, std::string_view stage) {
  const std::string semantics = first_text(thing, {"STAGE_SEMANTIC_ID", "STATUS_SEMANTIC_ID"});
  if (semantics == "S") return "won";
  if (semantics == "F") return "lost";
  if (!semantics.empty()) return {};
  const auto colon = stage.find(':');
  if (colon != std::string_view::npos) stage.remove_prefix(colon + 1);
  if (stage == "WON" || stage == "CONVERTED") return "won";
  return stage == "LOSE" || stage == "JUNK" || stage == "APOLOGY" ? "lost" : "";
}

StagePlace stage_of(const Node& thing) {
  StagePlace stage;
  stage.pipeline = first_text(thing, {"CATEGORY_ID"});
  stage.to = first_text(thing, {"STAGE_ID", "STATUS_ID"});
  stage.outcome = outcome_of(thing, stage.to);
  return stage;
}

std::optional<Money> amount_of(const Node& thing, const SourceSettings& settings) {
  const std::string currency = first_text(thing, {"CURRENCY_ID"});
  return crm::amount_of(first_text(thing, {"OPPORTUNITY"}),
                        currency.empty() ? settings.currency : currency);
}

struct Head {
  std::string entity;  // "deal", "lead", "contact", "company"
  std::string id;
  std::optional<Timestamp> changed_at;

  std::string scope() const { return scope_of(entity, id); }
  std::string version() const { return changed_at ? std::to_string(changed_at->us) : ""; }
};

// Leads and deals are numbered apart, and either is a deal here.
std::string external_id(const Head& head) {
  return head.entity == "lead" ? "lead-" + head.id : head.id;
}

Fact read_new(const Node& thing, const Head& head, const SourceSettings& settings) {
  LeadFact lead;
  lead.person = person_of(thing, settings);
  lead.title = cut(first_text(thing, {"TITLE"}));
  lead.company = cut(first_text(thing, {"COMPANY_TITLE"}));
  lead.comment = utf8_prefix(first_text(thing, {"COMMENTS"}), kCommentBytes);
  lead.amount = amount_of(thing, settings);
  lead.currency_assumed = first_text(thing, {"CURRENCY_ID"}).empty();
  lead.stage = stage_of(thing);
  lead.account = settings.crm_account;
  lead.owner = crm::id_of(thing, "ASSIGNED_BY_ID");
  for (const auto& [upper, lower] : {std::pair{"UTM_SOURCE", "utm_source"},
                                     {"UTM_MEDIUM", "utm_medium"},
                                     {"UTM_CAMPAIGN", "utm_campaign"},
                                     {"UTM_CONTENT", "utm_content"},
                                     {"UTM_TERM", "utm_term"}}) {
    const std::string value = first_text(thing, {upper});
    if (!value.empty()) lead.utm.emplace_back(lower, cut(value));
  }
  const std::string source = first_text(thing, {"SOURCE_ID"});
  if (!source.empty()) lead.answers.emplace_back("SOURCE_ID", cut(source));
  return Fact{"lead:" + head.scope(),
              head.id,
              crm::first_time(thing, {"DATE_CREATE"}),
              {},
              std::move(lead)};
}

Fact read_stage(const Node& thing, const Head& head, const SourceSettings& settings) {
  StageFact stage;
  stage.stage = stage_of(thing);
  stage.person = person_of(thing, settings);
  stage.account = settings.crm_account;
  stage.title = cut(first_text(thing, {"TITLE"}));
  stage.amount = amount_of(thing, settings);
  stage.currency_assumed = first_text(thing, {"CURRENCY_ID"}).empty();
  stage.owner = crm::id_of(thing, "ASSIGNED_BY_ID");
  stage.actor = crm::id_of(thing, "MODIFY_BY_ID");
  std::optional<Sequence> sequence;
  if (head.changed_at) sequence = Sequence{head.scope(), head.changed_at->us / 1'000'000};
  return Fact{"stage:" + head.scope() + ":" + head.version(), external_id(head), head.changed_at,
              sequence, std::move(stage)};
}

Fact read_contact(const Node& thing, const Head& head, const SourceSettings& settings) {
  ContactFact contact;
  contact.person = person_of(thing, settings);
  contact.company = cut(first_text(thing, {"TITLE", "COMPANY_TITLE"}));
  contact.is_company = head.entity == "company";
  contact.account = settings.crm_account;
  contact.owner = crm::id_of(thing, "ASSIGNED_BY_ID");
  std::optional<Sequence> sequence;
  if (head.changed_at) sequence = Sequence{head.scope(), head.changed_at->us / 1'000'000};
  return Fact{head.entity + ":" + head.scope() + ":" + head.version(), head.id, head.changed_at,
              sequence, std::move(contact)};
}

// A deal names its person by number only.
std::vector<Fact> with_contact(Fact deal, const Node& thing, const SourceSettings& settings) {
  std::vector<Fact> facts{std::move(deal)};
  const std::string id = crm::id_of(thing, "CONTACT_ID");
  if (id.empty()) return facts;
  facts.push_back(crm::ask_for_contact(facts.front(), id, settings.crm_account, "contact",
                                       "crm.contact.get: a deal names its contact by id"));
  return facts;
}

}  // namespace

std::string scope_of(std::string_view entity, std::string_view id) {
  return delivery_key("bitrix24:" + std::string(entity), id);
}

Result<std::vector<Fact>> read_answer(std::string_view what, const Node& body,
                                      const SourceSettings& settings) {
  const Node* thing = body.find("result");
  if (!thing || thing->kind != Node::Kind::kMap) return field_missing("result");
  // crm.item.get answers one level deeper.
  if (const Node* item = thing->find("item"); item && !item->is_scalar()) thing = item;
  const bool made = what.starts_with("new-");
  const std::string deal = crm::deal_of(what, "contact-of-");
  Head head{std::string(!deal.empty() ? "contact"
                        : made        ? what.substr(4)
                                      : what),
            TRY(required_text(*thing, "ID", "result.ID")),
            crm::first_time(*thing, {"DATE_MODIFY", "DATE_CREATE"})};
  if (head.entity == "contact" || head.entity == "company") {
    return crm::with_deal(read_contact(*thing, head, settings), deal);
  }
  if (head.entity != "deal" && head.entity != "lead") return ignored("answer_not_used");
  if (!made) return std::vector{read_stage(*thing, head, settings)};
  return with_contact(read_new(*thing, head, settings), *thing, settings);
}

}  // namespace dealog::connectors::bitrix24
