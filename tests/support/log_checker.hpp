// Whether a stopped log is what it claims to be, found out from its bytes alone: FORMAT.md is read
// here a second time, on purpose, and nothing of libs/eventlog is used. It shares the store's
// reader with the writer, and no parser, no tree and no signature. Run after every crash test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class Env;
}

namespace dealog::checker {

// A signed head (C2SP signed note holding a tlog checkpoint), taken apart.
struct Head {
  std::string origin;
  std::uint64_t size = 0;
  std::string root;  // 32 bytes
  std::string signed_text;
  std::string key_name;
  std::string signature;  // key hash: 4 bytes, then 64 bytes
};
// Nothing for text that is no such note.
std::optional<Head> parse_head(std::string_view note);
// Whether the note was signed with the key of "name+hash+base64" (a C2SP verifier key).
bool signature_holds(const Head& head, std::string_view verifier_key);

// Hashes are 32 bytes. RFC 9162, 2.1.3.2 and 2.1.4.2.
bool inclusion_holds(std::string_view leaf_hash, std::uint64_t index, std::uint64_t size,
                     const std::vector<std::string>& path, std::string_view root);
bool consistency_holds(std::uint64_t from, std::uint64_t to, const std::vector<std::string>& proof,
                       std::string_view old_root, std::string_view new_root);
std::string leaf_hash(std::string_view record);

struct Options {
  std::filesystem::path log_folder;  // <data>/log, which nobody writes to now
  // Notes that were given out earlier and must still hold.
  std::vector<std::string> heads = {};
  std::string verifier_key = {};  // "": signatures are not looked at
  bool needs_watermark = true;
  rocksdb::Env* environment = nullptr;
};

struct Report {
  std::uint64_t events = 0;
  std::string log_id;
  std::string root;
  std::vector<std::string> problems;  // at most 20
  // The lowest position that a problem names.
  std::optional<std::uint64_t> first_position;

  bool sound() const { return problems.empty(); }
  std::string text() const;  // the problems, a line each
};

// Positions without a gap; each record whole, of this log, at its own position; versions of every
// stream 1, 2, 3 … ; event ids unique; recorded time never back; appends complete; rows of streams,
// ids and tags exactly those that the events ask for; boxes under their subject's key; commit rows
// joined, their leaves and frontiers those of the records; the watermark not ahead and its root
// right; the given heads still true.
Report check_log(const Options& options);

}  // namespace dealog::checker
