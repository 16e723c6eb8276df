// A mail as it goes over the wire: RFC 5322 and MIME, built by GMime. Thread: any.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::outbound {

// With attachments in base64: what servers commonly take is 25 MB and more.
inline constexpr std::size_t kMailBytes = 20 << 20;
inline constexpr std::size_t kMailRecipients = 50;

struct Mailbox {
  std::string address;  // local@domain.tld
  std::string name = {};
};

struct MailAttachment {
  std::string name;        // as the receiver sees it: "Счёт 2026-17.pdf"
  std::string media_type;  // "application/pdf"
  std::string bytes;
};

struct MailMessage {
  // "<…@domain>" without the brackets. The same mail sent again has the same one, so that whoever
  // gets it twice can tell.
  std::string message_id;
  Timestamp date;
  Mailbox from;
  std::vector<Mailbox> to;
  std::string subject;
  std::string text;
  std::vector<MailAttachment> attachments = {};
  std::string reply_to = {};     // an address
  std::string in_reply_to = {};  // a message id, without brackets
};

// The whole message, lines ended by CR LF. The same message gives the same bytes. Errors: kInvalid
// "invalid_mail" for an address, id or media type that is none, or nobody to send to; kTooLarge
// "mail_too_large".
Result<std::string> mail_bytes(const MailMessage& message);

}  // namespace dealog::outbound
