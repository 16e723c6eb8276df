// What telephone systems have in common: numbers without a plus, extensions, seconds, and the fact
// that several of their reports tell about one call.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"

namespace dealog::connectors {

// Digits of one of our own extensions at most; a longer number is somebody outside.
inline constexpr std::size_t kExtensionDigits = 6;

// Whether it has more digits than an extension.
bool is_outside_number(std::string_view text);
// Whether it is made of 1 to kExtensionDigits digits and nothing else.
bool is_extension(std::string_view text);

// The other side by its number: E.164 mostly without the plus, `sip:` and `tel:` addresses too.
// `country` (ISO 3166) is that of numbers written in the national way. A withheld number
// ("anonymous", "restricted" …) gives an empty contact; an extension is kept as typed and is no
// phone. Thread: any.
Contact caller(std::string_view number, std::string_view country, std::string_view name = "");

// Messengers and phone numbers that are always international: digits with or without the plus.
Contact international_caller(std::string_view digits, std::string_view country,
                             std::string_view name = "");

// One of our numbers: E.164, the digits with a plus when it is not valid, an extension as it is.
std::string line_of(std::string_view number, std::string_view country);

// The number that a `sip:101@host` or `tel:+7…` address names, other texts as they are.
std::string_view number_of_address(std::string_view text);

// Whole seconds at the first of `keys` that holds something; nothing when none does.
// Errors: kInvalid "invalid_duration", naming the field.
Result<std::optional<std::uint32_t>> seconds_field(const Node& node,
                                                   std::initializer_list<std::string_view> keys);

// Seconds since 1970 at `key`. Errors: kInvalid "field_missing" | "invalid_time", naming the field.
Result<Timestamp> unix_time_field(const Node& node, std::string_view key);

// Where a scalar of that name stands: in the map itself, else in one of its maps, however deep.
// Templates that customers write themselves group fields as they like. "" when there is none.
std::string text_anywhere(const Node& map, std::string_view name);

}  // namespace dealog::connectors
