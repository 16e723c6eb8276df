// Whether the sealed files that a log names are there, and no others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "libs/event/key_ring.hpp"
#include "libs/eventlog/verify.hpp"

namespace dealog {

class LogTables;

struct FileReport {
  std::uint64_t named = 0;   // by records that are in the log
  std::uint64_t erased = 0;  // of them
  // Of them: not there, and without keys nobody can tell whether they should be.
  std::uint64_t unjudged = 0;
  std::uint64_t unread = 0;  // named by records that lie in the archive; not checked
  std::vector<VerifyProblem> problems;
};

// `data` is laid out like a data folder (a backup is): log, keys, files. Each file is read whole
// and compared with what its event says. One that is missing although its key is there is a
// problem; without a folder of keys nobody can tell, and only those that are there are compared.
// `erased`: further subjects that are known to be erased. Errors: those of Database::open and
// decode.
Result<FileReport> check_files(const std::filesystem::path& data,
                               const std::set<std::string, std::less<>>& erased = {});

// Removes from `folder` what no event of the log names (the log was cut) and what was sealed under
// a key that is erased. `state_of` tells what became of a key. Returns how many went.
Result<std::size_t> sweep_files(const std::filesystem::path& folder, const LogTables& tables,
                                const std::function<KeyState(KeyId)>& state_of);

}  // namespace dealog
