#include "libs/domain/deal/vocabulary.hpp"

namespace dealog::deal {

std::uint8_t word_place(std::span<const rules::Word> words, std::string_view code) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].code == code) return static_cast<std::uint8_t>(i);
  }
  return kNoWord;
}

std::string_view word_at(std::span<const rules::Word> words, std::uint8_t place) {
  return place < words.size() ? words[place].code : std::string_view();
}

bool answers_customer(std::string_view kind, std::string_view direction, std::string_view outcome) {
  if (direction == "out") {
    return outcome == "connected" || outcome == "held" || outcome == "sent" ||
           outcome == "delivered";
  }
  return direction == "in" && kind == "call" && outcome == "connected";
}

std::string_view usual_direction(std::string_view touch_kind) {
  if (touch_kind == "note") return "internal";
  if (touch_kind == "form" || touch_kind == "visit") return "in";
  return {};
}

std::string_view usual_outcome(std::string_view touch_kind) {
  if (touch_kind == "form" || touch_kind == "visit") return "received";
  return {};
}

}  // namespace dealog::deal
