// The folder views/: generations of rows side by side, one of them in force.
//
//   views/CURRENT           name of the generation in force and a newline; replaced by renaming
//   views/generation-000003/  a RocksDB database with one family, see RocksViewStore
#pragma once

#include <filesystem>
#include <memory>

#include "libs/projection/projector.hpp"
#include "libs/projection/rocks_view_store.hpp"

namespace dealog {

// Thread: one.
class ViewFolder {
 public:
  explicit ViewFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Opens the generation in force; nothing when there is none, when it belongs to another log, when
  // its rows were made by other projectors or other versions of them, or when it is damaged so that
  // it does not open: then rebuild.
  Result<std::unique_ptr<RocksViewStore>> open_current(
      std::string_view log_id, const std::vector<std::unique_ptr<Projector>>& projectors);
  // A new, empty generation; left-overs of earlier attempts are removed.
  Result<std::unique_ptr<RocksViewStore>> begin_generation();
  // Puts the generation begun last in force, atomically and durably. Its store may stay open.
  Result<void> put_in_force();
  // Deletes every generation that is not in force. None of them may be open.
  Result<void> remove_old();

 private:
  std::optional<std::string> current() const;
  std::filesystem::path folder_;
  std::string begun_;
};

}  // namespace dealog
