// A folder of keys that no KeyStore has open.
#pragma once

#include <filesystem>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/event/key_ring.hpp"

namespace dealog {

// Which keys it marks as erased, ascending. Does not change the folder.
// Errors: those of Database::open; kInternal "keys_broken" for a row that is none.
Result<std::vector<KeyId>> erased_keys(const std::filesystem::path& folder);

// See Database::checkpoint. Errors: those of Database::open.
Result<void> copy_keys_folder(const std::filesystem::path& folder,
                              const std::filesystem::path& target);

}  // namespace dealog
