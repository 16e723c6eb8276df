#include "libs/connectors/lead/field_roles.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "libs/base/phone.hpp"
#include "libs/base/text.hpp"

namespace dealog::connectors {
namespace {

// Folded words joined by one space, without a number at the end.
std::string plain_name(std::string_view field_name) {
  std::string out;
  for (const auto& word : words(field_name)) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  const auto last = out.find_last_not_of("0123456789 ");
  if (last != std::string::npos) out.resize(last + 1);
  return out;
}

const std::map<std::string_view, FieldRole>& roles() {
  static const std::map<std::string_view, FieldRole> kRoles{
      {"name", FieldRole::kName},
      {"имя", FieldRole::kName},
      {"ваше имя", FieldRole::kName},
      {"your name", FieldRole::kName},
      {"full name", FieldRole::kName},
      {"fullname", FieldRole::kName},
      {"фио", FieldRole::kName},
      {"ваше фио", FieldRole::kName},
      {"ф и о", FieldRole::kName},
      {"имя и фамилия", FieldRole::kName},
      {"имя фамилия", FieldRole::kName},
      {"фамилия имя", FieldRole::kName},
      {"как вас зовут", FieldRole::kName},
      {"как к вам обращаться", FieldRole::kName},
      {"контактное лицо", FieldRole::kName},
      {"contact name", FieldRole::kName},
      {"client name", FieldRole::kName},
      {"customer name", FieldRole::kName},
      {"ma name", FieldRole::kName},  // Tilda's members area
      {"what s your name", FieldRole::kName},
      {"what is your name", FieldRole::kName},
      {"what s your full name", FieldRole::kName},
      {"what is your full name", FieldRole::kName},
      {"your full name", FieldRole::kName},
      {"first name", FieldRole::kFirstName},
      {"what s your first name", FieldRole::kFirstName},
      {"what is your first name", FieldRole::kFirstName},
      {"what s your last name", FieldRole::kLastName},
      {"firstname", FieldRole::kFirstName},
      {"fname", FieldRole::kFirstName},
      {"given name", FieldRole::kFirstName},
      {"middle name", FieldRole::kMiddleName},
      {"patronymic", FieldRole::kMiddleName},
      {"отчество", FieldRole::kMiddleName},
      {"last name", FieldRole::kLastName},
      {"lastname", FieldRole::kLastName},
      {"lname", FieldRole::kLastName},
      {"surname", FieldRole::kLastName},
      {"family name", FieldRole::kLastName},
      {"фамилия", FieldRole::kLastName},
      {"ваша фамилия", FieldRole::kLastName},
      {"phone", FieldRole::kPhone},
      {"phone number", FieldRole::kPhone},
      {"your phone", FieldRole::kPhone},
      {"your phone number", FieldRole::kPhone},
      {"tel", FieldRole::kPhone},
      {"telephone", FieldRole::kPhone},
      {"mobile", FieldRole::kPhone},
      {"mobile phone", FieldRole::kPhone},
      {"contact phone", FieldRole::kPhone},
      {"customer phone", FieldRole::kPhone},
      {"ma phone", FieldRole::kPhone},
      {"телефон", FieldRole::kPhone},
      {"тел", FieldRole::kPhone},
      {"ваш телефон", FieldRole::kPhone},
      {"номер телефона", FieldRole::kPhone},
      {"ваш номер телефона", FieldRole::kPhone},
      {"контактный телефон", FieldRole::kPhone},
      {"мобильный телефон", FieldRole::kPhone},
      {"мобильный", FieldRole::kPhone},
      {"телефон для связи", FieldRole::kPhone},
      {"email", FieldRole::kEmail},
      {"e mail", FieldRole::kEmail},
      {"mail", FieldRole::kEmail},
      {"your email", FieldRole::kEmail},
      {"your email address", FieldRole::kEmail},
      {"email address", FieldRole::kEmail},
      {"contact email", FieldRole::kEmail},
      {"customer email", FieldRole::kEmail},
      {"ma email", FieldRole::kEmail},
      {"почта", FieldRole::kEmail},
      {"ваша почта", FieldRole::kEmail},
      {"электронная почта", FieldRole::kEmail},
      {"эл почта", FieldRole::kEmail},
      {"адрес электронной почты", FieldRole::kEmail},
      {"ваш email", FieldRole::kEmail},
      {"ваш e mail", FieldRole::kEmail},
      {"емейл", FieldRole::kEmail},
      {"имейл", FieldRole::kEmail},
      {"company", FieldRole::kCompany},
      {"company name", FieldRole::kCompany},
      {"organization", FieldRole::kCompany},
      {"organisation", FieldRole::kCompany},
      {"компания", FieldRole::kCompany},
      {"название компании", FieldRole::kCompany},
      {"ваша компания", FieldRole::kCompany},
      {"организация", FieldRole::kCompany},
      {"название организации", FieldRole::kCompany},
      {"subject", FieldRole::kTitle},
      {"title", FieldRole::kTitle},
      {"тема", FieldRole::kTitle},
      {"тема обращения", FieldRole::kTitle},
      {"тема письма", FieldRole::kTitle},
      {"comment", FieldRole::kComment},
      {"comments", FieldRole::kComment},
      {"message", FieldRole::kComment},
      {"your message", FieldRole::kComment},
      {"textarea", FieldRole::kComment},
      {"note", FieldRole::kComment},
      {"notes", FieldRole::kComment},
      {"комментарий", FieldRole::kComment},
      {"комментарии", FieldRole::kComment},
      {"ваш комментарий", FieldRole::kComment},
      {"комментарий к заказу", FieldRole::kComment},
      {"сообщение", FieldRole::kComment},
      {"ваше сообщение", FieldRole::kComment},
      {"текст сообщения", FieldRole::kComment},
      {"вопрос", FieldRole::kComment},
      {"ваш вопрос", FieldRole::kComment},
      {"примечание", FieldRole::kComment},
      {"пожелания", FieldRole::kComment},
      {"amount", FieldRole::kAmount},
      {"sum", FieldRole::kAmount},
      {"total", FieldRole::kAmount},
      {"budget", FieldRole::kAmount},
      {"сумма", FieldRole::kAmount},
      {"бюджет", FieldRole::kAmount},
      {"ваш бюджет", FieldRole::kAmount},
      {"currency", FieldRole::kCurrency},
      {"валюта", FieldRole::kCurrency},
      {"formid", FieldRole::kFormId},
      {"form id", FieldRole::kFormId},
      {"page", FieldRole::kPage},
      {"page url", FieldRole::kPage},
      {"url", FieldRole::kPage},
      {"referer", FieldRole::kPage},
      {"referrer", FieldRole::kPage},
      {"страница", FieldRole::kPage},
  };
  return kRoles;
}

}  // namespace

FieldRole role_of(std::string_view field_name) {
  if (to_lower_ascii(field_name.substr(0, 4)) == "utm_" && field_name.size() > 4) {
    return FieldRole::kUtm;
  }
  const std::string plain = plain_name(field_name);
  const auto known = roles().find(plain);
  if (known != roles().end()) return known->second;
  // Asked in many words: "Укажите удобный мессенджер для связи".
  const bool messenger =
      plain.find("мессендж") != std::string::npos || plain.find("messenger") != std::string::npos;
  return messenger ? FieldRole::kMessenger : FieldRole::kNone;
}

FieldRole contact_role_of(std::string_view field_name, std::string_view value,
                          std::string_view country) {
  constexpr std::array<std::string_view, 6> kPhoneWords{"phone",   "telephone", "mobile",
                                                        "телефон", "телефона",  "тел"};
  constexpr std::array<std::string_view, 5> kEmailWords{"email", "mail", "почта", "почты", "емейл"};
  const auto name = words(field_name);
  const auto names = [&](const auto& known) {
    return std::ranges::any_of(
        name, [&](const auto& word) { return std::ranges::find(known, word) != known.end(); });
  };
  if (names(kEmailWords) && normalise_email(value)) return FieldRole::kEmail;
  if (names(kPhoneWords) && parse_phone(value, country).valid) return FieldRole::kPhone;
  return FieldRole::kNone;
}

std::string_view messenger_name(std::string_view text) {
  static const std::map<std::string_view, std::string_view> kNames{{"telegram", "Telegram"},
                                                                   {"телеграм", "Telegram"},
                                                                   {"телеграмм", "Telegram"},
                                                                   {"tg", "Telegram"},
                                                                   {"тг", "Telegram"},
                                                                   {"whatsapp", "WhatsApp"},
                                                                   {"whats app", "WhatsApp"},
                                                                   {"ватсап", "WhatsApp"},
                                                                   {"вотсап", "WhatsApp"},
                                                                   {"вацап", "WhatsApp"},
                                                                   {"wa", "WhatsApp"},
                                                                   {"viber", "Viber"},
                                                                   {"вайбер", "Viber"},
                                                                   {"vk", "VK"},
                                                                   {"вк", "VK"},
                                                                   {"вконтакте", "VK"},
                                                                   {"max", "MAX"},
                                                                   {"skype", "Skype"},
                                                                   {"скайп", "Skype"},
                                                                   {"signal", "Signal"},
                                                                   {"instagram", "Instagram"}};
  const auto known = kNames.find(plain_name(text));
  return known == kNames.end() ? std::string_view() : known->second;
}

}  // namespace dealog::connectors
