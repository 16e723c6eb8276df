// What is done to the copy of a log before it is put in force: cut at a position, relieved of what
// was erased since. Then log_end_mark begins its new epoch. Never done to a log that serves.
// Thread: one.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "libs/eventlog/log_tables.hpp"

namespace dealog {

// Last position whose recorded time is ≤ `at`; 0 when there is none.
Result<Position> last_recorded_until(const LogTables& tables, Timestamp at);
// What a person wrote: a position in digits, or an RFC 3339 time, which means the last position
// that was recorded until then. Errors: kInvalid "invalid_position" for anything else.
Result<Position> position_of(const LogTables& tables, std::string_view text);

// The same judged before there is a log to look into: kInvalid "invalid_position", or nothing.
Result<void> check_position_text(std::string_view text);
// That error.
Error no_position(std::string_view text);

// Removes every event after `to`, with its rows in all families; what is left is the log as it was
// then. A `to` in the middle of an append is moved to the end of the append before, since an append
// is there whole or not at all. Keys stay known: no id of a key may be used twice.
// Returns the position at which the log ends now. The last write is synced.
// Errors: kInvalid "position_out_of_range" for 0 or beyond the head; those of the disk;
// kInternal "log_broken".
Result<Position> truncate_log(const LogTables& tables, Position to);

// Deletes what may be deleted of these streams: rows of the personal tag index and raw bodies of
// their events. Streams that are not in the log are passed over.
Result<void> erase_rows_of(const LogTables& tables,
                           const std::set<std::string, std::less<>>& streams);

// The subjects of these keys, in the order of their names.
Result<std::vector<std::string>> subjects_of(const LogTables& tables, const std::set<KeyId>& keys);

}  // namespace dealog
