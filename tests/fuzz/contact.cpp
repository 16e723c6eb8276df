// Any bytes as a contact, a tax id and a token: no crash; what is taken is normal already, and
// normalising it again changes nothing.
#include "libs/domain/person/contact.hpp"

#include <cstdint>
#include <cstdlib>

#include "libs/base/text.hpp"
#include "libs/domain/company/company.hpp"
#include "libs/domain/user/token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* kind : {"", "phone", "email", "telegram", "whatsapp", "other"}) {
    const auto contact = person::normalise({.kind = kind, .text = std::string(text)}, "RU");
    if (!contact) continue;
    if (contact->value.empty() || !is_valid_utf8(contact->value)) std::abort();
    if (!contact->identifies) continue;
    const auto again = person::normalise({.kind = contact->kind, .text = contact->value}, "RU");
    if (!again || again->value != contact->value || !again->identifies) std::abort();
  }
  const auto tax_id = company::normalise_tax_id(text);
  if (tax_id && company::normalise_tax_id(*tax_id) != *tax_id) std::abort();
  const auto token = user::parse_token(text);
  if (token && token->secret.size() != user::kTokenSecretBytes) std::abort();
  return 0;
}
