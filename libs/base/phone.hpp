// Telephone numbers, by libphonenumber. The only file that knows it.
#pragma once

#include <string>
#include <string_view>

namespace dealog {

struct Phone {
  std::string e164;     // "+79991234567"; the digits with a plus when the number is not valid
  bool valid = false;   // assigned by the numbering plan of its country
  bool mobile = false;  // reaches one person; only valid mobile numbers identify anybody
};

// `text` as typed, in any spelling, up to 64 bytes; `country` (ISO 3166 alpha-2, either case) is
// assumed where there is no international prefix. A longer text is no valid number. Thread: any.
Phone parse_phone(std::string_view text, std::string_view country);

}  // namespace dealog
