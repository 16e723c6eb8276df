// A folder that is complete or not there: filled beside its place under another name, made durable
// as a whole, renamed.
#pragma once

#include <filesystem>

#include "libs/base/result.hpp"

namespace dealog {

// Thread: one.
class ScratchFolder {
 public:
  // For `target`, which must be absent or empty. Removes what an interrupted run left behind.
  // Errors: kConflict "data_folder_not_empty"; kInvalid "data_folder_unusable".
  static Result<ScratchFolder> open(const std::filesystem::path& target);
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();  // removes what is not in its place

  const std::filesystem::path& path() const { return partial_; }

  // Nothing may have the folder open any more. Errors: those of the disk.
  Result<void> put_in_place();

 private:
  ScratchFolder(std::filesystem::path target, std::filesystem::path partial)
      : target_(std::move(target)), partial_(std::move(partial)) {}

  std::filesystem::path target_;
  std::filesystem::path partial_;  // beside the target; empty when it is in its place
};

}  // namespace dealog
