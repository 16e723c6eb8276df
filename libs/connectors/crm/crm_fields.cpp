#include "libs/connectors/crm/crm_fields.hpp"

#include <algorithm>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/times.hpp"

namespace dealog::connectors::crm {

std::optional<Money> amount_of(std::string_view text, std::string_view currency) {
  if (trim(text).empty()) return std::nullopt;
  const auto amount = parse_amount(trim(text), currency);
  return amount ? std::optional(*amount) : std::nullopt;
}

std::optional<Timestamp> time_of(std::string_view text, std::string_view zone) {
  text = trim(text);
  if (text.empty() || text == "0") return std::nullopt;
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto time = digits ? parse_unix_time(text) : parse_time(text, zone);
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<Timestamp> first_time(const Node& node, std::initializer_list<std::string_view> keys,
                                    std::string_view zone) {
  for (const auto key : keys) {
    const auto time = time_of(node.text_of(key).value_or(""), zone);
    if (time) return time;
  }
  return std::nullopt;
}

std::string id_of(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  if (!found || found->is_null()) return {};
  std::string id;
  if (found->is_scalar()) {
    id = found->text;
  } else {
    id = found->text_of("id").value_or(found->text_of("value").value_or(""));
  }
  id = trim(id);
  return id == "0" ? std::string() : std::string(utf8_prefix(id, 100));
}

std::string primary_value(const Node* values) {
  if (!values || values->is_null()) return {};
  if (values->is_scalar()) return std::string(trim(values->text));
  std::string first;
  for (const auto& [key, one] : values->entries) {
    const auto value = one.text_of("value");
    const std::string text(trim(one.is_scalar() ? one.text
                                : value         ? *value
                                                : one.text_of("VALUE").value_or("")));
    if (text.empty()) continue;
    if (one.text_of("primary") == "true") return text;
    if (first.empty()) first = text;
  }
  return first;
}

Contact person_of_id(const std::string& id) {
  Contact person;
  if (!id.empty()) person.ids.emplace_back("external_contact", id);
  return person;
}

std::string outcome_of(std::string_view status) {
  const std::string word = to_lower_ascii(status);
  return word == "won" || word == "lost" ? word : std::string();
}

Fact ignored_fact(std::string key, std::string external_id, std::optional<Timestamp> at,
                  std::string_view reason) {
  return Fact{
      "ignore:" + std::move(key), std::move(external_id), at, {}, IgnoreFact{std::string(reason)}};
}

std::vector<Fact> with_deal(Fact contact, const std::string& deal) {
  const auto* card = std::get_if<ContactFact>(&contact.content);
  if (!card || deal.empty()) return {std::move(contact)};
  StageFact stage;
  stage.account = card->account;
  stage.company = card->company;
  if (!card->is_company) {
    stage.person = card->person;
    stage.person.ids.emplace_back("external_contact", contact.external_id);
  }
  Fact told{"stage:" + delivery_key("of", deal) + ":" + contact.key,
            deal,
            contact.occurred_at,
            {},
            std::move(stage)};
  return {std::move(told), std::move(contact)};
}

Fact ask_for_contact(const Fact& deal, const std::string& contact_id, const std::string& account,
                     std::string_view what, std::string_view needs) {
  ContactFact contact;
  contact.account = account;
  contact.person = person_of_id(contact_id);
  Fact fact{"contact:of:" + deal.key + ":" + contact_id,
            contact_id,
            deal.occurred_at,
            {},
            std::move(contact)};
  fact.fetch =
      FetchPlan{std::string(what) + "-of-" + deal.external_id, contact_id, std::string(needs)};
  return fact;
}

Fact ask_for_company(const Fact& deal, const std::string& company_id, const std::string& account,
                     std::string_view needs) {
  ContactFact company;
  company.account = account;
  company.is_company = true;
  Fact fact{"company:of:" + deal.key + ":" + company_id,
            company_id,
            deal.occurred_at,
            {},
            std::move(company)};
  fact.fetch = FetchPlan{"company-of-" + deal.external_id, company_id, std::string(needs)};
  return fact;
}

std::string rows_key(std::string_view prefix, std::vector<std::string> keys) {
  if (keys.size() == 1) return std::move(keys.front());
  std::sort(keys.begin(), keys.end());
  std::string all;
  for (const auto& key : keys) {
    put_u64(all, key.size());
    all += key;
  }
  return std::string(prefix) + ":rows:sha256:" + to_hex(sha256(all));
}

Verdict check_account(const SourceSettings& settings, std::initializer_list<std::string> names) {
  if (settings.crm_account.empty()) return Verdict::accepted();
  const std::string ours = to_lower_ascii(settings.crm_account);
  const bool same = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return to_lower_ascii(name) == ours;
  });
  return same ? Verdict::accepted() : Verdict::forbidden("account_not_ours");
}

}  // namespace dealog::connectors::crm
