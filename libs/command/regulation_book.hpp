// The regulation of each pipeline, in force and of any version.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/command/folds.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/regulation/regulation.hpp"

namespace dealog {

using RegulationRef = std::shared_ptr<const rules::Regulation>;

// Reads through the folds, so it is never behind what this process has published. Thread: any.
class RegulationBook {
 public:
  explicit RegulationBook(const Folds& folds) : folds_(folds) {}

  // Errors: kNotFound "pipeline_not_found" | "regulation_version_not_found".
  Result<RegulationRef> current(std::string_view pipeline) const;
  Result<RegulationRef> version(std::string_view pipeline, std::uint64_t number) const;
  // In force at a position of the past.
  Result<RegulationRef> as_of(std::string_view pipeline, Position position) const;
  // The file of that version as it was published, comments and all. Errors: as of version().
  Result<std::string> text(std::string_view pipeline, std::uint64_t number) const;
  // Codes of all pipelines, sorted.
  Result<std::vector<std::string>> pipelines() const;

 private:
  const Folds& folds_;
};

// The one in force, for a command that judges by it: `conditional` makes the append depend on its
// being in force still.
Result<RegulationRef> regulation_for(Unit& unit, std::string_view pipeline, bool conditional);

}  // namespace dealog
