// What is checked each time the log is opened, before anything is appended.
#pragma once

#include <string>

#include "libs/eventlog/group_commit.hpp"

namespace dealog {

// Compares the end of the events with the last commits row: last positions, the records of the last
// group against their leaf hashes, frontier and log id. Costs two seeks and the last group, however
// long the log is.
// Errors: kInternal "log_broken" naming the first position that is missing or wrong.
Result<LogEnd> check_log_end(const LogTables& tables, std::string_view log_id);

}  // namespace dealog
