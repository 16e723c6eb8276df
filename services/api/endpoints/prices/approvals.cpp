// GET /v1/approvals: discounts that wait for somebody's decision
#include <map>

#include "libs/domain/deal/state.hpp"
#include "libs/domain/user/user.hpp"
#include "libs/rules/discount_policy.hpp"
#include "projections/deals/approvals_view.hpp"
#include "services/api/endpoints/prices.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"

namespace dealog::api {
namespace {

// Whoever asks, as approvals know him.
struct Approver {
  Actor actor;
  std::string role;
  bool may_override = false;

  bool may_decide(const views::WaitingApproval& waiting, const Actor& author) const {
    if (author == actor) return false;  // nobody approves his own
    if (waiting.role.empty()) return may_override;
    return rules::rank_of(role) >= rules::rank_of(waiting.role);
  }
};

json::object render_waiting(const views::WaitingApproval& waiting, const Actor& author,
                            const Approver& approver) {
  return {{"quote", waiting.quote},
          {"deal", waiting.deal},
          {"revision", waiting.revision},
          {"author", author.kind == "user" ? json::value(author.id) : json::value(nullptr)},
          {"total", render(waiting.total)},
          {"discount_percent", decimal_text(waiting.discount_basis_points, 2)},
          {"below_floor", waiting.below_floor},
          {"step", waiting.step},
          {"steps", waiting.steps},
          {"role", or_null(waiting.role)},
          {"asked_at", render(waiting.asked_at)},
          {"due_at", render(waiting.due_at)},
          {"overdue", waiting.overdue},
          {"escalated", waiting.escalated},
          {"mine", approver.may_decide(waiting, author)}};
}

// Its author, when the deal still waits for it: one that was closed does not.
Result<std::optional<Actor>> author_of(const Folds& folds, const views::WaitingApproval& waiting) {
  const auto state = TRY(folds.current<deal::State>(waiting.deal));
  const auto id = QuoteId::parse(waiting.quote);
  const auto* quote = id && state->is_open() ? state->quote(*id) : nullptr;
  if (quote == nullptr || !quote->in_force() || quote->revision != waiting.revision) {
    return std::nullopt;
  }
  return quote->author;
}

}  // namespace

Answer list_approvals(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const PageRequest page = page_of(in);
  const bool all = in.flag("all");
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const Folds& folds = api.bus.folds();
    const auto user = TRY(folds.current<user::State>(session.principal.user.text()));
    const Approver approver{session.principal.actor(), user->role,
                            session.has(user::Right::kOverride)};
    std::map<std::string, Actor> authors;  // of quotes
    const auto keep = [&](const views::WaitingApproval& waiting) -> Result<bool> {
      auto author = TRY(author_of(folds, waiting));
      if (!author || (!all && !approver.may_decide(waiting, *author))) return false;
      authors.insert_or_assign(waiting.quote, *std::move(author));
      return true;
    };
    const auto found = TRY(views::ApprovalsView(rows.context()).waiting(page, keep));
    json::array items;
    for (const auto& waiting : found.items) {
      items.push_back(render_waiting(waiting, authors.at(waiting.quote), approver));
    }
    return http::Response::json(
        200, json::value(json::object{
                 {"items", std::move(items)},
                 {"next_cursor", found.next_cursor ? json::value(json::string(*found.next_cursor))
                                                   : json::value(nullptr)}}));
  });
}

}  // namespace dealog::api
