#include "libs/connectors/lead/lead_builder.hpp"

#include <algorithm>

#include "libs/base/assert.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/amounts.hpp"

namespace dealog::connectors {
namespace {

constexpr std::size_t kUtmBytes = 500;

bool has(const NamedTexts& texts, std::string_view name) {
  return std::any_of(texts.begin(), texts.end(), [&](const auto& t) { return t.first == name; });
}

void cut(std::string& text, std::size_t bytes) { text.resize(utf8_prefix(text, bytes).size()); }

}  // namespace

std::string& LeadBuilder::slot(FieldRole role) {
  switch (role) {
    case FieldRole::kName:
      return name_;
    case FieldRole::kFirstName:
      return first_;
    case FieldRole::kMiddleName:
      return middle_;
    case FieldRole::kLastName:
      return last_;
    case FieldRole::kPhone:
      return phone_;
    case FieldRole::kEmail:
      return email_;
    case FieldRole::kMessenger:
      return lead_.messenger_hint;
    case FieldRole::kCompany:
      return lead_.company;
    case FieldRole::kTitle:
      return lead_.title;
    case FieldRole::kComment:
      return lead_.comment;
    case FieldRole::kAmount:
      return amount_;
    case FieldRole::kCurrency:
      return currency_;
    case FieldRole::kFormId:
      return lead_.form_id;
    case FieldRole::kPage:
      return lead_.page;
    case FieldRole::kNone:
    case FieldRole::kUtm:
      break;
  }
  DEALOG_ASSERT(false && "a role without a slot");
}

void LeadBuilder::put_recognised(const std::string& name, const std::string& value) {
  const std::string text(trim(value));
  if (text.empty()) return;
  FieldRole role = role_of(name);
  const bool may_be_contact = role == FieldRole::kNone || role == FieldRole::kMessenger;
  if (may_be_contact) {
    const FieldRole contact = contact_role_of(name, text, settings_.country);
    if (contact != FieldRole::kNone) role = contact;
  }
  if (role == FieldRole::kUtm) return put_utm(name, text);
  if (role == FieldRole::kNone) {
    // "Telegram: @ivan" says which messenger, and the answer says who he is there.
    const auto messenger = messenger_name(name);
    if (!messenger.empty() && lead_.messenger_hint.empty()) lead_.messenger_hint = messenger;
    return put_answer(name, text);
  }
  if (role == FieldRole::kComment && !lead_.comment.empty()) {
    lead_.comment += "\n" + text;
    return;
  }
  // "до 100 тысяч" is an answer worth keeping and no amount.
  const bool unusable = (role == FieldRole::kAmount && !parse_amount(text, currency())) ||
                        (role == FieldRole::kCurrency && !Currency::parse(text));
  if (unusable || !slot(role).empty()) return put_answer(name, text);
  put(role, text);
}

void LeadBuilder::put(FieldRole role, std::string_view value) {
  value = trim(value);
  if (role == FieldRole::kMessenger) {
    const auto known = messenger_name(value);
    if (!known.empty()) value = known;
  }
  slot(role) = value;
}

void LeadBuilder::put_utm(std::string name, std::string value) {
  name = to_lower_ascii(name);
  if (value.empty() || has(lead_.utm, name)) return;
  cut(value, kUtmBytes);
  lead_.utm.emplace_back(std::move(name), std::move(value));
}

void LeadBuilder::put_answer(std::string name, std::string value) {
  if (!value.empty()) lead_.answers.emplace_back(std::move(name), std::move(value));
}

std::string LeadBuilder::currency() const {
  return currency_.empty() ? settings_.currency : currency_;
}

// "Иван" and "Петров" in two fields are "Иван Петров"; a name that holds all stays as it is.
std::string LeadBuilder::full_name() const {
  std::string out;
  for (const auto* part : {name_.empty() ? &first_ : &name_, &middle_, &last_}) {
    if (part->empty()) continue;
    if (!out.empty()) out += ' ';
    out += *part;
  }
  return out;
}

Result<LeadFact> LeadBuilder::finish() {
  if (!lead_.amount && !amount_.empty()) lead_.amount = TRY(parse_amount(amount_, currency()));
  lead_.person = make_contact(full_name(), phone_, email_, settings_.country);
  for (auto* text :
       {&lead_.messenger_hint, &lead_.company, &lead_.title, &lead_.order_id, &lead_.form_id}) {
    cut(*text, kShortTextBytes);
  }
  cut(lead_.page, 2 * kShortTextBytes);
  cut(lead_.comment, limits::kNoteBytes);
  const bool says_something = !lead_.person.empty() || !lead_.comment.empty() ||
                              !lead_.company.empty() || !lead_.answers.empty() ||
                              !lead_.lines.empty() || !lead_.signal.empty();
  if (!says_something) {
    return fail(ErrorKind::kInvalid, "lead_empty",
                "the form holds neither a contact nor an answer; check which fields it sends");
  }
  return std::move(lead_);
}

}  // namespace dealog::connectors
