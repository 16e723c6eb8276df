#include "services/webhooks/fact_parts.hpp"

#include <algorithm>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/arrival_settings.hpp"

namespace dealog::webhooks {
namespace {

constexpr std::string_view kDefaultPipeline = "web-studio";
// Shorter ones are extensions: nobody outside is reached by them.
constexpr std::ptrdiff_t kPhoneDigits = 5;

bool reaches_somebody(std::string_view phone) {
  return std::ranges::count_if(phone, [](char c) { return c >= '0' && c <= '9'; }) >= kPhoneDigits;
}

// Known by nothing but a number in another CRM: who it is, is told later, or nobody is named.
bool is_number_only(const connectors::Contact& person) {
  return person.name.empty() && person.phone_raw.empty() && person.email_raw.empty() &&
         person.account.empty() && std::ranges::all_of(person.ids, [](const auto& id) {
           return id.first.starts_with("external_");
         });
}

}  // namespace

OccurredAt FactAt::occurred() const {
  const Timestamp when = fact.occurred_at ? std::min(*fact.occurred_at, received_at) : received_at;
  return {.at = when, .date = {}, .time_zone = ""};
}

std::string FactAt::own(std::string_view kind, std::string_view text) const {
  return source.id.text() + ":" + std::string(kind) + ":" + std::string(text);
}

std::optional<UserId> FactAt::user(std::string_view name) const {
  const auto found = arrivals().users.find(to_lower_ascii(name));
  if (name.empty() || found == arrivals().users.end()) return std::nullopt;
  const auto id = UserId::parse(found->second);
  return id ? std::optional(*id) : std::nullopt;
}

std::string FactAt::stage(const connectors::StagePlace& place) const {
  return connectors::stage_here(arrivals(), place);
}

std::string cut_text(std::string_view text, std::size_t max_bytes) {
  return std::string(utf8_prefix(trim(text), max_bytes));
}

use_cases::PersonInput person_of(const connectors::Contact& contact,
                                 const ConnectedSource& source) {
  use_cases::PersonInput person{.name = cut_text(contact.name, limits::kTitleBytes),
                                .contacts = {},
                                .country = source.settings.country,
                                .source = source.id.text()};
  if (!contact.email.empty()) person.contacts.push_back({"email", contact.email});
  const std::string& phone = contact.phone_valid ? contact.phone : contact.phone_raw;
  if (reaches_somebody(phone)) person.contacts.push_back({"phone", phone});
  if (const auto name = contact.id("username"); !name.empty()) {
    person.contacts.push_back({"telegram", std::string(name)});
  }
  // The chat, by which our bot may write to him.
  if (const auto chat = contact.id("telegram_id"); !chat.empty()) {
    person.contacts.push_back({"telegram", std::string(chat)});
  }
  return person;
}

StreamName lane_of(const FactAt& at, const connectors::Contact& person) {
  if (!person.email.empty()) return "person:" + person.email;
  if (!person.phone.empty()) return "person:" + person.phone;
  return at.own("fact", at.fact.key);
}

use_cases::OpenDealInput open_deal_input(const FactAt& at, std::string title,
                                         const connectors::Contact& person) {
  const auto& settings = at.source.settings;
  use_cases::OpenDealInput input;
  input.deal.title = std::move(title);
  const auto owner = UserId::parse(settings.owner);
  input.deal.owner = owner ? std::optional(*owner) : at.fallback_owner;
  input.deal.owner_stands_in = !owner;
  input.deal.source = at.source.id.text();
  input.pipeline = settings.pipeline.empty() ? std::string(kDefaultPipeline) : settings.pipeline;
  if (!is_number_only(person)) input.person = person_of(person, at.source);
  input.on_open_deal = use_cases::OnOpenDeal::kTouch;
  return input;
}

}  // namespace dealog::webhooks
