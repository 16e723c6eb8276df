#include "libs/connectors/lead/contact.hpp"

#include "libs/base/phone.hpp"
#include "libs/base/text.hpp"

namespace dealog::connectors {

Contact make_contact(std::string_view name, std::string_view phone, std::string_view email,
                     std::string_view country) {
  Contact contact;
  contact.name = utf8_prefix(trim(name), kShortTextBytes);
  contact.phone_raw = utf8_prefix(trim(phone), kShortTextBytes);
  contact.email_raw = utf8_prefix(trim(email), kShortTextBytes);
  if (!contact.phone_raw.empty()) {
    const Phone parsed = parse_phone(contact.phone_raw, country);
    contact.phone = parsed.e164;
    contact.phone_valid = parsed.valid;
    contact.phone_mobile = parsed.mobile;
  }
  contact.email = normalise_email(contact.email_raw).value_or("");
  return contact;
}

}  // namespace dealog::connectors
