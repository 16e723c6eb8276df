#include "libs/connectors/imap/imap.hpp"

#include <algorithm>

#include "libs/base/text.hpp"
#include "libs/connectors/imap/oauth.hpp"
#include "libs/connectors/mail/mail_fact.hpp"
#include "libs/connectors/mail/mail_headers.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::imap {
namespace {

using mail::Headers;

bool is_ours(std::string_view address, const SourceSettings& settings) {
  return std::ranges::any_of(settings.arrivals.our_addresses, [&](const std::string& ours) {
    return ours.starts_with('@') ? address.ends_with(ours) : address == ours;
  });
}

// Whom a mail that we have written is for: the first who is none of us.
Contact recipient_of(const Headers& headers, const SourceSettings& settings) {
  for (const auto* name : {"To", "Cc", "Bcc"}) {
    for (const auto& mailbox : mail::parse_mailboxes(headers.get(name))) {
      if (!is_ours(mailbox.address, settings)) return mail::person_of(mailbox, settings);
    }
  }
  return {};
}

class Imap final : public Provider {
 public:
  std::string_view name() const override { return "imap"; }
  std::uint32_t decoder_version() const override { return 1; }
  bool reads_mailbox() const override { return true; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    return {Reception::Kind::kStore, delivery_key_of(delivery.body)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    Fact fact = TRY(mail::fact_of_raw(delivery.body, mail::content_id_of(delivery.body), settings));
    if (delivery.suffix != kSent) return std::vector{std::move(fact)};
    auto& content = std::get<MailFact>(fact.content);
    content.direction = Direction::kOut;
    content.person = recipient_of(Headers::parse(delivery.body), settings);
    if (content.person.empty()) return ignored("mail_among_ourselves");
    return std::vector{std::move(fact)};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    std::vector<FieldError> errors = Provider::complete_settings(settings);
    if (!settings.mailbox) {
      errors.push_back({"/settings/mailbox", "required", "the server and the user of the mailbox"});
      return errors;
    }
    const MailboxSettings& mailbox = *settings.mailbox;
    const auto address = normalise_email(mailbox.user);
    if (address && !is_ours(*address, settings)) {
      settings.arrivals.our_addresses.push_back(*address);
    }
    if (mailbox.login == MailboxSettings::Login::kPassword) {
      return require_secret(std::move(errors), settings,
                            "the mailbox's password: most services want one made for applications");
    }
    for (const auto part : {kClientId, kRefreshToken}) {
      errors = require_secret(std::move(errors), settings,
                              "what the service gave out for this application", part);
    }
    return errors;
  }

 protected:
  Verdict authenticate(const Delivery&, const SourceSettings&) const override {
    return Verdict::forbidden("mailbox_is_read");
  }
};

}  // namespace

const Provider& provider() {
  static const Imap kImap;
  return kImap;
}

std::string delivery_key_of(std::string_view mail) {
  std::string id = mail::message_id_of(Headers::parse(mail).get("Message-ID"));
  if (id.empty()) id = mail::content_id_of(mail);
  return delivery_key("email", id);
}

}  // namespace dealog::connectors::imap
