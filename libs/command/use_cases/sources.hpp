// Connecting sources of deliveries.
#pragma once

#include <map>
#include <string>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/source/source.hpp"

namespace dealog::use_cases {

struct SourceInput {
  std::string provider;
  std::string name;
  std::string settings_json = "{}";
  std::map<std::string, std::string> secrets = {};
};
struct ConnectedSource {
  SourceId source;
  std::string token;  // of the hook address: base64url of 256 random bits
};
// Errors: those of source::decide.
Result<ConnectedSource> connect_source(Unit& unit, const SourceInput& input);
Result<void> change_source(Unit& unit, const SourceId& id, const source::ChangeSource& change);
Result<void> remove_source(Unit& unit, const SourceId& id);

}  // namespace dealog::use_cases
