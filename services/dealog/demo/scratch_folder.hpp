// A folder that is complete or not there: filled in memory where there is room, because nothing in
// it needs to survive a crash before it is whole and a synced write to a disk costs milliseconds.
#pragma once

#include <filesystem>

#include "libs/base/result.hpp"

namespace dealog::demo {

// Thread: one.
class ScratchFolder {
 public:
  // For `target`, which must be absent or empty. Removes what an interrupted run left behind.
  // `room_bytes` is what is going to be written, at most.
  // Errors: kConflict "data_folder_not_empty"; kInvalid "data_folder_unusable".
  static Result<ScratchFolder> open(const std::filesystem::path& target, std::uint64_t room_bytes);
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();  // removes what is not in place

  const std::filesystem::path& path() const { return scratch_; }
  bool in_memory() const { return scratch_ != partial_; }

  // Durable and at its place, in one rename. Nothing may have the folder open any more.
  Result<void> put_in_place();

 private:
  ScratchFolder(std::filesystem::path target, std::filesystem::path partial,
                std::filesystem::path scratch)
      : target_(std::move(target)), partial_(std::move(partial)), scratch_(std::move(scratch)) {}

  std::filesystem::path target_;
  std::filesystem::path partial_;  // beside the target
  std::filesystem::path scratch_;  // in memory, or the same as partial_
};

}  // namespace dealog::demo
