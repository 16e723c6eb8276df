// Which of our fields a form field is, judged by its name alone, in Russian and English.
#pragma once

#include <string_view>

namespace dealog::connectors {

enum class FieldRole {
  kNone,  // an answer to a question of the form
  kName,
  kFirstName,
  kMiddleName,
  kLastName,
  kPhone,
  kEmail,
  kMessenger,  // which messenger he wants to be answered in
  kCompany,
  kTitle,
  kComment,
  kAmount,
  kCurrency,
  kFormId,
  kPage,
  kUtm,
};

// Case, spaces, dashes, underscores, a trailing number ("Phone_2") and a mark of obligation
// ("Телефон *") make no difference. Thread: any.
FieldRole role_of(std::string_view field_name);

// kPhone or kEmail of a name that says so in many words ("Ваш телефон или WhatsApp", "work_email")
// where `value` is one indeed; else kNone.
FieldRole contact_role_of(std::string_view field_name, std::string_view value,
                          std::string_view country);

// "Telegram", "WhatsApp" … for any usual spelling; "" for what is no messenger.
std::string_view messenger_name(std::string_view text);

}  // namespace dealog::connectors
