// Regulations to test with: the shipped files, and a small sound text that a test breaks in one
// place.
#pragma once

#include <string>
#include <string_view>

#include "libs/rules/regulation.hpp"

namespace dealog::rules {

// The text of a file, its path from the root of the tree.
std::string file_of_the_tree(std::string_view path);
// The text of a file in deploy/regulations.
std::string shipped(std::string_view file_name);

// A sound regulation that uses every key once.
extern const std::string_view kSoundText;

// kSoundText with the first `from` replaced; a test error when it does not contain it.
std::string sound_text_with(std::string_view from, std::string_view to);

// The sound text's regulation, which must be sound.
Regulation parsed_soundly(std::string_view text);

}  // namespace dealog::rules
