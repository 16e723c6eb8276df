#include "libs/connectors/telephony/call_fields.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "libs/base/number.hpp"
#include "libs/base/phone.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors {
namespace {

// What stands where a number should, when the caller shows none.
constexpr std::array<std::string_view, 10> kWithheld{
    "anonymous", "restricted", "private",    "withheld",    "unavailable",
    "unknown",   "blocked",    "+266696687", "+7378742883", "<unknown>"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit));
}

bool is_withheld(std::string_view text) {
  return std::any_of(kWithheld.begin(), kWithheld.end(),
                     [&](std::string_view word) { return equals_ignoring_case_ascii(text, word); });
}

// A number has digits and the signs that people put between them.
bool looks_like_number(std::string_view text) {
  return digits_in(text) > 0 && text.find_first_not_of("0123456789+-() .\t*#") == text.npos;
}

Phone phone_of(std::string_view number, std::string_view country) {
  Phone phone = parse_phone(number, country);
  if (!phone.valid && !number.starts_with('+')) {
    const Phone abroad = parse_phone("+" + std::string(number), country);
    if (abroad.valid) return abroad;
  }
  return phone;
}

void put_phone(Contact& contact, const Phone& phone) {
  contact.phone = phone.e164;
  contact.phone_valid = phone.valid;
  contact.phone_mobile = phone.mobile;
}

}  // namespace

bool is_outside_number(std::string_view text) {
  text = number_of_address(trim(text));
  return looks_like_number(text) && digits_in(text) > kExtensionDigits;
}

bool is_extension(std::string_view text) {
  return !text.empty() && text.size() <= kExtensionDigits &&
         std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view number_of_address(std::string_view text) {
  for (const std::string_view scheme : {"sips:", "sip:", "tel:"}) {
    if (text.size() < scheme.size() ||
        !equals_ignoring_case_ascii(text.substr(0, scheme.size()), scheme)) {
      continue;
    }
    const std::string_view rest = text.substr(scheme.size());
    return rest.substr(0, rest.find_first_of("@;"));
  }
  return text;
}

Contact caller(std::string_view number, std::string_view country, std::string_view name) {
  const std::string_view text = trim(number);
  const std::string_view digits = number_of_address(text);
  if (digits.empty() || is_withheld(digits)) return {};
  Contact contact = make_contact(name == digits ? "" : name, "", "", country);
  if (!looks_like_number(digits)) {
    contact.ids.emplace_back("sip", utf8_prefix(text, kShortTextBytes));
    return contact;
  }
  contact.phone_raw = utf8_prefix(digits, kShortTextBytes);
  if (is_outside_number(digits)) put_phone(contact, phone_of(contact.phone_raw, country));
  return contact;
}

Contact international_caller(std::string_view digits, std::string_view country,
                             std::string_view name) {
  Contact contact = make_contact(name, "", "", country);
  digits = trim(digits);
  if (!looks_like_number(digits)) return contact;
  contact.phone_raw = utf8_prefix(digits, kShortTextBytes);
  const bool plus = contact.phone_raw.starts_with('+');
  put_phone(contact, parse_phone((plus ? "" : "+") + contact.phone_raw, country));
  return contact;
}

std::string line_of(std::string_view number, std::string_view country) {
  const std::string text(utf8_prefix(number_of_address(trim(number)), kShortTextBytes));
  return is_outside_number(text) ? phone_of(text, country).e164 : text;
}

Result<std::optional<std::uint32_t>> seconds_field(const Node& node,
                                                   std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    const auto value = node.text_of(key);
    if (!value || trim(*value).empty()) continue;
    std::string_view text = trim(*value);
    text = text.substr(0, text.find('.'));  // "42.000"
    const auto seconds = parse_number<std::uint32_t>(text);
    if (!seconds) {
      return fail(ErrorKind::kInvalid, "invalid_duration",
                  std::string(key) + " is not a number of seconds");
    }
    return seconds;
  }
  return std::nullopt;
}

Result<Timestamp> unix_time_field(const Node& node, std::string_view key) {
  const std::string text = TRY(required_text(node, key, key));
  const auto time = parse_unix_time(text);
  if (time) return *time;
  return fail(ErrorKind::kInvalid, "invalid_time",
              std::string(key) + " is not a time in seconds since 1970");
}

std::string text_anywhere(const Node& map, std::string_view name) {
  if (const auto text = map.text_of(name); text && !trim(*text).empty()) {
    return std::string(trim(*text));
  }
  if (map.kind != Node::Kind::kMap) return {};
  for (const auto& [key, inner] : map.entries) {
    if (inner.kind != Node::Kind::kMap) continue;
    if (std::string text = text_anywhere(inner, name); !text.empty()) return text;
  }
  return {};
}

}  // namespace dealog::connectors
