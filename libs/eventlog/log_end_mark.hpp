// Saying by hand where a stopped log ends: after a restore, and where its watermark was lost.
#pragma once

#include <filesystem>
#include <string>

#include "libs/base/result.hpp"
#include "libs/event/position.hpp"

namespace dealog {

struct MarkedEnd {
  Position head;
  std::string log_id;
  std::string epoch;
};

// Both take the log's own folder (<data>/log), which nobody may have open, check its end as opening
// does, begin a new epoch, so that its signed heads are told apart from those of the log that it
// was or was restored from, and make its watermark anew for that end. Errors: those of
// RocksLog::open; kNotFound "storage_absent".

// After a restore, before the log is opened for the first time.
Result<MarkedEnd> begin_restored_log(const std::filesystem::path& log_folder);
// Somebody vouches for the end. The watermark that said otherwise is kept as a proof, under the
// name that set_aside() gives it.
Result<MarkedEnd> accept_log_end(const std::filesystem::path& log_folder);

// <file> → <file>.epoch-<epoch>, where there is such a file. Errors: kInternal "file_unwritable".
Result<void> set_aside(const std::filesystem::path& file, const std::string& epoch);

}  // namespace dealog
