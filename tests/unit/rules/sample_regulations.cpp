#include "tests/unit/rules/sample_regulations.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace dealog::rules {

const std::string_view kSoundText = R"(code: sample
title: {ru: Пример, en: Sample}
currency: RUB
prepayment: 30 %
discount_without_approval: 12.5 %
answer_within: 15 business minutes
follow_up:
  kind: follow_up
  title: {ru: Позвонить, en: Call back}
  due: 2 business days
calendar:
  time_zone: Europe/Moscow
  week:
    monday: [09:00-13:00, 14:00-18:00]
    tuesday: ["09:00-18:00"]
  holidays: [2026-02-23, 2026-05-01..2026-05-03]
  exceptions:
    2026-04-30: [09:00-17:00]
stages:
  - code: first
    title: {ru: Первый, en: First}
    script: {ru: Скажите это, en: Say this}
    limit: 1 business day
    exit:
      - field: amount
      - touch: {kind: [call, meeting], outcome: connected}
    moves: [second, third]
    on_entering:
      - kind: call
        title: {ru: Звонок, en: Call}
        due: 3 hours
        when: {not: {touch: {kind: call}}}
  - code: second
    title: {ru: Второй, en: Second}
    entry:
      - field: custom.goal
    exit:
      - paid: required_prepayment
      - quote: accepted
    automatic_to: third
  - code: third
    title: {ru: Третий, en: Third}
    wins_when:
      - balance: cleared
work_types:
  - code: site
    title: {ru: Сайт, en: Site}
    price_from: 100.00 RUB
    price_to: 300.00 RUB
    average: 200.00 RUB
loss_reasons:
  - {code: price, title: {ru: Дорого, en: Too expensive}}
custom_fields:
  - {code: goal, title: {ru: Цель, en: Goal}, type: text}
  - {code: pages, title: {ru: Страниц, en: Pages}, type: number}
)";

std::string file_of_the_tree(std::string_view path) {
  const char* root = std::getenv("DEALOG_SOURCE_DIR");
  std::ifstream file(std::string(root ? root : ".") + "/" + std::string(path));
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string shipped(std::string_view file_name) {
  return file_of_the_tree("deploy/regulations/" + std::string(file_name));
}

std::string sound_text_with(std::string_view from, std::string_view to) {
  std::string text(kSoundText);
  const auto at = text.find(from);
  if (at == std::string::npos) {
    ADD_FAILURE() << "the sample text has no '" << from << "'";
    return text;
  }
  return text.replace(at, from.size(), to);
}

Regulation parsed_soundly(std::string_view text) {
  const ParsedRegulation parsed = parse_regulation(text);
  for (const RegulationIssue& issue : parsed.issues) {
    ADD_FAILURE() << format_issue("sample", issue);
  }
  return parsed.regulation;
}

}  // namespace dealog::rules
