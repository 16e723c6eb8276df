#include "libs/storage/status.hpp"

#include <optional>
#include <string_view>

namespace dealog::storage {
namespace {

// RocksDB's words for a file that is not there name its place between many others.
std::optional<std::string> missing_file(std::string_view words) {
  if (words.find("No such file") == std::string_view::npos) return std::nullopt;
  std::optional<std::string> path;
  while (!words.empty()) {
    const auto end = words.find(": ");
    const auto part = words.substr(0, end);
    if (part.starts_with('/')) path = part;
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 2);
  }
  // A table that is gone is named by the ending it had in LevelDB, which was looked for last.
  constexpr std::string_view kOld = ".ldb";
  if (path && path->ends_with(kOld)) path->replace(path->size() - kOld.size(), kOld.size(), ".sst");
  return path;
}

std::string words_of(const rocksdb::Status& status) {
  std::string words = status.ToString();
  if (const auto path = missing_file(words)) return "the file " + *path + " is missing";
  // It says its kind once for each layer that passed it on.
  constexpr std::string_view kTwice = "Corruption: Corruption: ";
  if (words.starts_with(kTwice)) words.erase(0, kTwice.size() / 2);
  return words;
}

// A file of the database that is not there is damage like one whose bytes are wrong.
bool is_damage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsPathNotFound() ||
         (status.IsIOError() && status.ToString().find("No such file") != std::string::npos);
}

}  // namespace

std::unexpected<Error> Failures::error(const rocksdb::Status& status, const std::string& doing) {
  const std::string what = doing + ": " + words_of(status);
  if (is_damage(status)) {
    Error error{ErrorKind::kInternal, "storage_corrupted",
                what + ". Bytes on the disk are damaged or gone. " + if_damaged_};
    remember(error);
    return std::unexpected(std::move(error));
  }
  if (status.IsNoSpace()) {
    return fail(ErrorKind::kInternal, "storage_full",
                what + ". The disk is full; free space and restart the service");
  }
  if (status.IsIOError() && what.find("lock") != std::string::npos) {
    return fail(ErrorKind::kInternal, "storage_locked",
                what + ". Another process has this folder open; stop it first");
  }
  return fail(ErrorKind::kInternal, "storage_failed",
              what +
                  ". Look into the system's log for errors of the disk, then restart the "
                  "service; it checks its data when it starts");
}

void Failures::remember(const Error& error) {
  std::function<void(const Error&)> tell;
  {
    const std::scoped_lock lock(mutex_);
    if (damage_) return;
    damage_ = error;
    tell = tell_;
  }
  if (tell) tell(error);
}

void Failures::on_damage(std::function<void(const Error&)> tell) {
  std::optional<Error> met;
  {
    const std::scoped_lock lock(mutex_);
    met = damage_;
    tell_ = tell;
  }
  if (met && tell) tell(*met);
}

std::optional<Error> Failures::damage() const {
  const std::scoped_lock lock(mutex_);
  return damage_;
}

}  // namespace dealog::storage
