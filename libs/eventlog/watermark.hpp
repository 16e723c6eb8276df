// The head watermark: how far the log had come, in a file of its own beside the log's folder. The
// store opens happily after its write-ahead log was deleted or cut; only this file then knows that
// acknowledged events are missing. FORMAT.md describes its bytes.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "libs/base/result.hpp"
#include "libs/event/position.hpp"
#include "libs/eventlog/merkle.hpp"

namespace dealog {

// What one slot says: at `position`, which was durable by then, the tree had this root.
struct Watermark {
  std::uint64_t sequence = 0;  // of writes of this file: the higher one is the newer
  Position position;
  merkle::Hash root{};
  std::string log_id;  // 16 bytes
  bool operator==(const Watermark&) const = default;
};

// <data>/log → <data>/log.watermark
std::filesystem::path watermark_path(const std::filesystem::path& log_folder);

// The newer of the slots that are whole; nothing when there is no file.
// Errors: kInternal "watermark_broken" when neither is whole; "watermark_failed" when the file
// cannot be read.
Result<std::optional<Watermark>> read_watermark(const std::filesystem::path& file);

// The file, open for writing. Thread: one at a time.
class WatermarkFile {
 public:
  // Makes a durable file that holds `first` alone, in place of any that is there.
  // Errors, here and below: kInternal "watermark_failed".
  static Result<WatermarkFile> create(const std::filesystem::path& file, const Watermark& first);
  // Goes on after `newest`, which was read from it.
  static Result<WatermarkFile> open(const std::filesystem::path& file, const Watermark& newest);

  WatermarkFile(WatermarkFile&& other) noexcept;
  WatermarkFile& operator=(WatermarkFile&&) = delete;
  ~WatermarkFile();

  // Durable when it returns, by `sync` (fdatasync where it is empty). Overwrites the older slot in
  // place, so that a torn write leaves the newer one whole and no block is allocated.
  Result<void> write(Position position, const merkle::Hash& root,
                     const std::function<int(int fd)>& sync = {});
  const Watermark& newest() const { return newest_; }

 private:
  WatermarkFile(std::filesystem::path file, int fd, Watermark newest);

  std::filesystem::path file_;
  int fd_ = -1;
  Watermark newest_;
};

}  // namespace dealog
