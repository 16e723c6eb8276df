#include "tests/support/disk_files.hpp"

#include <algorithm>

namespace dealog::testing {
namespace {

constexpr std::size_t kSectorBytes = 512;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

void put(std::string& bytes, const DiskFile::Write& write) {
  const std::size_t end = write.offset + write.bytes.size();
  if (bytes.size() < end) bytes.resize(end);
  bytes.replace(write.offset, write.bytes.size(), write.bytes);
}

bool one_in(std::mt19937_64& random, std::uint64_t n) { return random() % n == 0; }

// Sectors of `write` below `size` reach the medium each for itself.
void apply_some_sectors(std::string& bytes, const DiskFile::Write& write, std::size_t size,
                        std::mt19937_64& random) {
  std::size_t at = write.offset;
  const std::size_t end = std::min(write.offset + write.bytes.size(), size);
  while (at < end) {
    const std::size_t next = std::min(end, (at / kSectorBytes + 1) * kSectorBytes);
    if (one_in(random, 2)) bytes.replace(at, next - at, write.bytes, at - write.offset, next - at);
    at = next;
  }
}

// What the medium holds of a file whose last writes were not synced.
std::string after_power_loss(const DiskFile& file, bool may_end_in_zeros, std::mt19937_64& random) {
  std::string bytes = file.durable;
  const auto fate = random() % 4;
  if (fate == 0) return bytes;  // nothing
  if (fate == 1) {              // all
    for (const auto& write : file.pending) put(bytes, write);
    return bytes;
  }
  std::string written = bytes;
  for (const auto& write : file.pending) {
    put(written, write);
    apply_some_sectors(bytes, write, file.durable.size(), random);
  }
  if (written.size() <= bytes.size()) return bytes;
  // The part beyond the durable end grows from its start and ends anywhere.
  const std::size_t grown = 1 + random() % (written.size() - bytes.size());
  bytes.append(written, bytes.size(), grown);
  if (may_end_in_zeros && one_in(random, 4)) {
    bytes.resize(std::min(bytes.size() + random() % 4096, written.size()));
  }
  return bytes;
}

}  // namespace

DiskFiles::FilePtr DiskFiles::find(const std::string& path) const {
  const auto found = now_.find(path);
  return found == now_.end() ? nullptr : found->second;
}

void DiskFiles::change(Change change) {
  for (const auto& [path, file] : change.entries) {
    if (file) {
      now_[path] = file;
    } else {
      now_.erase(path);
    }
  }
  pending_[folder_of(change.entries.front().first)].push_back(std::move(change));
}

DiskFiles::FilePtr DiskFiles::create(const std::string& path) {
  auto file = std::make_shared<DiskFile>();
  change({{{path, file}}});
  return file;
}

void DiskFiles::rename(const std::string& from, const std::string& to) {
  change({{{to, now_.at(from)}, {from, nullptr}}});
}

void DiskFiles::link(const std::string& path, const std::string& to) {
  change({{{to, now_.at(path)}}});
}

void DiskFiles::remove(const std::string& path) { change({{{path, nullptr}}}); }

std::vector<std::string> DiskFiles::children(const std::string& folder) const {
  std::vector<std::string> names;
  const std::string prefix = folder + "/";
  for (auto at = now_.lower_bound(prefix); at != now_.end() && at->first.starts_with(prefix);
       ++at) {
    const std::string name = at->first.substr(prefix.size());
    if (!name.contains('/')) names.push_back(name);
  }
  return names;
}

void DiskFiles::write(DiskFile& file, std::uint64_t offset, std::string_view bytes) {
  file.pending.push_back({offset, std::string(bytes)});
  put(file.now, file.pending.back());
}

// Taken as durable at once: it is only used to give back what was reserved beyond the end.
void DiskFiles::truncate(DiskFile& file, std::uint64_t size) {
  file.now.resize(size);
  if (file.durable.size() > size) file.durable.resize(size);
}

void DiskFiles::sync(DiskFile& file, DiskLie lie) {
  if (lie == DiskLie::kSyncDoesNothing) return;
  const std::size_t count = lie == DiskLie::kSyncIsLate ? file.told : file.pending.size();
  for (std::size_t i = 0; i < count; ++i) put(file.durable, file.pending[i]);
  file.pending.erase(file.pending.begin(), file.pending.begin() + static_cast<long>(count));
  file.told = file.pending.size();
}

void DiskFiles::fail_sync(DiskFile& file, std::mt19937_64& random) {
  file.durable = after_power_loss(file, false, random);
  file.pending.clear();
  file.told = 0;
}

void DiskFiles::sync_folder(const std::string& folder, DiskLie lie) {
  if (lie == DiskLie::kFolderSyncDoesNothing) return;
  for (const auto& change : pending_[folder]) {
    for (const auto& [path, file] : change.entries) {
      if (file) {
        durable_[path] = file;
      } else {
        durable_.erase(path);
      }
    }
  }
  pending_[folder].clear();
}

void DiskFiles::lose_power(std::mt19937_64& random) {
  for (auto& [folder, changes] : pending_) {
    changes.resize(random() % (changes.size() + 1));
    sync_folder(folder, DiskLie::kNone);
  }
  pending_.clear();
  now_ = durable_;
  for (auto& [path, file] : now_) {
    if (!file->pending.empty()) {
      file->durable = after_power_loss(*file, path.ends_with(".log"), random);
    }
    if (file->now != file->durable) file->now = file->durable;
    file->pending.clear();
    file->told = 0;
  }
}

}  // namespace dealog::testing
