#include "libs/projection/view_folder.hpp"

#include <charconv>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "libs/base/logging.hpp"
#include "libs/projection/page_projector.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kCurrent = "CURRENT";
constexpr std::string_view kGeneration = "generation-";

std::unexpected<Error> folder_error(std::string_view doing, const fs::path& path) {
  return fail(
      ErrorKind::kInternal, "view_folder_failed",
      fmt::format("{} {}: {}", doing, path.string(), std::generic_category().message(errno)));
}

Result<void> sync_path(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return folder_error("opening", path);
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  if (!synced) return folder_error("syncing", path);
  return {};
}

// 0 for what is no generation's name.
std::uint64_t generation_number(std::string_view name) {
  if (!name.starts_with(kGeneration)) return 0;
  name.remove_prefix(kGeneration.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

std::vector<fs::path> generations(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (generation_number(entry.path().filename().string()) > 0) out.push_back(entry.path());
  }
  return out;
}

bool made_by(const v1::CheckpointRow& row, std::string_view log_id,
             const std::vector<std::unique_ptr<Projector>>& projectors) {
  if (row.log_id() != log_id || row.projectors_size() != std::ssize(projectors)) return false;
  for (int i = 0; i < row.projectors_size(); ++i) {
    const auto& projector = *projectors[static_cast<std::size_t>(i)];
    if (row.projectors(i).name() != projector.name() ||
        row.projectors(i).version() != projector.version()) {
      return false;
    }
  }
  return true;
}

}  // namespace

// Nothing as well for a file whose bytes name no generation: views are made of the log again.
std::optional<std::string> ViewFolder::current() const {
  std::ifstream file(folder_ / kCurrent);
  std::string name;
  if (!std::getline(file, name) || generation_number(name) == 0) return std::nullopt;
  return name;
}

Result<std::unique_ptr<RocksViewStore>> ViewFolder::open_current(
    std::string_view log_id, const std::vector<std::unique_ptr<Projector>>& projectors) {
  const auto name = current();
  if (!name || !fs::exists(folder_ / *name)) return std::unique_ptr<RocksViewStore>();
  auto store = RocksViewStore::open({.folder = folder_ / *name});
  if (!store && store.error().code == "storage_corrupted") {
    log_warning("the views are damaged and are made anew", {{"reason", store.error().message}});
    return std::unique_ptr<RocksViewStore>();
  }
  if (!store) return std::unexpected(std::move(store.error()));
  const auto checkpoint = TRY(read_checkpoint(**store));
  // A generation that never came to its first durable page has no checkpoint: it is empty.
  if (checkpoint && !made_by(*checkpoint, log_id, projectors)) {
    return std::unique_ptr<RocksViewStore>();
  }
  return std::move(*store);
}

Result<std::unique_ptr<RocksViewStore>> ViewFolder::begin_generation() {
  std::error_code error;
  fs::create_directories(folder_, error);
  const auto in_force = current();
  std::uint64_t last = in_force ? generation_number(*in_force) : 0;
  for (const auto& path : generations(folder_)) {
    const auto number = generation_number(path.filename().string());
    // Above the one in force lie only attempts that were never finished.
    if (number > last || !in_force) fs::remove_all(path, error);
  }
  begun_ = fmt::format("{}{:06}", kGeneration, last + 1);
  return RocksViewStore::open({.folder = folder_ / begun_});
}

Result<void> ViewFolder::put_in_force() {
  DEALOG_ASSERT(!begun_.empty());
  const fs::path fresh = folder_ / "CURRENT.new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << begun_ << '\n';
    file.flush();
    if (!file) return folder_error("writing", fresh);
  }
  if (auto synced = sync_path(fresh); !synced) return synced;
  if (::rename(fresh.c_str(), (folder_ / kCurrent).c_str()) != 0) {
    return folder_error("renaming", fresh);
  }
  return sync_path(folder_);
}

Result<void> ViewFolder::remove_old() {
  const auto in_force = current();
  for (const auto& path : generations(folder_)) {
    if (in_force && path.filename() == *in_force) continue;
    std::error_code error;
    fs::remove_all(path, error);
    if (error) {
      return fail(ErrorKind::kInternal, "view_folder_failed",
                  "removing " + path.string() + ": " + error.message());
    }
  }
  return {};
}

}  // namespace dealog
