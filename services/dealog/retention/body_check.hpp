// Whether raw bodies that are not there were erased.
#pragma once

#include <filesystem>
#include <vector>

#include "libs/eventlog/verify.hpp"

namespace dealog {

// Those of `absent` that no erasure explains: their key is still there, or lost. `keys` is a folder
// of keys that nobody has open. Errors: those of Database::open.
Result<std::vector<VerifyProblem>> unexplained_bodies(const std::filesystem::path& keys,
                                                      const std::vector<AbsentBody>& absent);

}  // namespace dealog
