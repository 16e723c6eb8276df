// Texts of mails and messages with fields to be filled in: "Hello {person.name}, …". A brace that
// is to stand there is written twice. Pure. Thread: any.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dealog::rules {

inline constexpr std::size_t kMessageBytes = 16 << 10;  // a page or three; Telegram takes 4 KB

// The first is all that a deal's title may hold; the last two are of papers alone.
inline constexpr std::string_view kMessageFields[] = {
    "deal.title", "deal.amount", "deal.balance",    "person.name",  "company.name",
    "owner.name", "owner.email", "document.number", "document.link"};

// The first field that is none of `fields`, as it was written, an unclosed one included; nothing
// when all are.
std::optional<std::string> unknown_field(std::string_view text,
                                         std::span<const std::string_view> fields = kMessageFields);

// With every field replaced by what `value_of` gives; unknown ones stay as they are.
std::string fill_in(std::string_view text,
                    const std::function<std::string(std::string_view)>& value_of);

}  // namespace dealog::rules
