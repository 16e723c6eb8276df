// The sub-commands of `dealog`. Each returns the exit code of the process: 0 done, 1 failed; errors
// go to standard error as one sentence.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::commands {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
// A supervisor does not try again: no start mends a wrong command line or a wrong setting.
inline constexpr int kWrongUse = 2;
// The log stopped accepting after a failed write: the supervisor should start the service again.
inline constexpr int kLogStopped = 3;

// The code of a failed command: kWrongUse where what was asked for cannot be.
int exit_code(const Error& error);
// An error of that kind.
std::unexpected<Error> wrong_use(std::string what);

struct Serve {
  std::filesystem::path data;
  std::optional<std::string> listen;
  std::optional<std::filesystem::path> regulation;
  std::optional<std::filesystem::path> config;
  bool accept_lost_keys = false;  // go on although keys are missing that the log names
};
Result<int> run(const Serve& arguments);

struct Verify {
  std::filesystem::path data;
  std::vector<std::filesystem::path> heads;  // signed heads that must still hold
  std::string key;                           // verifier key; empty: that of the folder's keys
  bool accept_end = false;                   // make the watermark anew for the end that is there
  std::filesystem::path archive;             // read what was dropped from there; empty: not at all
};
Result<int> run(const Verify& arguments);

// Their `archive`: where the events lie that were dropped; empty: where they did then.
struct Rebuild {
  std::filesystem::path data;
  std::filesystem::path archive;
};
Result<int> run(const Rebuild& arguments);

struct Check {
  std::filesystem::path regulation;
};
Result<int> run(const Check& arguments);

struct Token {
  std::filesystem::path data;
  std::string user;                 // usr_…; empty: the first user
  std::vector<std::string> rights;  // empty: all of the user's
  std::string label = "command line";
  std::filesystem::path archive;
};
Result<int> run(const Token& arguments);

struct Backup {
  std::filesystem::path repository;
  std::filesystem::path data;
  std::int64_t keep = 0;  // 0: all
  bool check = false;     // look at the backups that are there, make none
  std::string key;        // verifier key of their signed heads; empty: that among their keys
};
Result<int> run(const Backup& arguments);

struct Restore {
  std::filesystem::path repository;
  std::filesystem::path target;
  std::string backup;  // empty: the newest
  std::string to;      // position or RFC 3339; empty: the backup's end
  std::string key;     // verifier key of the signed head; empty: that among the backup's keys
  std::vector<std::filesystem::path> erasures;
  std::filesystem::path archive;
};
Result<int> run(const Restore& arguments);

struct Archive {
  std::filesystem::path folder;
  std::filesystem::path data;       // with --import: whose keys are copied
  std::string until;                // position or RFC 3339; empty: all
  std::int64_t segment_events = 0;  // about so many in a segment
  bool verify = false;              // look at the archive that is there
  std::string key;                  // verifier key that its head must be signed by
  std::filesystem::path import_to;  // make a data folder of the archive
  bool drop = false;                // take out of the log what the archive then holds
  bool dry_run = false;             // with drop: only say what would be
};
Result<int> run(const Archive& arguments);

struct Prune {
  std::filesystem::path data;
  std::optional<std::filesystem::path> config;
  std::string before;  // RFC 3339; empty: as the settings say
  bool dry_run = false;
};
Result<int> run(const Prune& arguments);

struct Import {
  // What comes: "events" in the log's own form, else the name of a provider; and from where.
  std::vector<std::string> words;
  std::filesystem::path data;
  // Of a provider: which of its sources (empty: the only one), and whether to look only.
  std::string source;
  bool dry_run = false;
};
// Of an export (not of "events").
Result<int> import_export(const Import& arguments, const std::string& provider,
                          const std::filesystem::path& path);
Result<int> run(const Import& arguments);

struct Backtest {
  std::filesystem::path rules;
  std::filesystem::path data;
  std::filesystem::path regulation;  // empty: the one in force, and gates are not judged
  std::string pipeline;              // empty: the regulation's, or the only one
  std::string from, to;              // RFC 3339 or a day in UTC; `to` empty: now
  std::size_t list = 20;             // acts and moves that are named
  bool json = false;
  std::filesystem::path archive;
};
Result<int> run(const Backtest& arguments);

struct Demo {
  std::filesystem::path data;
  std::filesystem::path regulation;
  std::uint64_t seed = 1;
  std::int64_t deals = 2000;
  std::int64_t sellers = 8;
  std::int64_t months = 12;
  std::string until;  // RFC 3339; empty: now
};
Result<int> run(const Demo& arguments);

}  // namespace dealog::commands
