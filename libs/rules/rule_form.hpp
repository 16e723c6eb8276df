// Parts of a rule as JSON in the form of the file. Inside libs/rules only.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/rules/regulation.hpp"
#include "libs/rules/time_text.hpp"

namespace dealog::rules {

boost::json::object text_json(const LocalText& text);
boost::json::value value_json(const FieldValue& value);
// One code as itself, several as a list, none as the word `any`.
boost::json::value codes_json(const std::vector<std::string>& codes);
std::string percent_form(std::int32_t basis_points);

// Parts of a rule under one regulation, whose calendar lengths of time are told in.
class FileForm {
 public:
  explicit FileForm(const Regulation& regulation) : regulation_(regulation) {}

  boost::json::object trigger(const RuleTrigger& trigger) const;
  boost::json::object action(const RuleAction& action) const;
  boost::json::array criteria(const std::vector<Criterion>& criteria) const {
    boost::json::array out;
    for (const Criterion& one : criteria) out.push_back(criterion(one));
    return out;
  }
  boost::json::value time(const TimeLimit& limit) const {
    return boost::json::value(limit_text(limit, regulation_.calendar));
  }

 private:
  boost::json::object criterion(const Criterion& criterion) const;
  boost::json::value asked(const Criterion& criterion) const;
  boost::json::object task(const TaskTemplate& task) const;
  boost::json::value field_changed(const RuleTrigger& trigger) const;
  boost::json::value deadline(const RuleTrigger& trigger) const;
  boost::json::value overdue(const RuleTrigger& trigger) const;
  boost::json::value done(const RuleAction& action) const;
  boost::json::value draft(const RuleAction& action) const;
  boost::json::value invoice(const RuleAction& action) const;
  boost::json::value pause(const RuleAction& action) const;
  boost::json::object message(const RuleAction& action) const;

  const Regulation& regulation_;
};

}  // namespace dealog::rules
