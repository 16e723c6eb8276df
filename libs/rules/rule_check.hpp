// How the rules of a regulation are checked, in two files: what starts them and what they do.
// Inside libs/rules only.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "libs/rules/soundness.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {

// Thread: one. Regulation and issues must outlive it.
class RuleCheck {
 public:
  RuleCheck(const Regulation& regulation, SoundnessIssues& issues)
      : regulation_(regulation), issues_(issues) {
    for (const Stage& stage : regulation.stages) stages_.push_back(stage.code);
    for (const LossReason& reason : regulation.loss_reasons) reasons_.push_back(reason.code);
  }

  void rule(const Rule& rule, const std::string& path) {
    trigger(rule.trigger, path + ".trigger");
    for (std::size_t i = 0; i < rule.actions.size(); ++i) {
      action(rule.actions[i], fmt::format("{}.actions[{}]", path, i));
    }
    order(rule, path);
    if (!rule.actions.empty() && rule.actions.back().kind == ActionKind::kWait) {
      issues_.error(fmt::format("{}.actions[{}]", path, rule.actions.size() - 1),
                    "nothing follows this pause; expected an action after it");
    }
  }

 private:
  void known(const std::vector<std::string_view>& all, std::string_view what,
             const std::string& code, const std::string& path) {
    if (code.empty() || issues_.is_full()) return;  // not read
    if (std::find(all.begin(), all.end(), code) != all.end()) return;
    issues_.error(path, fmt::format("unknown {} '{}'{}", what, code, suggestion(code, all)));
  }
  void all_known(const std::vector<std::string_view>& all, std::string_view what,
                 const std::vector<std::string>& codes, const std::string& path) {
    for (const std::string& code : codes) known(all, what, code, path);
  }
  void words(std::span<const Word> all, std::string_view what,
             const std::vector<std::string>& codes, const std::string& path) {
    all_known(codes_of(all), what, codes, path);
  }

  void order(const Rule& rule, const std::string& path);
  void trigger(const RuleTrigger& trigger, const std::string& base);
  void field_changed(const RuleTrigger& trigger, const std::string& path);
  void deadline(const RuleTrigger& trigger, const std::string& path);
  void action(const RuleAction& action, const std::string& base);
  void participant(const RuleAction& action, const std::string& path);
  void lines(const RuleAction& action, const std::string& path);
  void invoice(const RuleAction& action, const std::string& path);
  void pause(const RuleAction& action, const std::string& path);
  void set_field(const RuleAction& action, const std::string& path);
  void people(const RuleAction& action, bool deal_owner, const std::string& path,
              bool customers = false);
  void message(const RuleAction& action, const std::string& path);
  void text_fields(const LocalText& text, ActionKind kind, const std::string& where);

  const Regulation& regulation_;
  SoundnessIssues& issues_;
  std::vector<std::string_view> stages_, reasons_;
};

}  // namespace dealog::rules
