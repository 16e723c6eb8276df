#include "libs/domain/deal/rule_occasions.hpp"

#include <algorithm>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/domain/deal/vocabulary.hpp"
#include "libs/rules/open_fields.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::deal {
namespace {

using rules::TriggerKind;
using Occasions = std::vector<Occasion>;

struct Around {
  const State& before;
  const State& after;
};

void entered(const std::string& stage, const Around& around, Occasions& out) {
  const auto visit = around.after.visit();
  out.push_back({.kind = TriggerKind::kStageEntered, .code = stage, .visit = visit});
  const auto& visits = around.before.visits;
  if (std::ranges::find(visits, stage, &Visit::stage) == visits.end()) return;
  out.push_back({.kind = TriggerKind::kStageReentered, .code = stage, .visit = visit});
}

void tell(const v1::DealOpened& m, const Around& around, Occasions& out) {
  out.push_back({.kind = TriggerKind::kDealOpened, .visit = 1});
  entered(m.stage(), around, out);
}

void tell(const v1::DealStageChanged& m, const Around& around, Occasions& out) {
  out.push_back(
      {.kind = TriggerKind::kStageLeft, .code = m.from(), .visit = around.before.visit()});
  entered(m.to(), around, out);
}

void tell(const v1::DealReopened& m, const Around& around, Occasions& out) {
  out.push_back({.kind = TriggerKind::kDealReopened, .visit = around.after.visit()});
  entered(m.stage(), around, out);
}

void tell(const v1::DealWon& m, const Around& around, Occasions& out) {
  if (m.origin().empty())
    out.push_back({.kind = TriggerKind::kDealWon, .visit = around.after.visit()});
}

void tell(const v1::DealLost& m, const Around& around, Occasions& out) {
  if (m.origin().empty())
    out.push_back({.kind = TriggerKind::kDealLost, .visit = around.after.visit()});
}

using Value = std::optional<rules::FieldValue>;

Value text_of(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value amount_of(const State& state) {
  return state.amount.currency.empty() ? Value() : Value(state.amount);
}
Value date_of(const State& state) {
  return state.expected_close ? Value(*state.expected_close) : Value();
}
template <class Id>
Value id_of(const Id& id) {
  return id.is_nil() ? Value() : Value(id.text());
}

class StandingOpenly final : public rules::OpenFields {
 public:
  explicit StandingOpenly(const State& state) : state_(state) {}
  bool knows(std::string_view path) const override {
    return std::ranges::find(kOpen, path) != std::end(kOpen);
  }
  Value field(std::string_view path) const override {
    if (path == "amount") return amount_of(state_);
    if (path == "expected_close_date") return date_of(state_);
    if (path == "owner") return id_of(state_.owner);
    if (path == "work_type") return text_of(state_.work_type);
    if (path == "source") return text_of(state_.source);
    return id_of(state_.company);
  }

 private:
  static constexpr std::string_view kOpen[] = {
      "amount", "expected_close_date", "owner", "work_type", "source", "company"};
  const State& state_;
};

void changed(std::string field, Value from, Value to, const Around& around, Occasions& out) {
  if (from == to) return;
  out.push_back({.kind = TriggerKind::kFieldChanged,
                 .code = field,
                 .from = std::move(from),
                 .to = std::move(to),
                 .about = field,
                 .visit = around.after.visit()});
}

// What it was and is, nobody but the deal's own may know.
void changed_sealed(const std::string& field, const Around& around, Occasions& out) {
  out.push_back({.kind = TriggerKind::kFieldChanged,
                 .code = field,
                 .about = field,
                 .visit = around.after.visit()});
}

void tell(const v1::DealDetailsChanged& m, const Around& around, Occasions& out) {
  const State& before = around.before;
  const State& after = around.after;
  changed("amount", amount_of(before), amount_of(after), around, out);
  changed("work_type", text_of(before.work_type), text_of(after.work_type), around, out);
  changed("source", text_of(before.source), text_of(after.source), around, out);
  changed("expected_close_date", date_of(before), date_of(after), around, out);
  if (m.title_changed()) changed_sealed("title", around, out);
  for (const auto& code : m.custom_codes()) changed_sealed("custom." + code, around, out);
}

void tell(const v1::DealOwnerAssigned&, const Around& around, Occasions& out) {
  changed("owner", id_of(around.before.owner), id_of(around.after.owner), around, out);
}

void tell(const v1::DealCompanyLinked&, const Around& around, Occasions& out) {
  changed("company", id_of(around.before.company), id_of(around.after.company), around, out);
}

void tell(const v1::TaskCompleted& m, const Around& around, Occasions& out) {
  const auto id = TaskId::parse(m.task());
  const OpenTask* task = id ? around.before.open_task(*id) : nullptr;
  if (task == nullptr) return;
  out.push_back({.kind = TriggerKind::kTaskCompleted,
                 .code = task->kind,
                 .about = m.task(),
                 .visit = around.after.visit()});
}

template <class Event>
void quote(const Event& m, std::string_view state, const Around& around, Occasions& out) {
  out.push_back({.kind = TriggerKind::kQuote,
                 .state = std::string(state),
                 .about = m.quote(),
                 .visit = around.after.visit()});
}
void tell(const v1::QuoteDrafted& m, const Around& around, Occasions& out) {
  quote(m, "drafted", around, out);
}
void tell(const v1::QuoteRevised& m, const Around& around, Occasions& out) {
  quote(m, "revised", around, out);
}
void tell(const v1::QuoteSubmitted& m, const Around& around, Occasions& out) {
  quote(m, "submitted", around, out);
}
void tell(const v1::QuoteApproved& m, const Around& around, Occasions& out) {
  quote(m, "approved", around, out);
}
void tell(const v1::QuoteSent& m, const Around& around, Occasions& out) {
  quote(m, "sent", around, out);
}
void tell(const v1::QuoteAccepted& m, const Around& around, Occasions& out) {
  quote(m, "accepted", around, out);
}
void tell(const v1::QuoteRejected& m, const Around& around, Occasions& out) {
  quote(m, "rejected", around, out);
}

// By the customer's link; other papers are looked at as well.
void tell(const v1::DocumentViewed& m, const Around& around, Occasions& out) {
  if (m.kind() != "quote") return;
  out.push_back({.kind = TriggerKind::kQuote,
                 .state = "viewed",
                 .about = m.subject(),
                 .visit = around.after.visit()});
}

template <class Event>
void invoice(const Event& m, std::string_view state, const Around& around, Occasions& out) {
  const auto id = InvoiceId::parse(m.invoice());
  const Invoice* known = id ? around.after.invoice(*id) : nullptr;
  if (known == nullptr) return;
  out.push_back({.kind = TriggerKind::kInvoice,
                 .code = std::string(word_at(rules::invoice_kinds(), known->kind)),
                 .state = std::string(state),
                 .about = m.invoice(),
                 .visit = around.after.visit()});
}
void tell(const v1::InvoiceIssued& m, const Around& around, Occasions& out) {
  invoice(m, "issued", around, out);
}
void tell(const v1::InvoiceSent& m, const Around& around, Occasions& out) {
  invoice(m, "sent", around, out);
}
void tell(const v1::InvoiceVoided& m, const Around& around, Occasions& out) {
  invoice(m, "voided", around, out);
}

void tell(const v1::PaymentAllocated& m, const Around& around, Occasions& out) {
  out.push_back({.kind = TriggerKind::kPayment,
                 .state = "received",
                 .about = m.payment(),
                 .visit = around.after.visit()});
}

void tell(const v1::PaymentUnmatched& m, const Around& around, Occasions& out) {
  out.push_back({.kind = TriggerKind::kPayment,
                 .state = "unmatched",
                 .about = m.payment(),
                 .visit = around.after.visit()});
}

void tell(const v1::SignalReceived& m, const Around& around, Occasions& out) {
  out.push_back({.kind = TriggerKind::kSignal, .code = m.signal(), .visit = around.after.visit()});
}

// Calls `use` with the event as what it is, when it is one of those that are told.
template <class Use>
bool with_event(const google::protobuf::Message& event, const Use& use) {
  return [&]<class... Events>(std::type_identity<std::tuple<Events...>>) {
    const auto is_it = [&]<class Event>(std::type_identity<Event>) {
      if (event.GetDescriptor() != Event::descriptor()) return false;
      use(static_cast<const Event&>(event));
      return true;
    };
    return (is_it(std::type_identity<Events>()) || ...);
  }(std::type_identity<std::tuple<
             v1::DealOpened, v1::DealStageChanged, v1::DealReopened, v1::DealWon, v1::DealLost,
             v1::DealDetailsChanged, v1::DealOwnerAssigned, v1::DealCompanyLinked,
             v1::TaskCompleted, v1::QuoteDrafted, v1::QuoteRevised, v1::QuoteSubmitted,
             v1::QuoteApproved, v1::QuoteSent, v1::QuoteAccepted, v1::QuoteRejected,
             v1::InvoiceIssued, v1::InvoiceSent, v1::InvoiceVoided, v1::PaymentAllocated,
             v1::DocumentViewed, v1::PaymentUnmatched, v1::SignalReceived>>());
}

}  // namespace

bool Occasion::is_meant_by(const rules::RuleTrigger& trigger) const {
  return trigger.kind == kind && rules::matches(trigger, {.code = code,
                                                          .state = state,
                                                          .from = from ? &*from : nullptr,
                                                          .to = to ? &*to : nullptr});
}

bool may_be_occasion(const google::protobuf::Message& event) {
  return with_event(event, [](const auto&) {});
}

std::vector<Occasion> occasions_of(const google::protobuf::Message& event, const State& before,
                                   const State& after) {
  Occasions out;
  const Around around{before, after};
  with_event(event, [&](const auto& m) { tell(m, around, out); });
  return out;
}

bool may_act(const rules::Rule& rule, const State& state) {
  const StandingOpenly fields(state);
  return std::ranges::none_of(
      rule.conditions, [&](const rules::Criterion& c) { return rules::surely_fails(c, fields); });
}

}  // namespace dealog::deal
