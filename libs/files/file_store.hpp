// Files beside the log: sealed, content-addressed, durable before the event that names them.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "libs/event/event.hpp"
#include "libs/files/file_folder.hpp"

namespace dealog {

class FileStore;

// A file that is durable and that the log does not name yet. Removed when it goes without one of
// keep() and leave(), unless somebody else has put the same. Thread: one.
class ArrivedFile {
 public:
  ArrivedFile(ArrivedFile&& other) noexcept;
  ArrivedFile& operator=(ArrivedFile&&) = delete;
  ~ArrivedFile();

  const StoredFile& stored() const { return stored_; }

  // The event that names it is durable.
  void keep();
  // Nobody knows whether it is: the next start asks the log.
  void leave();

 private:
  friend class FileStore;
  ArrivedFile(FileStore& store, StoredFile stored) : store_(&store), stored_(std::move(stored)) {}

  FileStore* store_;  // null: nothing is left to do
  StoredFile stored_;
};

// Every file has a key of its own, that of its subject ("fil_…"), so that one file can be erased
// and all others stay. Thread: any.
class FileStore {
 public:
  // Whether an event of the log names that file; asked at the start about what a crash left.
  using IsNamed = std::function<Result<bool>(std::string_view subject, std::string_view name)>;

  struct Options {
    std::filesystem::path folder;  // made when it is absent
    KeyRing* keys = nullptr;       // never null; outlives the store
    IsNamed is_named;
  };
  // What was being written is removed, what had arrived is kept or removed as the log says.
  // Errors: those of file_folder.hpp; those of `is_named`.
  static Result<std::unique_ptr<FileStore>> open(const Options& options);

  // Seals under the subject's key and makes durable: two syncs. The same content of the same
  // subject again costs a read. Errors: kTooLarge "file_too_large"; those of KeyRing::key_for;
  // kUnavailable as in file_folder.hpp, told in the log alone.
  Result<ArrivedFile> put(std::string_view subject, std::string_view content);

  struct Content {
    SealState state = SealState::kOpened;  // kOpened, kErased or kLost (of its key)
    std::string bytes;                     // only when it was opened
  };
  // Errors: kInternal "file_missing" | "file_broken" | "file_unreadable" (the disk).
  Result<Content> read(std::string_view subject, const StoredFile& stored) const;

  // After its key was destroyed: the bytes as well. Durable when this returns.
  Result<void> remove(std::string_view name);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  friend class ArrivedFile;
  // How many hold a file that arrived, and what they know of it.
  struct Held {
    std::size_t holders = 0;
    bool stays = false;
  };

  FileStore(std::filesystem::path folder, KeyRing& keys)
      : folder_(std::move(folder)), keys_(keys) {}
  std::filesystem::path arriving() const { return folder_ / kArrivingFolder; }
  Result<void> settle_arrived(const IsNamed& is_named);
  Result<void> settle(const std::string& name, const IsNamed& is_named);
  Result<void> write(const SealedFile& file);
  bool is_whole(const std::filesystem::path& file, std::string_view bytes) const;
  void release(const std::string& name, bool stays, bool moves);

  const std::filesystem::path folder_;
  KeyRing& keys_;
  std::atomic<std::uint64_t> next_temporary_ = 0;
  std::mutex mutex_;
  std::map<std::string, Held, std::less<>> held_;  // guarded by mutex_
};

}  // namespace dealog
