// The text of an HTML mail.
#pragma once

#include <string>
#include <string_view>

namespace dealog::connectors::mail {

// Words in order with a line for each block, quoted history included; scripts, styles and what
// stands in <head> left out. Reads HTML as a stream without building a tree, so that nothing
// nested costs more than its length. `html` is UTF-8. Thread: any.
std::string html_to_text(std::string_view html);

// What `<meta charset>` of the first kilobyte says, "" when nothing.
std::string html_charset(std::string_view bytes);

}  // namespace dealog::connectors::mail
