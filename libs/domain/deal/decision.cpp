#include "libs/domain/deal/decision.hpp"

#include <fmt/format.h>

#include "libs/base/assert.hpp"

namespace dealog::deal {

std::string InvoiceNumber::text() const { return fmt::format("{:04}-{}{}", year, series, number); }

Tag InvoiceNumber::tag() const {
  return open_tag(fmt::format("invoices:{:04}{}{}", year, series.empty() ? "" : ":", series));
}

std::size_t Decision::add_event(NewEvent event) {
  if (!after_) after_ = before_;
  evolve(*after_, event, context_);
  events_.push_back(std::move(event));
  return events_.size() - 1;
}

Result<InvoiceNumber> Decision::next_invoice_number() {
  if (last_number_) {
    ++last_number_->number;
  } else {
    DEALOG_ASSERT(context_.next_invoice);
    last_number_ = TRY(context_.next_invoice());
  }
  return *last_number_;
}

std::unexpected<Error> refuse(const Context& context, ErrorKind kind, std::string code,
                              std::string_view ru, std::string_view en) {
  return fail(kind, std::move(code),
              std::string(context.language == rules::Language::kRu ? ru : en));
}

std::unexpected<Error> too_many(const Context& context, std::string_view what, std::size_t limit) {
  return refuse(context, ErrorKind::kTooLarge, fmt::format("too_many_{}", what),
                fmt::format("у одной сделки не больше {} ({})", limit, what),
                fmt::format("one deal has at most {} {}", limit, what));
}

Result<> require_exists(const State& state, const Context& context) {
  DEALOG_ASSERT(context.regulation && context.ids);
  if (state.exists()) return {};
  return refuse(context, ErrorKind::kNotFound, "deal_not_found", "такой сделки нет",
                "there is no such deal");
}

Result<> require_open(const State& state, const Context& context) {
  TRY(require_exists(state, context));
  if (state.is_open()) return {};
  const std::string_view outcome = outcome_name(state.outcome);
  return refuse(context, ErrorKind::kConflict, "deal_closed",
                fmt::format("сделка закрыта ({}); сначала откройте её снова", outcome),
                fmt::format("the deal is {}; reopen it first", outcome));
}

Result<> require_right(bool granted, std::string_view right, const Context& context) {
  if (granted) return {};
  return refuse(context, ErrorKind::kForbidden, "right_missing",
                fmt::format("для этого нужно право {}", right),
                fmt::format("this needs the right {}", right));
}

std::string actor_role(const Context& context) {
  if (context.actor.kind != "user" || !context.role_of) return {};
  const auto user = UserId::parse(context.actor.id);
  return user ? context.role_of(*user) : std::string();
}

std::vector<Tag> participant_tags(const State& state) {
  std::vector<Tag> tags;
  for (const Participant& participant : state.participants) {
    tags.push_back(deals_of(participant.person));
  }
  return tags;
}

}  // namespace dealog::deal
