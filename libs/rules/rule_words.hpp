// The parts of the sentences about a rule. Inside libs/rules only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "libs/rules/time_text.hpp"
#include "libs/rules/value_words.hpp"

namespace dealog::rules {

// In one language, with the titles of one regulation. Both references outlive it. Thread: any.
class RuleWords {
 public:
  RuleWords(Language language, const Regulation& regulation, const Elsewhere* elsewhere)
      : language_(language), regulation_(regulation), elsewhere_(elsewhere) {}

  std::string trigger(const RuleTrigger& trigger) const;
  std::string action(const RuleAction& action) const;
  std::string conditions(const std::vector<Criterion>& conditions) const;
  std::string limits(const Rule& rule) const;

 private:
  std::string_view pick(std::string_view ru, std::string_view en) const {
    return rules::pick(language_, ru, en);
  }
  Naming naming() const { return {&regulation_, elsewhere_}; }
  std::string word(std::span<const Word> words, std::string_view code) const {
    const Word* found = find_word(words, code);
    return std::string(found ? pick(found->ru, found->en) : code);
  }
  std::string time(const TimeLimit& limit) const {
    return limit_words(limit, regulation_.calendar, language_);
  }
  // " for 3 business days"; nothing of no time.
  std::string after(const TimeLimit& limit) const {
    if (limit.amount.count() == 0) return {};
    return fmt::format("{} {}", pick(" уже", " for"), time(limit));
  }
  std::string quoted(const LocalText& text) const {
    return in_quotes(text.in(language_), language_);
  }
  std::string sent(std::string_view verb, const RuleAction& action, const LocalText& text) const {
    return fmt::format("{} ({}{}): {}", verb, pick("кому: ", ""), people(action.codes),
                       quoted(text));
  }
  std::string stages(const std::vector<std::string>& codes) const;
  std::string kinds(const std::vector<std::string>& codes, std::span<const Word> words) const;
  std::string people(const std::vector<std::string>& codes) const;
  std::string touch(const TouchQuery& touch) const;
  std::string changed(const RuleTrigger& trigger) const;
  std::string deadline(const RuleTrigger& trigger) const;
  std::string task(const TaskTemplate& task) const;
  std::string skill(const RuleAction& action) const;
  std::string assign(const RuleAction& action) const;
  std::string participant(const RuleAction& action) const;
  std::string draft(const RuleAction& action) const;
  std::string invoice(const RuleAction& action) const;
  std::string pause(const RuleAction& action) const;

  const Language language_;
  const Regulation& regulation_;
  const Elsewhere* const elsewhere_;
};

}  // namespace dealog::rules
