#include "libs/rules/reason_words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/number.hpp"
#include "libs/rules/value_words.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

// The longest first: one begins like another.
constexpr Word kAnswers[] = {
    {"refused_for_now_", "сервер пока не принимает", "the server does not take it for now"},
    {"refused_", "сервер не принял письмо", "the server refused it"},
    {"status_", "получатель ответил", "the receiver answered"}};

}  // namespace

std::string reason_words(std::string_view code, Language language) {
  if (const Word* word = find_word(effect_reasons(), code)) {
    return std::string(pick(language, word->ru, word->en));
  }
  constexpr std::string_view kCodes = ": ";
  if (const auto at = code.find(kCodes); at != std::string_view::npos) {
    return reason_words(code.substr(0, at), language) + std::string(code.substr(at));
  }
  for (const Word& answer : kAnswers) {
    if (!code.starts_with(answer.code)) continue;
    const std::string_view number = code.substr(std::string_view(answer.code).size());
    if (!parse_number<int>(number)) break;
    return fmt::format("{} ({})", pick(language, answer.ru, answer.en), number);
  }
  return std::string(code);
}

}  // namespace dealog::rules
