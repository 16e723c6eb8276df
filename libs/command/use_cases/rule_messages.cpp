// What the actions of a rule tell and send.
#include <algorithm>

#include "dealog/v1/rule_events.pb.h"
#include "libs/command/use_cases/documents.hpp"
#include "libs/command/use_cases/effect_texts.hpp"
#include "libs/command/use_cases/rule_acts.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/deal/rule_run.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::use_cases {
namespace {

using rules::ActionKind;

// How long a customer's link in a rule's mail shows the paper.
constexpr std::chrono::hours kLinkOfRule{24 * 90};

}  // namespace

MessageOfRule RuleActs::message_of(const rules::RuleAction& action, std::size_t place) const {
  return {.channel = action.kind == ActionKind::kSendMessage ? effect::Channel::kTelegram
                                                             : effect::Channel::kMail,
          .kind = std::string(rules::action_name(action.kind)),
          .trigger = triggered_.trigger,
          .rule = triggered_.rule,
          .pipeline = triggered_.pipeline,
          .deal = triggered_.deal,
          .title = lasting(action.subject),
          .text = lasting(action.text),
          .place = place};
}

Result<Recipients> RuleActs::recipients_of(const rules::RuleAction& action) {
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  Recipients recipients;
  for (const auto& user : meant(action, state->owner)) recipients.users.push_back(user.user);
  const auto names = [&](std::string_view who) {
    return std::ranges::find(action.codes, who) != action.codes.end();
  };
  const auto* contact = state->contact();
  if (names("customer") && contact != nullptr) recipients.persons.push_back(contact->person);
  if (names("participants")) {
    for (const auto& one : state->participants) recipients.persons.push_back(one.person);
  }
  return recipients;
}

Result<void> RuleActs::send(const rules::RuleAction& action, std::size_t place) {
  const Recipients recipients = TRY(recipients_of(action));
  return plan_messages(unit_, message_of(action, place), recipients, cause_);
}

// What was issued for a quote or invoice: in this very append, or before.
Result<std::optional<v1::DocumentIssued>> RuleActs::issued_paper(const std::string& subject) {
  for (const auto& made : unit_.emitted()) {
    if (made.event.payload->GetDescriptor() != v1::DocumentIssued::descriptor()) continue;
    const auto& issued = static_cast<const v1::DocumentIssued&>(*made.event.payload);
    if (issued.subject() == subject) return issued;
  }
  const auto before = TRY(issued_for(unit_.folds(), subject));
  const auto* issued = before ? before->as<v1::DocumentIssued>() : nullptr;
  if (issued == nullptr) return std::nullopt;
  return *issued;
}

// The customer's link, when the text has a place for it.
Result<std::string> RuleActs::link_for(const rules::RuleAction& action,
                                       const std::string& document) {
  if (lasting(action.text).find("{document.link}") == std::string::npos) return std::string();
  if (staff_.public_url.empty()) {
    return refuse(unit_.language(), ErrorKind::kUnprocessable, "public_url_missing",
                  "в настройках нет server.public_url, адреса для ссылок клиентам",
                  "the settings have no server.public_url, to which links could lead");
  }
  const auto link = TRY(create_link(unit_, document, unit_.now() + kLinkOfRule));
  return staff_.public_url + "/documents/" + link.token;
}

Result<void> RuleActs::send_paper(const rules::RuleAction& action, std::size_t place) {
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  std::string subject;
  if (action.kind == ActionKind::kSendQuote) {
    if (const auto* quote = state->quote_in_force()) subject = quote->id.text();
  } else if (const auto* invoice = deal::invoice_to_send(*state)) {
    subject = invoice->id.text();
  }
  if (subject.empty()) {
    return refuse(unit_.language(), ErrorKind::kUnprocessable, "nothing_to_send",
                  "у сделки нет документа, который правило должно отправить",
                  "the deal has no paper that the rule could send");
  }
  const auto issued = TRY(issued_paper(subject));
  if (!issued) {
    return refuse(unit_.language(), ErrorKind::kUnprocessable, "legal_entity_missing",
                  "документ не выпущен: нет юридического лица, от имени которого продают",
                  "the paper was not issued: there is no legal entity that sells");
  }
  MessageOfRule message = message_of(action, place);
  message.document = issued->document();
  message.document_number = issued->number();
  message.document_link = TRY(link_for(action, message.document));
  const Recipients recipients = TRY(recipients_of(action));
  return plan_messages(unit_, message, recipients, cause_);
}

Result<void> RuleActs::notify_outside(const rules::RuleAction& action, effect::Channel channel,
                                      std::size_t place) {
  MessageOfRule message = message_of(action, place);
  message.channel = channel;
  message.title = lasting(rule_.title) + ": {deal.title}";
  Recipients recipients = TRY(recipients_of(action));
  if (channel == effect::Channel::kTelegram) {
    // Nobody is asked about one who has never written to the bot: he is told in the service.
    message.text = message.title + "\n" + message.text;
    std::vector<UserId> chatting;
    for (const UserId& user : recipients.users) {
      const auto* state = TRY(unit_.glance<user::State>(user.text()));
      if (!state->telegram.empty()) chatting.push_back(user);
    }
    recipients.users = std::move(chatting);
  }
  if (recipients.users.empty()) return {};
  return plan_messages(unit_, message, recipients, cause_);
}

Result<void> RuleActs::notify(const rules::RuleAction& action, std::size_t place) {
  if (action.by_mail) TRY(notify_outside(action, effect::Channel::kMail, place));
  if (action.by_telegram) TRY(notify_outside(action, effect::Channel::kTelegram, place));
  const MessageOfRule message = message_of(action, place);
  MessageFields fields(unit_, message);
  TRY(fields.read());
  const std::string text = fields.fill(message.text, TRY(fields.contact_name()));
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  for (const auto& recipient : meant(action, state->owner)) {
    v1::NotificationRaised event;
    event.set_user(recipient.user.text());
    event.set_rule(triggered_.rule);
    event.set_pipeline(triggered_.pipeline);
    event.set_text(text);
    unit_.emit(stream_, {make_event(std::move(event))}, cause_);
  }
  return {};
}

}  // namespace dealog::use_cases
