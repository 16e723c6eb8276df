// Filters of lists and reports, checked: one that names what there is not would look like a list
// that is empty.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// Collects what is wrong; an empty value is a filter that was not given. Not on an I/O thread: it
// may read the log. Thread: one at a time.
class FilterCheck {
 public:
  FilterCheck(const Api& api, const Session& session) : api_(api), language_(session.language) {}

  FilterCheck& pipeline(const std::string& code);
  // Of that pipeline, or of any when it is empty; of every version of its regulation, since deals
  // of the past lie in the stages of then.
  FilterCheck& stage(const std::string& pipeline, const std::string& code);
  // Somebody who works or worked here, under the parameter `name`.
  FilterCheck& user(std::string_view name, const std::string& id);

  // Errors: kInvalid "invalid_input" with what is allowed; kInternal of the log.
  Result<void> result();

 private:
  void add(std::string_view name, std::string code, std::string message);
  void add_not_allowed(std::string_view name, const std::vector<std::string>& allowed);
  Result<std::vector<std::string>> pipelines_to_look_at(const std::string& pipeline) const;
  Result<bool> has_stage(const std::string& pipeline, const std::string& code) const;

  const Api& api_;
  Language language_;
  std::vector<FieldError> errors_;
  std::optional<Error> broken_;
};

}  // namespace dealog::api
