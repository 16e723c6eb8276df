// A company of one user, one person, one other pipeline and one address.
#pragma once

#include <map>

#include "libs/rules/elsewhere.hpp"

namespace dealog::rules {

class KnownElsewhere final : public Elsewhere {
 public:
  bool has(Kept kind, std::string_view code) const override { return !name(kind, code).empty(); }
  std::string name_of(Kept kind, std::string_view code, Language) const override {
    return name(kind, code);
  }
  std::vector<std::string> all(Kept kind) const override {
    if (kind == Kept::kPipeline) return {"care"};
    return {};
  }

 private:
  static std::string name(Kept kind, std::string_view code) {
    static const std::map<std::pair<Kept, std::string>, std::string> kNames{
        {{Kept::kUser, "usr_00000000000000000000000000000001"}, "Anna"},
        {{Kept::kPerson, "per_00000000000000000000000000000001"}, "Oleg"},
        {{Kept::kPipeline, "care"}, "Care"},
        {{Kept::kEndpoint, "crm"}, "Our CRM"}};
    const auto found = kNames.find({kind, std::string(code)});
    return found == kNames.end() ? std::string() : found->second;
  }
};

}  // namespace dealog::rules
