#include "libs/files/file_store.hpp"

#include <system_error>
#include <utility>

#include <unistd.h>

#include "libs/base/assert.hpp"
#include "libs/base/logging.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSealedBytes = limits::kFileBytes + 256;

std::unexpected<Error> unusable(const fs::path& folder, const std::error_code& error) {
  return fail(ErrorKind::kUnavailable, "files_unusable",
              "using " + folder.string() + ": " + error.message());
}

}  // namespace

ArrivedFile::ArrivedFile(ArrivedFile&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)), stored_(std::move(other.stored_)) {}

ArrivedFile::~ArrivedFile() {
  if (store_ != nullptr) store_->release(stored_.name, false, false);
}

void ArrivedFile::keep() {
  if (auto* store = std::exchange(store_, nullptr)) store->release(stored_.name, true, true);
}

void ArrivedFile::leave() {
  if (auto* store = std::exchange(store_, nullptr)) store->release(stored_.name, true, false);
}

Result<std::unique_ptr<FileStore>> FileStore::open(const Options& options) {
  std::unique_ptr<FileStore> store(new FileStore(options.folder, *options.keys));
  std::error_code error;
  fs::create_directories(store->arriving(), error);
  if (error) return unusable(store->arriving(), error);
  fs::permissions(store->folder_, fs::perms::owner_all, error);
  TRY(store->settle_arrived(options.is_named));
  return store;
}

Result<void> FileStore::settle_arrived(const IsNamed& is_named) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(arriving(), error), end; !error && it != end;
       it.increment(error)) {
    found.push_back(it->path());
  }
  if (error) return unusable(arriving(), error);
  for (const auto& file : found) {
    if (file.extension() == ".part") {
      fs::remove(file, error);
      if (error) return unusable(file, error);
    } else if (is_stored_name(file.filename().string())) {
      TRY(settle(file.filename().string(), is_named));
    }
  }
  return {};
}

// A file gets its name when it is whole, so its header can be read unless the disk lost it; then it
// is left where it is and found missing or damaged by `dealog verify`.
Result<void> FileStore::settle(const std::string& name, const IsNamed& is_named) {
  const auto start = TRY(read_stored(arriving() / name, kSealedHeaderBytes));
  const auto header = header_of_sealed(start);
  if (!header) {
    log_error("a file that was arriving cannot be read", {{"file", name}});
    return {};
  }
  std::error_code error;
  if (TRY(is_named(header->subject, name))) {
    fs::rename(arriving() / name, folder_ / name, error);
  } else {
    fs::remove(arriving() / name, error);
  }
  if (error) return unusable(arriving() / name, error);
  return {};
}

Result<ArrivedFile> FileStore::put(std::string_view subject, std::string_view content) {
  if (content.size() > limits::kFileBytes) {
    return fail(ErrorKind::kTooLarge, "file_too_large",
                "a file may have at most " + std::to_string(limits::kFileBytes) + " bytes");
  }
  const SealedFile sealed = seal_file(subject, TRY(keys_.key_for(subject)), content);
  {
    const std::scoped_lock lock(mutex_);
    ++held_[sealed.stored.name].holders;
  }
  ArrivedFile arrived(*this, sealed.stored);
  if (const auto written = write(sealed); !written) {
    // Where it lies and what the system said is for the operator, not for whoever sent it.
    log_error("a file could not be stored",
              {{"code", written.error().code}, {"error", written.error().message}});
    return fail(ErrorKind::kUnavailable, written.error().code,
                "the file could not be stored; send it again later");
  }
  return arrived;
}

Result<void> FileStore::write(const SealedFile& file) {
  const std::string& name = file.stored.name;
  if (is_whole(folder_ / name, file.bytes)) return {};
  // One that is arriving is written anew: whether its name is durable, only its writer knows.
  const std::string temporary = name + "." + std::to_string(next_temporary_++) + ".part";
  return write_durably(arriving(), temporary, name, file.bytes);
}

bool FileStore::is_whole(const fs::path& file, std::string_view bytes) const {
  std::error_code error;
  if (fs::file_size(file, error) != bytes.size() || error) return false;
  const auto known = read_stored(file, kSealedBytes);
  return known && *known == bytes;
}

void FileStore::release(const std::string& name, bool stays, bool moves) {
  const std::scoped_lock lock(mutex_);
  const auto found = held_.find(name);
  DEALOG_ASSERT(found != held_.end() && found->second.holders > 0);
  found->second.stays = found->second.stays || stays;
  const bool last = --found->second.holders == 0;
  const bool goes = last && !found->second.stays;
  if (last) held_.erase(found);
  // Neither needs a sync: after a power cut the next start finds it in either place and asks the
  // log. What is not there has been moved by another holder, or lay in its place before.
  if (moves) static_cast<void>(::rename((arriving() / name).c_str(), (folder_ / name).c_str()));
  if (goes) static_cast<void>(::unlink((arriving() / name).c_str()));
}

Result<FileStore::Content> FileStore::read(std::string_view subject,
                                           const StoredFile& stored) const {
  std::string key;
  switch (keys_.find(stored.key, &key)) {
    case KeyState::kErased:
      return Content{SealState::kErased, {}};
    case KeyState::kLost:
      return Content{SealState::kLost, {}};
    case KeyState::kPresent:
      break;
  }
  // Twice, since it may be moved to its place between the look and the reading.
  for (int look = 0; look < 2 && is_stored_name(stored.name); ++look) {
    const fs::path place = find_stored(folder_, stored.name);
    if (place.empty()) break;
    const auto bytes = read_stored(place, kSealedBytes);
    if (!bytes && bytes.error().kind == ErrorKind::kNotFound) continue;
    if (!bytes) return fail(ErrorKind::kInternal, "file_unreadable", bytes.error().message);
    return Content{SealState::kOpened, TRY(open_file(subject, key, *bytes))};
  }
  return fail(ErrorKind::kInternal, "file_missing",
              "the log names a file " + stored.name +
                  " that is not in `files/`; restore that folder from a backup");
}

Result<void> FileStore::remove(std::string_view name) {
  if (!is_stored_name(name)) return {};
  return remove_stored(folder_, name);
}

}  // namespace dealog
