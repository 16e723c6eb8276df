// Files and folder entries in memory, each as programs see it and as it would be after the power
// goes: the bytes and entries that were synced, and a random part of those that were not.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace dealog::testing {

// What a disk says that it has done and has not.
enum class DiskLie {
  kNone,
  kSyncDoesNothing,        // of files
  kSyncIsLate,             // a sync makes durable what was written before the sync before it
  kFolderSyncDoesNothing,  // of creations, renames and removals
};

// One file; stays readable through an open handle after its last name is gone.
struct DiskFile {
  struct Write {
    std::uint64_t offset = 0;
    std::string bytes;
  };
  std::string now;             // what reads see
  std::string durable;         // what is on the medium for certain
  std::vector<Write> pending;  // written since, in order
  std::size_t told = 0;        // how many of `pending` were there at the last sync
};

// Entries are paths; the folders themselves survive everything. Thread: one at a time.
class DiskFiles {
 public:
  using FilePtr = std::shared_ptr<DiskFile>;

  FilePtr find(const std::string& path) const;  // null: there is none
  FilePtr create(const std::string& path);      // empty; replaces what is there
  void rename(const std::string& from, const std::string& to);
  void link(const std::string& path, const std::string& to);
  void remove(const std::string& path);
  std::vector<std::string> children(const std::string& folder) const;
  const std::map<std::string, FilePtr>& all() const { return now_; }

  static void write(DiskFile& file, std::uint64_t offset, std::string_view bytes);
  static void truncate(DiskFile& file, std::uint64_t size);
  static void sync(DiskFile& file, DiskLie lie);
  // A sync that fails: what was pending is on the medium or never will be, whatever later syncs
  // say (Linux drops such pages as clean).
  static void fail_sync(DiskFile& file, std::mt19937_64& random);
  void sync_folder(const std::string& folder, DiskLie lie);

  // The power goes and comes back. Of each file: what was synced, and of the rest nothing, all, or
  // a prefix that ends inside a sector; sectors that overwrite durable bytes each for itself. A
  // write-ahead file (.log) may go on with zeros, as where a file's size is durable before its
  // bytes; RocksDB 7.8 refuses a MANIFEST that does. Of each folder: what was synced and a prefix
  // of the changes since, as file systems with a journal keep them.
  void lose_power(std::mt19937_64& random);

 private:
  // A change of an entry that its folder has not been synced for. No file: removed.
  struct Change {
    std::vector<std::pair<std::string, FilePtr>> entries;  // together: a rename is two
  };
  void change(Change change);

  std::map<std::string, FilePtr> now_;
  std::map<std::string, FilePtr> durable_;
  std::map<std::string, std::vector<Change>> pending_;  // by folder, in order
};

}  // namespace dealog::testing
