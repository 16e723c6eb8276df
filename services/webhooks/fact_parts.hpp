// What the commands of all facts are made with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/command/use_cases/deals.hpp"
#include "libs/connectors/fact.hpp"
#include "services/webhooks/fact_commands.hpp"

namespace dealog::webhooks {

std::string cut_text(std::string_view text, std::size_t max_bytes);

// Without contacts that nobody can be reached by ("anonymous", an extension).
use_cases::PersonInput person_of(const connectors::Contact& contact, const ConnectedSource& source);

// The lane of what somebody sent: those of one person queue, so that the second finds what the
// first made instead of running into it.
StreamName lane_of(const FactAt& at, const connectors::Contact& person);

// The deal that the fact opens where there is none: pipeline, owner, source, person.
use_cases::OpenDealInput open_deal_input(const FactAt& at, std::string title,
                                         const connectors::Contact& person);

// What names a company of another CRM where it is known by its name alone.
std::string company_thread(const FactAt& at, const std::string& name);

FactCommand lead_command(const FactAt& at, const connectors::LeadFact& lead);
FactCommand payment_command(const FactAt& at, const connectors::PaymentFact& paid);
FactCommand refund_command(const FactAt& at, const connectors::RefundFact& refund);
FactCommand call_command(const FactAt& at, const connectors::CallFact& call);
FactCommand message_command(const FactAt& at, const connectors::MessageFact& message);
FactCommand message_status_command(const FactAt& at, const connectors::MessageStatusFact& status);
FactCommand mail_command(const FactAt& at, const connectors::MailFact& mail);
FactCommand stage_command(const FactAt& at, const connectors::StageFact& stage);
FactCommand fetch_command(const FactAt& at, const connectors::FetchPlan& plan);
FactCommand logged_command(const FactAt& at, const connectors::LoggedFact& logged);
FactCommand task_command(const FactAt& at, const connectors::TaskFact& task);
FactCommand contact_command(const FactAt& at, const connectors::ContactFact& contact);
FactCommand company_command(const FactAt& at, const connectors::ContactFact& card);

}  // namespace dealog::webhooks
