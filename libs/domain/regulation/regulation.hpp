// The published versions of one pipeline's regulation. Pure.
//
// A deal that is open may stand in any stage that ever existed, so a new version keeps every stage
// code of the versions before it: codes are never dropped, hence never used again for another
// meaning. (Dropping with a named destination for the deals is a later format of the file.)
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::regulation {

// Every publication carries it, so that all pipelines can be listed.
inline constexpr std::string_view kPipelinesTag = "pipelines";

struct Published {
  std::shared_ptr<const rules::Regulation> regulation;  // with `version` set
  std::string sha256;                                   // hex, of the file
  Timestamp recorded;
};

struct State {
  StreamVersion version;
  std::string code;
  std::map<std::uint64_t, Published> versions;  // from 1 without a gap
  std::set<std::string> stage_codes;            // of all versions

  bool exists() const { return version.value > 0; }
  // Null when nothing was published, or no such version was.
  std::shared_ptr<const rules::Regulation> current() const;
  std::shared_ptr<const rules::Regulation> at(std::uint64_t regulation_version) const;
};

void evolve(State& state, const RecordedEvent& event);

// "pip_web-studio"
StreamName stream_of(std::string_view pipeline);

struct PublishRegulation {
  std::string pipeline;  // code that the file must have
  std::string yaml;
  rules::Checked checked = {};
};

// The same file as the one in force makes no event.
// Errors: kInvalid "regulation_unsound" with one field for each mistake (pointer is the path in the
// file, message has line and column); kInvalid "pipeline_code_differs"; kConflict "stage_dropped"
// with one field for each missing stage; kTooLarge "regulation_too_large".
Result<std::vector<NewEvent>> decide(const State& state, const PublishRegulation& command,
                                     Language language = Language::kEn);

}  // namespace dealog::regulation
