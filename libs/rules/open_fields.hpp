// Criteria judged by what stands openly about a deal, for whoever may not open what is sealed.
#pragma once

#include <optional>
#include <string_view>

#include "libs/rules/criterion.hpp"

namespace dealog::rules {

class OpenFields {
 public:
  virtual ~OpenFields() = default;
  // Whether it can be told if the field is filled in, and how.
  virtual bool knows(std::string_view path) const = 0;
  // Of a field that it knows; nothing when it is absent.
  virtual std::optional<FieldValue> field(std::string_view path) const = 0;
};

// Whether the criterion does not hold, whatever else there is. Only fields are looked at; all else
// may hold or not. Thread: any.
bool surely_fails(const Criterion& criterion, const OpenFields& fields);

}  // namespace dealog::rules
