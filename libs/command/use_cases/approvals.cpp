#include "libs/command/use_cases/approvals.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/base/number_text.hpp"
#include "libs/command/use_cases/company_language.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/user/user.hpp"
#include "libs/rules/discount_policy.hpp"

namespace dealog::use_cases {
namespace {

// Users that are looked through for those of a role.
constexpr std::size_t kUsersAsked = 5'000;

template <class M>
const M* as(const NewEvent& event) {
  if (event.payload->GetDescriptor() != M::descriptor()) return nullptr;
  return static_cast<const M*>(event.payload.get());
}

// "12.5": basis points as a percentage.
std::string percent(std::int32_t basis_points) {
  std::string text = fmt::format("{}.{:02}", basis_points / 100, basis_points % 100);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// Whether somebody hears of it: most of what happens to a deal is nothing of approvals.
bool is_told(const NewEvent& event) {
  return as<v1::ApprovalRequested>(event) != nullptr || as<v1::ApprovalGiven>(event) != nullptr ||
         as<v1::QuoteApproved>(event) != nullptr || as<v1::ApprovalDeclined>(event) != nullptr ||
         as<v1::ApprovalEscalated>(event) != nullptr;
}

class Telling {
 public:
  Telling(Unit& unit, const DealId& deal, Language language)
      : unit_(unit), stream_(deal.text()), language_(language) {}

  Result<void> about(const NewEvent& event, std::size_t cause) {
    if (const auto* asked = as<v1::ApprovalRequested>(event)) {
      return tell_step(asked->quote(), cause);
    }
    if (const auto* given = as<v1::ApprovalGiven>(event)) return tell_step(given->quote(), cause);
    if (const auto* approved = as<v1::QuoteApproved>(event)) {
      const auto* quote = TRY(quote_of(approved->quote()));
      if (quote == nullptr || quote->steps.empty()) return {};
      return tell_author(
          *quote, said("Скидка в вашем КП согласована", "The discount of your quote is approved"),
          cause);
    }
    if (const auto* declined = as<v1::ApprovalDeclined>(event)) {
      const auto* quote = TRY(quote_of(declined->quote()));
      if (quote == nullptr) return {};
      return tell_author(
          *quote,
          said("Скидку в вашем КП не согласовали: ", "The discount of your quote is declined: ") +
              declined->comment(),
          cause);
    }
    if (const auto* late = as<v1::ApprovalEscalated>(event)) return tell_above(*late, cause);
    return {};
  }

 private:
  std::string said(std::string_view ru, std::string_view en) const {
    return std::string(in(language_, ru, en));
  }
  Result<const deal::Quote*> quote_of(const std::string& id) {
    const auto* state = TRY(unit_.load<deal::State>(stream_));
    const auto quote = QuoteId::parse(id);
    return quote ? state->quote(*quote) : nullptr;
  }

  Result<std::vector<StreamName>> users_of(std::string_view role, const deal::Quote& quote) {
    std::vector<StreamName> users;
    for (const auto& event :
         TRY(unit_.with_tag(open_tag(std::string(user::kUsersTag)), kUsersAsked))) {
      if (event.stream == quote.author.id) continue;
      const auto* state = TRY(unit_.glance<user::State>(event.stream));
      if (state->active && state->role == role) users.push_back(event.stream);
    }
    return users;
  }

  // Whoever has to decide now; where nobody has that role, the role above.
  Result<void> tell_step(const std::string& id, std::size_t cause) {
    const auto* quote = TRY(quote_of(id));
    const auto waiting = quote != nullptr ? quote->waiting_step() : std::nullopt;
    if (!waiting) return {};
    std::string_view role = quote->steps[*waiting].role;
    auto users = TRY(users_of(role, *quote));
    if (users.empty()) users = TRY(users_of(rules::role_above(role), *quote));
    const auto text = said("Скидка {} % в КП на {} ждёт вашего согласования",
                           "A discount of {} % in a quote for {} waits for your decision");
    tell(users,
         fmt::format(fmt::runtime(text), percent(quote->highest_discount_basis_points),
                     money_text(quote->total, language_)),
         cause);
    return {};
  }

  Result<void> tell_above(const v1::ApprovalEscalated& late, std::size_t cause) {
    const auto* quote = TRY(quote_of(late.quote()));
    if (quote == nullptr) return {};
    const auto text = said("Скидку {} % в КП на {} не согласовали в срок ({})",
                           "A discount of {} % in a quote for {} was not decided in time ({})");
    tell(TRY(users_of(late.to_role(), *quote)),
         fmt::format(fmt::runtime(text), percent(quote->highest_discount_basis_points),
                     money_text(quote->total, language_), late.role()),
         cause);
    return {};
  }

  Result<void> tell_author(const deal::Quote& quote, const std::string& text, std::size_t cause) {
    if (quote.author.kind == "user") tell({quote.author.id}, text, cause);
    return {};
  }

  void tell(const std::vector<StreamName>& users, const std::string& text, std::size_t cause) {
    for (const auto& user : users) {
      v1::NotificationRaised event;
      event.set_user(user);
      event.set_rule(std::string(kDiscountPolicy));
      event.set_pipeline(pipeline());
      event.set_text(text);
      unit_.emit(stream_, {make_event(std::move(event))}, cause);
    }
  }

  std::string pipeline() {
    const auto state = unit_.load<deal::State>(stream_);
    return state ? (*state)->pipeline : std::string();
  }

  Unit& unit_;
  const StreamName stream_;
  const Language language_;
};

}  // namespace

Result<void> tell_about_approvals(Unit& unit, const DealId& deal, std::size_t first) {
  std::optional<Language> language;
  const std::size_t end = unit.emitted().size();
  for (std::size_t i = first; i < end; ++i) {
    const NewEvent event = unit.emitted()[i].event;  // more is emitted behind it
    if (!is_told(event)) continue;
    if (!language) language = TRY(company_language(unit));
    TRY(Telling(unit, deal, *language).about(event, i));
  }
  return {};
}

Result<void> escalate_approval(Unit& unit, const DealId& deal,
                               const deal::EscalateApproval& command) {
  return change_deal(unit, deal, command, unit.language());
}

}  // namespace dealog::use_cases
