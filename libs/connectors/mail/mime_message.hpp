// A raw mail taken apart (RFC 5322, MIME), by GMime.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/fact.hpp"
#include "libs/connectors/mail/mail_headers.hpp"

namespace dealog::connectors::mail {

struct MimeMessage {
  Headers headers;
  // Plain: of alternatives the plain one, else made of the HTML; parts in a row joined; line ends
  // as LF; cut at kMailTextBytes.
  std::string text;
  std::vector<Attachment> attachments;  // with their bytes; also mails within the mail
};

// What is broken in a mail is read as far as it goes: a boundary that never comes, base64 with
// letters missing, charsets that are not what they say.
// Errors: kInvalid "not_a_mail" without a single known header field; kTooLarge "mail_too_deep" |
// "too_many_mail_parts" | "too_many_attachments" | "body_too_large". Thread: any.
Result<MimeMessage> parse_mime(std::string_view bytes);

// Line ends as LF, cut at kMailTextBytes between two characters.
std::string tidy_text(std::string text);
// The last part of a path, without control characters, cut at kMailNameBytes.
std::string tidy_file_name(std::string_view name);

}  // namespace dealog::connectors::mail
