#include "libs/domain/deal/rule_papers.hpp"

#include "libs/domain/deal/rule_run.hpp"
#include "libs/domain/deal/vocabulary.hpp"
#include "libs/rules/message_text.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::deal {

DraftQuote draft_of(const rules::RuleAction& action, const State& state,
                    std::optional<Date> valid_until) {
  DraftQuote draft;
  for (const rules::QuoteLine& line : action.lines) {
    LineInput input{.title = rules::fill_in(line.title.ru.empty() ? line.title.en : line.title.ru,
                                            [&](std::string_view field) {
                                              return field == "deal.title" ? state.title : "";
                                            }),
                    .quantity_thousandths = line.quantity_thousandths,
                    .unit_price = line.price.value_or(Money{}),
                    .discount_basis_points = line.discount_basis_points,
                    .product = line.product};
    if (!line.price && line.product.empty()) input.unit_price = state.amount;
    draft.contents.lines.push_back(std::move(input));
  }
  if (action.share_basis_points >= 0) {
    draft.contents.prepayment_basis_points = action.share_basis_points;
  }
  draft.contents.valid_until = valid_until;
  return draft;
}

IssueInvoice invoice_of(const rules::RuleAction& action, const State& state, const Context& context,
                        std::optional<Date> due) {
  return {
      .kind = action.code, .amount = amount_to_invoice(action, state, context), .due_date = due};
}

Money amount_to_invoice(const rules::RuleAction& action, const State& state,
                        const Context& context) {
  const auto without = [&](Money money, std::string_view kind) {
    for (const Invoice& invoice : state.invoices) {
      const bool counts = kind.empty() || word_at(rules::invoice_kinds(), invoice.kind) == kind;
      if (invoice.live() && counts) money.minor -= invoice.amount.minor;
    }
    return money;
  };
  const Money open = without(state.agreed(), "");
  if (action.share_basis_points >= 0) {
    const Money share = share_of(state.agreed(), action.share_basis_points);
    return share.minor < open.minor ? share : open;
  }
  if (action.code != "prepayment") return open;
  return without(state.required_prepayment(*context.regulation), "prepayment");
}

}  // namespace dealog::deal
