// Ways to reach somebody, as they are kept and compared.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dealog/v1/party_events.pb.h"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"

namespace dealog::person {

struct Contact {
  std::string kind;         // phone, email, telegram, whatsapp, other
  std::string value;        // E.164, lower-cased address, handle without @
  std::string typed;        // as it was typed
  bool shared = false;      // a switchboard, info@: never identifies anybody
  bool identifies = false;  // a valid mobile number or an e-mail address that is not shared

  bool operator==(const Contact&) const = default;
  // Whether both reach the same end, however they were typed.
  bool same_as(const Contact& other) const { return kind == other.kind && value == other.value; }
};

// What somebody typed. An empty kind is guessed: an e-mail address, else a phone.
struct ContactInput {
  std::string kind = {};
  std::string text = {};
  bool shared = false;
};

// `country` (ISO 3166 alpha-2) is assumed for numbers without an international prefix. A number
// that no plan knows is kept with its digits and identifies nobody.
// Errors: kInvalid "invalid_contact" | "unknown_contact_kind".
Result<Contact> normalise(const ContactInput& input, std::string_view country,
                          Language language = Language::kEn);

// "phone:+7…" or "email:…" for a contact that identifies, else nothing.
std::optional<Tag> identifying_tag(const Contact& contact);
std::vector<Tag> identifying_tags(const std::vector<Contact>& contacts);

v1::Contact to_message(const Contact& contact);
Contact from_message(const v1::Contact& message);

}  // namespace dealog::person
