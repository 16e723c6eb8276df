// Touches that arrive by themselves: calls, messages, mails. Several deliveries tell about one call
// or message; facts with the same external_id are joined into one touch, in any order of arrival.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/connectors/who.hpp"

namespace dealog::connectors {

enum class Direction { kUnknown, kIn, kOut, kInternal };
// "in", "out", "internal"; "" when unknown.
std::string_view to_text(Direction direction);

// kRinging: it reached an extension. kRecording: nothing new but where the recording is.
enum class CallState { kStarted, kRinging, kAnswered, kFinished, kRecording };
std::string_view to_text(CallState state);

// One report about a call; Fact::external_id is the call's. What a report does not say stays empty
// and is known from the others.
struct CallFact {
  CallState state = CallState::kStarted;
  Direction direction = Direction::kUnknown;
  std::optional<bool> answered;             // somebody talked: known at the end at the latest
  std::optional<std::uint32_t> duration_s;  // from the first ring
  std::optional<std::uint32_t> talk_s;
  std::string agent;          // extension or number of our side
  std::string line;           // our number that was called or shown, E.164 where it is one
  Contact person;             // the other side
  std::string leg;            // the provider's id of one leg, where a call has several
  std::string recording_id;   // to be asked for
  std::string recording_url;  // https, playable as it is
  std::string reason;         // why it ended, in the provider's code
  bool operator==(const CallFact&) const = default;
};

// How far the call itself is by this report. The end of a leg is not the end of the call: another
// phone may ring on, and only the exchange's own end says that nobody answered.
CallState state_of_call(const CallFact& call);

struct Attachment {
  std::string id;    // of the provider, to be asked for; empty when the bytes are here
  std::string kind;  // "photo", "voice", "document"; of mails empty
  std::string name;
  std::string content_type;
  std::uint64_t size = 0;
  std::string bytes = {};       // decoded; of mails
  std::string content_id = {};  // of an inline picture
  bool operator==(const Attachment&) const = default;
};

// Fact::external_id is the message's, unique in the source.
struct MessageFact {
  std::string channel;  // "telegram", "whatsapp", "sms" …
  Direction direction = Direction::kIn;
  Contact person;            // the other side
  std::string text;          // or the caption
  std::string thread;        // the chat's id
  std::string reply_to;      // external id of the message that is answered
  std::string lead;          // of the other CRM's deal, where it names one
  NamedTexts referral = {};  // the advertisement that the chat came from
  std::vector<Attachment> attachments = {};
  bool edited = false;  // the text replaces what was told before
  bool operator==(const MessageFact&) const = default;
};

// What became of a message that was sent; Fact::external_id is the message's.
struct MessageStatusFact {
  std::string channel;
  std::string status;  // "sent", "delivered", "read", "failed"
  Contact person;      // to whom
  std::string reason;  // why it failed
  bool operator==(const MessageStatusFact&) const = default;
};

// Fact::external_id is the Message-ID with its brackets, or "sha256:…" of a mail without one.
struct MailFact {
  Direction direction = Direction::kIn;
  Contact person;               // who wrote it (in), the first recipient (out)
  std::vector<std::string> to;  // addresses in lower case
  std::vector<std::string> cc = {};
  std::string subject;
  std::string text;         // plain; made of the HTML when there is no other
  std::string in_reply_to;  // Message-ID with brackets
  std::vector<std::string> references = {};
  std::vector<Attachment> attachments = {};
  std::string provider_message_id;
  bool automatic = false;  // out of office, bounces, lists: Auto-Submitted, Precedence, List-Id
  bool operator==(const MailFact&) const = default;
};

}  // namespace dealog::connectors
