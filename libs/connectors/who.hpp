// Somebody as a sender describes him.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dealog::connectors {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// Every text may be empty.
struct Contact {
  std::string name;
  std::string phone_raw;  // as typed
  std::string phone;      // E.164; digits with a plus when not valid
  bool phone_valid = false;
  bool phone_mobile = false;  // only valid mobile numbers identify anybody
  std::string email_raw;      // as typed
  std::string email;          // as it is compared; empty when it is no address
  std::string account;        // his number in the shop's own books, where a shop sends one
  // What else names him: "telegram_id", "username", "whatsapp_user_id", "external_contact" (his
  // number in another CRM), "inn", "iban". Shown in the person's JSON by these names.
  NamedTexts ids = {};

  bool empty() const {
    return name.empty() && phone_raw.empty() && email_raw.empty() && account.empty() && ids.empty();
  }
  // "" when there is none.
  std::string_view id(std::string_view kind) const;
  bool operator==(const Contact&) const = default;
};

}  // namespace dealog::connectors
