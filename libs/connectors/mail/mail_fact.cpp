#include "libs/connectors/mail/mail_fact.hpp"

#include <algorithm>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/mail/bcc_address.hpp"
#include "libs/connectors/mail/header_words.hpp"
#include "libs/connectors/mail/mail_date.hpp"
#include "libs/connectors/mail/mime_message.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::mail {
namespace {

// Whoever wrote it, or, where a broken program wrote no From, whoever sent it.
Contact writer_of(const Headers& headers, const SourceSettings& settings) {
  for (const auto* name : {"From", "Sender", "Reply-To", "Return-Path", "X-Envelope-From"}) {
    const auto mailboxes = parse_mailboxes(headers.get(name));
    if (!mailboxes.empty()) return person_of(mailboxes.front(), settings);
  }
  return {};
}

}  // namespace

std::string content_id_of(std::string_view bytes) { return "sha256:" + to_hex(sha256(bytes)); }

Contact person_of(const Mailbox& mailbox, const SourceSettings& settings) {
  return make_contact(mailbox.name, "", mailbox.address, settings.country);
}

Fact mail_fact(MailFact mail, const Headers& headers, const std::string& fallback_id,
               const SourceSettings& settings) {
  if (mail.person.empty()) mail.person = writer_of(headers, settings);
  if (mail.to.empty()) mail.to = addresses_of(headers.get("To"));
  if (mail.cc.empty()) mail.cc = addresses_of(headers.get("Cc"));
  // Whose mail it is must be seen, though no list of recipients shows it.
  for (auto& address : bcc_addresses_of(headers)) {
    const auto named = [&](const auto& list) {
      return std::ranges::find(list, address) != list.end();
    };
    if (!named(mail.to) && !named(mail.cc)) mail.cc.push_back(std::move(address));
  }
  if (mail.subject.empty()) mail.subject = decode_words(headers.get("Subject"));
  mail.subject = utf8_prefix(mail.subject, limits::kTitleBytes);
  mail.in_reply_to = message_id_of(headers.get("In-Reply-To"));
  mail.references = message_ids_of(headers.get("References"));
  mail.automatic = mail.automatic || is_automatic(headers);
  std::string id = message_id_of(headers.get("Message-ID"));
  if (id.empty()) id = fallback_id;
  const auto at = parse_mail_date(headers.get("Date"), settings.time_zone);
  return Fact{delivery_key("email", id), id, at, {}, std::move(mail)};
}

Result<Fact> fact_of_raw(std::string_view bytes, const std::string& fallback_id,
                         const SourceSettings& settings) {
  MimeMessage message = TRY(parse_mime(bytes));
  MailFact mail;
  mail.text = std::move(message.text);
  mail.attachments = std::move(message.attachments);
  return mail_fact(std::move(mail), message.headers, fallback_id, settings);
}

}  // namespace dealog::connectors::mail
