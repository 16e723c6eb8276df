// Which folder may include which: the picture of the architecture as a table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dealog::layers {

struct Folder {
  std::string name;  // "libs/base", "projections/deals", "proto"
  int level = 0;     // 0 proto … 8 services/dealog
};

// The folder of a source file or of an include path, both written from the repository's root;
// nothing for what is not of a level (tests, deploy, third-party headers).
std::optional<Folder> folder_of(std::string_view path);

// Why `file` may not have `#include "include"`, in a sentence; "" where it may.
std::string include_violation(std::string_view file, std::string_view include);

}  // namespace dealog::layers
