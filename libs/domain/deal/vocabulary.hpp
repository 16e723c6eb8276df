// The words of a deal's events as small numbers. The words themselves are in
// libs/rules/vocabulary.hpp, the one list for regulations, commands and answers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "libs/rules/vocabulary.hpp"

namespace dealog::deal {

// The place of a word in its list; kNoWord for an empty or unknown one.
inline constexpr std::uint8_t kNoWord = 255;
std::uint8_t word_place(std::span<const rules::Word> words, std::string_view code);
// "" for kNoWord.
std::string_view word_at(std::span<const rules::Word> words, std::uint8_t place);

// domain.md: outgoing and connected, held, sent or delivered; or an incoming call that connected.
bool answers_customer(std::string_view kind, std::string_view direction, std::string_view outcome);

// What a touch's direction and outcome are when they are left out: a note is internal, a form and
// a visit come in and are received. "" where there is no such rule.
std::string_view usual_direction(std::string_view touch_kind);
std::string_view usual_outcome(std::string_view touch_kind);

// Roles and kinds of tasks are codes of the company's own choice beside the words that
// regulations know; this one is what a deal's first person has.
inline constexpr std::string_view kContactRole = "contact";

}  // namespace dealog::deal
