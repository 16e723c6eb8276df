// Whether a data folder has the keys that its log names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libs/eventlog/verify.hpp"

namespace dealog {

struct KeysReport {
  bool checked = false;     // to the end
  std::string not_checked;  // why nobody could; empty: what is wrong is a problem
  std::uint64_t named = 0;  // by the log
  std::uint64_t erased = 0;
  std::uint64_t given_up = 0;  // missing, and somebody has accepted that
  std::vector<VerifyProblem> problems;
};

// `data` is laid out like a data folder (a backup is): log, keys. Every byte of the keys is read
// and every key that the log names looked for; each is there or erased, else it is a problem. The
// folder must be there where anything else of a data folder is; a log that was copied alone, and a
// backup that has its keys no more, cannot be judged. Changes nothing. Errors: those of
// Database::open and of reading the log.
Result<KeysReport> check_keys(const std::filesystem::path& data);

}  // namespace dealog
