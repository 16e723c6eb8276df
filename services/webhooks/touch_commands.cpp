// Calls, messages and mails: each finds the deal that it belongs to.
#include <algorithm>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/command/use_cases/calls.hpp"
#include "libs/connectors/mail/bcc_address.hpp"
#include "services/webhooks/fact_parts.hpp"
#include "services/webhooks/kept_bodies.hpp"

namespace dealog::webhooks {
namespace {

using connectors::CallFact;
using connectors::Direction;
using connectors::MailFact;
using connectors::MessageFact;
using use_cases::ArrivedTouch;
using use_cases::OnOpenDeal;

TouchId message_touch(const FactAt& at) {
  return TouchId(Uuid::derived(at.source.id.uuid(), "message:" + at.fact.external_id));
}

// Only what comes in opens a deal, and only where newcomers do.
OnOpenDeal on_open_deal(const FactAt& at, Direction direction) {
  const bool opens = direction == Direction::kIn && at.arrivals().newcomers_open_deals;
  return opens ? OnOpenDeal::kTouch : OnOpenDeal::kTouchOnly;
}

void add_thread(std::vector<std::string>& threads, const FactAt& at, std::string_view kind,
                std::string_view text) {
  if (!text.empty()) threads.push_back(at.own(kind, text));
}

// What came along: here already, or still to be asked for.
struct Enclosed {
  std::vector<use_cases::KeptBody> kept = {};
  std::shared_ptr<Attachments> stored = {};
};

// Its files go to the deal where the touch is recorded.
FactCommand place(std::string name, StreamName lane, ArrivedTouch arrived, Enclosed enclosed = {}) {
  return {
      std::move(name), std::move(lane),
      [arrived = std::move(arrived), enclosed = std::move(enclosed)](Unit& unit) -> Result<void> {
        if (enclosed.stored) enclosed.stored->attached.clear();
        const auto placed = TRY(use_cases::place_touch(unit, arrived));
        if (placed.deal.is_nil() || placed.known) return {};
        const TouchId touch = arrived.open.touch->id;
        if (enclosed.stored) {
          enclosed.stored->attached = TRY(use_cases::attach_arrived(
              unit, placed.deal, touch, placed.person, enclosed.stored->commands));
        }
        return use_cases::request_files(unit, placed.deal, touch, placed.person, enclosed.kept);
      }};
}

std::string words_of(const MessageFact& message) {
  std::string words = message.text;
  const auto line = [&words](std::string_view text) {
    words += words.empty() ? "" : "\n";
    words += text;
  };
  for (const auto& file : message.attachments) {
    line(fmt::format("[{}{}{}]", file.kind.empty() ? "file" : file.kind,
                     file.name.empty() ? "" : ": ", file.name));
  }
  for (const auto& [name, value] : message.referral) line(name + ": " + value);
  return cut_text(words, limits::kNoteBytes);
}

std::string words_of(const MailFact& mail) {
  std::string words = mail.subject + "\n\n" + mail.text;
  for (const auto& file : mail.attachments) words += fmt::format("\n[file: {}]", file.name);
  return cut_text(words, limits::kNoteBytes);
}

bool is_ours(const FactAt& at, std::string_view address) {
  if (!connectors::mail::bcc_token_of(address).empty()) return true;
  return std::ranges::any_of(at.arrivals().our_addresses, [&](const std::string& ours) {
    return ours.starts_with('@') ? address.ends_with(ours) : address == ours;
  });
}

// A mail that one of us has written went out, whichever way it came here; whom it is with is the
// first of the others.
MailFact seen_from_us(const FactAt& at, MailFact mail) {
  const bool ours = at.sender || is_ours(at, mail.person.email);
  if (mail.direction == Direction::kOut || !ours) return mail;
  const std::string writer = mail.person.email;
  mail.direction = Direction::kOut;
  mail.person = {};
  for (const auto* list : {&mail.to, &mail.cc}) {
    for (const auto& address : *list) {
      if (!mail.person.email.empty() || address == writer || is_ours(at, address)) continue;
      mail.person.email = mail.person.email_raw = address;
    }
  }
  return mail;
}

}  // namespace

FactCommand call_command(const FactAt& at, const CallFact& call) {
  use_cases::CallInput input;
  input.call = CallId(Uuid::derived(at.source.id.uuid(), "call:" + at.fact.external_id));
  input.report = {.source = at.source.id.text(),
                  .state = std::string(to_text(state_of_call(call))),
                  .direction = std::string(to_text(call.direction)),
                  .answered = call.answered,
                  .duration_s = call.duration_s,
                  .talk_s = call.talk_s,
                  .at = at.occurred().at,
                  .sequence = at.fact.sequence ? at.fact.sequence->number : 0,
                  .recording_url = call.recording_url};
  if (const auto agent = at.user(call.agent)) input.report.agent = agent->text();
  input.open = open_deal_input(at, "Звонок", call.person);
  input.recordings = kept_recordings(at, call);
  // Whether it came in is known when its reports are joined.
  input.open.on_open_deal = on_open_deal(at, Direction::kIn);
  if (!call.person.phone_mobile) add_thread(input.threads, at, "phone", call.person.phone);
  if (at.arrivals().call_back_minutes > 0) {
    input.call_back_within = std::chrono::minutes(at.arrivals().call_back_minutes);
  }
  const StreamName lane = input.call.text();
  return {"report_call", lane, [input = std::move(input)](Unit& unit) -> Result<void> {
            TRY(use_cases::report_call(unit, input));
            return {};
          }};
}

FactCommand message_command(const FactAt& at, const MessageFact& message) {
  const StreamName lane = at.own("chat", message.thread);
  if (message.edited) {
    const use_cases::MessageNews news{.touch = message_touch(at), .said = words_of(message)};
    return {"amend_message", lane, [news](Unit& unit) -> Result<void> {
              TRY(use_cases::amend_message(unit, news));
              return {};
            }};
  }
  const bool in = message.direction == Direction::kIn;
  ArrivedTouch arrived{.open =
                           open_deal_input(at, "Сообщение: " + message.channel, message.person)};
  arrived.open.on_open_deal = on_open_deal(at, message.direction);
  arrived.open.touch = deal::RecordTouch{.kind = "message",
                                         .direction = in ? "in" : "out",
                                         .outcome = in ? "received" : "sent",
                                         .said = words_of(message),
                                         .id = message_touch(at),
                                         .occurred = at.occurred()};
  add_thread(arrived.threads, at, "chat", message.thread);
  add_thread(arrived.threads, at, "contact", message.person.id("external_contact"));
  add_thread(arrived.answers, at, "deal", message.lead);
  return place("accept_message", lane, std::move(arrived),
               {.kept = kept_attachments(at, message.attachments)});
}

FactCommand message_status_command(const FactAt& at, const connectors::MessageStatusFact& status) {
  // Read is more than delivered, and says nothing more to anybody's next step.
  const std::string outcome = status.status == "read" ? "delivered" : status.status;
  const use_cases::MessageNews news{.touch = message_touch(at), .outcome = outcome};
  ArrivedTouch arrived{.open = open_deal_input(at, "", status.person)};
  arrived.open.on_open_deal = OnOpenDeal::kTouchOnly;
  arrived.open.touch = deal::RecordTouch{.kind = "message",
                                         .direction = "out",
                                         .outcome = outcome,
                                         .id = news.touch,
                                         .occurred = at.occurred()};
  return {"amend_message", at.own("message", at.fact.external_id),
          [news, arrived](Unit& unit) -> Result<void> {
            // Sent from elsewhere: all that is known is what became of it.
            if (!TRY(use_cases::amend_message(unit, news))) {
              TRY(use_cases::place_touch(unit, arrived));
            }
            return {};
          }};
}

FactCommand mail_command(const FactAt& at, const MailFact& told) {
  const MailFact mail = seen_from_us(at, told);
  const bool in = mail.direction != Direction::kOut;
  ArrivedTouch arrived{.open = open_deal_input(at, "Письмо", mail.person)};
  arrived.open.on_open_deal =
      mail.automatic ? OnOpenDeal::kTouchOnly : on_open_deal(at, mail.direction);
  arrived.open.touch = deal::RecordTouch{.kind = "email",
                                         .direction = in ? "in" : "out",
                                         .outcome = in ? "received" : "sent",
                                         .said = words_of(mail),
                                         .id = mail_touch(at.fact.external_id),
                                         .occurred = at.occurred()};
  // Threads of mail go through all mailboxes.
  arrived.threads.push_back("mail:" + at.fact.external_id);
  if (!mail.in_reply_to.empty()) arrived.answers.push_back("mail:" + mail.in_reply_to);
  const auto refer =
      mail.references.size() > 20 ? mail.references.end() - 20 : mail.references.begin();
  for (auto one = refer; one != mail.references.end(); ++one)
    arrived.answers.push_back("mail:" + *one);
  return place("accept_mail", lane_of(at, mail.person), std::move(arrived),
               {.kept = kept_attachments(at, mail.attachments), .stored = at.attachments});
}

}  // namespace dealog::webhooks
