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

// Whether `newer` has a row, of whatever kind, for every key of `older`. Changes neither.
// Errors: those of Database::open.
Result<bool> holds_every_key(const std::filesystem::path& newer,
                             const std::filesystem::path& older);

// Reads every byte of the folder and every row. Does not change it. Errors: those of
// Database::open; kInternal "keys_broken" for a row that is none, or without the folder's secrets.
Result<void> check_keys_folder(const std::filesystem::path& folder);

// Up to which id somebody has accepted that keys are missing; 0: nobody has. Errors: those of
// Database::open.
Result<KeyId> accepted_loss(const std::filesystem::path& folder);

// See Database::checkpoint. Errors: those of Database::open.
Result<void> copy_keys_folder(const std::filesystem::path& folder,
                              const std::filesystem::path& target);

}  // namespace dealog
