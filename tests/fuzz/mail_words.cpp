// Header values and HTML of mails: whatever comes, text comes out, and not more than came in.
#include <cstddef>
#include <cstdint>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/mail/header_words.hpp"
#include "libs/connectors/mail/html_text.hpp"
#include "libs/connectors/mail/mail_date.hpp"
#include "libs/connectors/mail/mail_headers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog;
  using namespace dealog::connectors::mail;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const std::string words = decode_words(input);
  DEALOG_ASSERT(is_valid_utf8(words) && words.find('\n') == words.npos);
  DEALOG_ASSERT(words.size() <= 4 * size);
  for (const auto& mailbox : parse_mailboxes(input)) {
    DEALOG_ASSERT(is_valid_utf8(mailbox.name) && mailbox.address.find('@') != std::string::npos);
  }
  for (const auto& id : message_ids_of(input)) {
    DEALOG_ASSERT(id.front() == '<' && id.back() == '>' && is_valid_utf8(id));
  }
  if (const auto at = parse_mail_date(input, "Europe/Moscow")) DEALOG_ASSERT(at->us >= 0);
  if (is_valid_utf8(input)) {
    const std::string text = html_to_text(input);
    DEALOG_ASSERT(is_valid_utf8(text) && text.size() <= 2 * size);
  }
  (void)html_charset(input);
  (void)is_automatic(Headers::parse(input));
  return 0;
}
