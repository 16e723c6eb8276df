#include "services/automation/mail_channel.hpp"

#include <fmt/format.h>

#include "dealog/v1/document_events.pb.h"
#include "libs/base/text.hpp"
#include "libs/command/use_cases/documents.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/domain/person/person.hpp"
#include "libs/domain/user/user.hpp"
#include "services/automation/meeting_invitation.hpp"

namespace dealog::automation {
namespace {

using effect::Ending;
using effect::SettleEffect;

// The address that is one's own is taken before a shared one, as info@.
Result<outbound::Mailbox> mailbox_of(const Folds& folds, const effect::State& state) {
  if (!state.user.empty()) {
    const auto user = TRY(folds.current<user::State>(state.user));
    if (!user->active) return outbound::Mailbox{};
    return outbound::Mailbox{user->email, user->name};
  }
  const auto stream = TRY(use_cases::present_person(folds, state.person));
  const auto person = TRY(folds.current<person::State>(stream));
  outbound::Mailbox found{.address = {}, .name = person->name};
  for (const auto& contact : person->contacts) {
    if (contact.kind != "email") continue;
    if (found.address.empty() || contact.identifies) found.address = contact.value;
    if (contact.identifies) break;
  }
  return found;
}

Result<std::vector<outbound::MailAttachment>> attachments_of(const Folds& folds,
                                                             const effect::State& state,
                                                             const std::string& to) {
  std::vector<outbound::MailAttachment> out;
  if (!state.meeting.empty()) {
    out.push_back({.name = "meeting.ics",
                   .media_type = "text/calendar",
                   .bytes = TRY(meeting_invitation(folds, state.meeting, to, state.planned_at))});
  }
  if (state.document.empty()) return out;
  const auto issued = TRY(use_cases::issued_document(folds, state.document));
  const auto& number = issued.as<v1::DocumentIssued>()->number();
  out.push_back({.name = fmt::format("{}.pdf", number),
                 .media_type = "application/pdf",
                 .bytes = TRY(use_cases::document_pdf(folds, issued))});
  return out;
}

std::string domain_of(const std::string& address) {
  return address.substr(std::min(address.find('@') + 1, address.size()));
}

SettleEffect settled(const outbound::MailAttempt& attempt) {
  using outbound::MailOutcome;
  SettleEffect out{.answer = attempt.reply_code, .reason = {}};
  switch (attempt.outcome) {
    case MailOutcome::kSent:
      out.ending = Ending::kDelivered;
      break;
    case MailOutcome::kRefusedNow:
      out.ending = Ending::kAgain;
      out.reason = fmt::format("refused_for_now_{}", attempt.reply_code);
      break;
    case MailOutcome::kRefused:
      out.ending = Ending::kRefused;
      out.reason = fmt::format("refused_{}", attempt.reply_code);
      break;
    case MailOutcome::kNotSent:
      out.ending = Ending::kAgain;
      out.reason = "server_not_reached";
      break;
    case MailOutcome::kUnknown:
      out.ending = Ending::kUnknown;
      out.reason = "no_answer";
      break;
  }
  return out;
}

// Nothing has left yet. What cannot be read now may be later; what is wrong stays wrong.
SettleEffect not_sent(const Error& error) {
  const bool passing = error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kInternal;
  return {.ending = passing ? Ending::kAgain : Ending::kRefused, .reason = error.code};
}

}  // namespace

Result<void> check(const MailSettings& settings) {
  if (settings.server.host.empty()) return {};
  if (!normalise_email(settings.from.address)) {
    return fail(ErrorKind::kInvalid, "invalid_mail_settings",
                "mail.from is not an address of the form sales@example.com");
  }
  if (!settings.reply_to.empty() && !normalise_email(settings.reply_to)) {
    return fail(ErrorKind::kInvalid, "invalid_mail_settings",
                "mail.reply_to is not an address of the form sales@example.com");
  }
  return {};
}

SettleEffect MailChannel::send(const EffectId& id, const effect::State& state) {
  const auto to = mailbox_of(folds_, state);
  if (!to) return not_sent(to.error());
  if (to->address.empty()) return {.ending = Ending::kRefused, .reason = "no_address"};
  auto attachments = attachments_of(folds_, state, to->address);
  if (!attachments) return not_sent(attachments.error());
  const outbound::MailMessage message{
      .message_id = fmt::format("{}@{}", id.text(), domain_of(settings_.from.address)),
      .date = state.planned_at,
      .from = settings_.from,
      .to = {*to},
      .subject = state.title,
      .text = state.text,
      .attachments = *std::move(attachments),
      .reply_to = settings_.reply_to};
  const auto attempt = outbound::send_mail(settings_.server, message);
  return attempt ? settled(*attempt) : not_sent(attempt.error());
}

}  // namespace dealog::automation
