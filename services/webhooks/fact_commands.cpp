#include "services/webhooks/fact_commands.hpp"

#include "services/webhooks/fact_parts.hpp"

namespace dealog::webhooks {
namespace {

using namespace connectors;

// One overload a fact; nothing for what changes nothing.
struct CommandOf {
  const FactAt& at;

  std::optional<FactCommand> operator()(const IgnoreFact&) const { return std::nullopt; }
  std::optional<FactCommand> operator()(const LeadFact& lead) const {
    return lead_command(at, lead);
  }
  std::optional<FactCommand> operator()(const PaymentFact& paid) const {
    if (paid.status != PaymentStatus::kPaid || paid.test) return std::nullopt;
    return payment_command(at, paid);
  }
  std::optional<FactCommand> operator()(const RefundFact& refund) const {
    return refund_command(at, refund);
  }
  std::optional<FactCommand> operator()(const CallFact& call) const {
    return call_command(at, call);
  }
  std::optional<FactCommand> operator()(const MessageFact& message) const {
    return message_command(at, message);
  }
  std::optional<FactCommand> operator()(const MessageStatusFact& status) const {
    return message_status_command(at, status);
  }
  std::optional<FactCommand> operator()(const MailFact& mail) const {
    return mail_command(at, mail);
  }
  std::optional<FactCommand> operator()(const StageFact& stage) const {
    return stage_command(at, stage);
  }
  std::optional<FactCommand> operator()(const LoggedFact& logged) const {
    return logged_command(at, logged);
  }
  std::optional<FactCommand> operator()(const TaskFact& task) const {
    return task_command(at, task);
  }
  std::optional<FactCommand> operator()(const ContactFact& contact) const {
    if (contact.is_company) {
      if (contact.company.empty()) return std::nullopt;
      return company_command(at, contact);
    }
    const Contact& who = contact.person;
    const bool nobody = who.name.empty() && who.phone_raw.empty() && who.email_raw.empty();
    if (nobody) return std::nullopt;
    return contact_command(at, contact);
  }
};

}  // namespace

std::optional<FactCommand> command_for(const FactAt& at) {
  if (at.fact.fetch) return fetch_command(at, *at.fact.fetch);
  return std::visit(CommandOf{at}, at.fact.content);
}

std::string ignore_reason(const Fact& fact) {
  if (const auto* ignored = std::get_if<IgnoreFact>(&fact.content)) {
    return ignored->what == "row" ? "item_left_out" : ignored->reason;
  }
  if (const auto* payment = std::get_if<PaymentFact>(&fact.content)) {
    if (payment->test) return "test_payment";
    return "payment_" + std::string(to_text(payment->status));
  }
  if (std::holds_alternative<ContactFact>(fact.content)) return "card_without_name";
  return "not_a_fact";
}

}  // namespace dealog::webhooks
