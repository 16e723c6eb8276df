// What a regulation names and does not keep itself: people, other pipelines, addresses. Whether
// there is such a thing, and what it is called, is asked here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/language.hpp"

namespace dealog::rules {

enum class Kept { kPipeline, kEndpoint, kUser, kPerson, kCompany };

// Thread: any.
class Elsewhere {
 public:
  virtual ~Elsewhere() = default;

  // Whether it is there: users work here, persons are not erased.
  virtual bool has(Kept kind, std::string_view code) const = 0;
  // What people call it, also when it is gone; empty when it has no name, or one that the reader
  // may not see.
  virtual std::string name_of(Kept kind, std::string_view code, Language language) const = 0;
  // The codes of all there are, for whoever mistyped one; none of people, who are known by ids.
  virtual std::vector<std::string> all(Kept kind) const = 0;
};

}  // namespace dealog::rules
