#include "libs/domain/person/contact.hpp"

#include <array>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/phone.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::person {
namespace {

constexpr std::size_t kContactBytes = 320;  // the longest e-mail address of RFC 5321
constexpr std::array<std::string_view, 5> kKinds = {"phone", "email", "telegram", "whatsapp",
                                                    "other"};

std::unexpected<Error> invalid(Language language, std::string_view ru, std::string_view en) {
  return refuse(language, ErrorKind::kInvalid, "invalid_contact", ru, en);
}

Result<Contact> normalise_email_contact(Contact contact, bool shared, Language language) {
  const auto address = normalise_email(contact.typed);
  if (!address)
    return invalid(language, "это не адрес электронной почты", "this is not an e-mail address");
  contact.value = *address;
  contact.identifies = !shared;
  return contact;
}

Result<Contact> normalise_phone_contact(Contact contact, bool shared, std::string_view country,
                                        Language language) {
  const Phone phone = parse_phone(contact.typed, country);
  if (phone.e164.size() < 4)
    return invalid(language, "в номере телефона не меньше трёх цифр",
                   "a phone number needs at least three digits");
  contact.value = phone.e164;
  // A messenger's account is not the line itself: only the number identifies.
  contact.identifies = contact.kind == "phone" && phone.valid && phone.mobile && !shared;
  return contact;
}

}  // namespace

Result<Contact> normalise(const ContactInput& input, std::string_view country, Language language) {
  Contact contact;
  contact.typed = trim(input.text);
  contact.shared = input.shared;
  if (contact.typed.empty())
    return invalid(language, "контакт не может быть пустым", "a contact cannot be blank");
  if (contact.typed.size() > kContactBytes || !is_valid_utf8(contact.typed)) {
    return invalid(language,
                   fmt::format("контакт — текст в UTF-8 не длиннее {} байт", kContactBytes),
                   fmt::format("a contact is valid UTF-8 of at most {} bytes", kContactBytes));
  }
  contact.kind = input.kind;
  if (contact.kind.empty()) {
    contact.kind = contact.typed.find('@') != std::string::npos ? "email" : "phone";
  }
  if (contact.kind == "email")
    return normalise_email_contact(std::move(contact), input.shared, language);
  if (contact.kind == "phone" || contact.kind == "whatsapp") {
    return normalise_phone_contact(std::move(contact), input.shared, country, language);
  }
  if (std::find(kKinds.begin(), kKinds.end(), contact.kind) == kKinds.end()) {
    return refuse(language, ErrorKind::kInvalid, "unknown_contact_kind",
                  "вид контакта — один из: phone, email, telegram, whatsapp, other",
                  "a contact is one of: phone, email, telegram, whatsapp, other");
  }
  contact.value = contact.typed;
  if (contact.kind == "telegram") {
    contact.value = to_lower_ascii(contact.value);
    if (contact.value.starts_with('@')) contact.value.erase(0, 1);
    if (contact.value.empty()) {
      return invalid(language, "после @ нужно имя", "a handle needs a name after the @");
    }
  }
  return contact;
}

std::optional<Tag> identifying_tag(const Contact& contact) {
  if (!contact.identifies) return std::nullopt;
  return personal_tag(contact.kind + ":" + contact.value);
}

std::vector<Tag> identifying_tags(const std::vector<Contact>& contacts) {
  std::vector<Tag> tags;
  for (const auto& contact : contacts) {
    if (auto tag = identifying_tag(contact)) tags.push_back(std::move(*tag));
  }
  return tags;
}

v1::Contact to_message(const Contact& contact) {
  v1::Contact message;
  message.set_kind(contact.kind);
  message.set_value(contact.value);
  message.set_typed(contact.typed);
  message.set_shared(contact.shared);
  message.set_identifies(contact.identifies);
  return message;
}

Contact from_message(const v1::Contact& message) {
  return {message.kind(), message.value(), message.typed(), message.shared(), message.identifies()};
}

}  // namespace dealog::person
