#include "libs/command/use_cases/effect_texts.hpp"

#include <fmt/format.h>

#include "libs/base/number_text.hpp"
#include "libs/command/use_cases/company_language.hpp"
#include "libs/domain/person/person.hpp"
#include "libs/rules/message_text.hpp"
#include "libs/rules/reason_words.hpp"
#include "libs/rules/value_words.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::use_cases {

Result<void> MessageFields::read() {
  language_ = TRY(company_language(unit_));
  deal_ = *TRY(unit_.glance<deal::State>(message_.deal.text()));
  if (!deal_.owner.is_nil()) owner_ = *TRY(unit_.glance<user::State>(deal_.owner.text()));
  if (!deal_.company.is_nil()) {
    company_ = *TRY(unit_.glance<company::State>(deal_.company.text()));
  }
  return {};
}

std::string MessageFields::fill(const std::string& text, const std::string& person_name) const {
  return rules::fill_in(text, [&](std::string_view name) { return value(name, person_name); });
}

Result<std::string> MessageFields::contact_name() const {
  const auto* contact = deal_.contact();
  if (contact == nullptr) return std::string();
  const auto stream = TRY(present_person(unit_.folds(), contact->person.text()));
  const auto* state = TRY(unit_.glance<person::State>(stream));
  return state->name;
}

std::string MessageFields::value(std::string_view name, const std::string& person_name) const {
  if (name == "deal.title") return deal_.title;
  if (name == "deal.amount") return money_text(deal_.agreed(), language_);
  if (name == "deal.balance") return money_text(deal_.balance(), language_);
  if (name == "person.name") return person_name;
  if (name == "company.name") return company_.name;
  if (name == "owner.name") return owner_.name;
  if (name == "owner.email") return owner_.email;
  if (name == "document.number") return message_.document_number;
  if (name == "document.link") return message_.document_link;
  return {};
}

std::string not_sent_text(const effect::State& state, const std::string& deal_title,
                          std::string_view reason, bool unknown, Language language) {
  const rules::Word* action = rules::find_word(rules::rule_actions(), state.kind);
  const std::string what =
      action == nullptr ? state.kind : std::string(rules::pick(language, action->ru, action->en));
  const std::string why = rules::reason_words(reason, language);
  const std::string deal = rules::in_quotes(deal_title, language);
  if (unknown) {
    return language == Language::kRu
               ? fmt::format("{}: неизвестно, дошло ли — {} ({}). Решите, отправлять ли ещё раз",
                             deal, what, why)
               : fmt::format(
                     "{}: may have arrived or not — {} ({}). Decide whether to send it again", deal,
                     what, why);
  }
  return language == Language::kRu
             ? fmt::format("{}: не отправлено — {}; причина: {}", deal, what, why)
             : fmt::format("{}: not sent — {}; reason: {}", deal, what, why);
}

}  // namespace dealog::use_cases
