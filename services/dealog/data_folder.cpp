#include "services/dealog/data_folder.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/base/number.hpp"
#include "libs/eventlog/backup_files.hpp"
#include "libs/files/file_folder.hpp"
#include "libs/storage/database.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";

bool there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_backup(const fs::path& folder) {
  return there(folder / kManifest) && there(folder / "log");
}

bool holds_a_file(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
    if (entry.is_regular_file(ignored)) return true;
  }
  return false;
}

std::unexpected<Error> refused(const std::string& what) {
  return fail(ErrorKind::kConflict, "is_a_backup", what);
}

}  // namespace

Result<void> require_no_backup(const fs::path& data) {
  const fs::path whole = fs::absolute(data).lexically_normal();
  const fs::path folder = whole.has_filename() ? whole : whole.parent_path();
  if (is_backup(folder)) {
    return refused(fmt::format(
        "{} is a backup and stays as it is; make a data folder of it first with `dealog restore {} "
        "DATA --backup {}`",
        folder.string(), folder.parent_path().string(), folder.filename().string()));
  }
  if (there(folder / kManifest)) {
    return refused(fmt::format(
        "{} is an archive; make a data folder of it first with `dealog archive {} --import DATA`",
        folder.string(), folder.string()));
  }
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!is_backup(entry.path())) continue;
    return refused(fmt::format(
        "{} is a folder of backups; make a data folder of one with `dealog restore {} DATA`",
        folder.string(), folder.string()));
  }
  return {};
}

Result<void> require_log(const fs::path& data) {
  TRY(require_no_backup(data));
  TRY(require_nothing_lost(data));
  if (there(data / "log" / "CURRENT") || storage::Database::has_lost_current(data / "log")) {
    return {};
  }
  return fail(ErrorKind::kNotFound, "data_folder_absent",
              fmt::format("{} is no folder with a log; check the path", data.string()));
}

Result<void> require_nothing_lost(const fs::path& data) {
  const fs::path log = data / "log";
  if (there(log / "CURRENT") || storage::Database::has_lost_current(log)) return {};
  std::vector<std::string> left;
  if (there(data / "keys" / "CURRENT") || storage::Database::has_lost_current(data / "keys")) {
    left.emplace_back("keys/");
  }
  if (there(data / "log.watermark")) left.emplace_back("log.watermark");
  const auto note = read_whole_file(data / "signed-head");
  if (note) left.emplace_back("signed-head");
  if (holds_a_file(data / kFilesFolder)) left.emplace_back(std::string(kFilesFolder) + "/");
  if (left.empty()) return {};
  const auto reached = note ? position_spoken_of(*note) : std::nullopt;
  return fail(ErrorKind::kInternal, "log_absent",
              fmt::format("{} has lost its log: there is no log/CURRENT, but {}{}. Keep the folder "
                          "as it is and restore a backup into another folder with `dealog "
                          "restore`; a new company begins in a new folder",
                          data.string(), fmt::join(left, ", "),
                          reached ? fmt::format("; its signed head says that the log had reached "
                                                "position {}",
                                                reached->value)
                                  : std::string()));
}

std::optional<Position> position_spoken_of(std::string_view note) {
  const auto line = note.find('\n');
  if (!note.starts_with("dealog/") || line == std::string_view::npos) return std::nullopt;
  const auto rest = note.substr(line + 1);
  const auto number = parse_number<std::uint64_t>(rest.substr(0, rest.find('\n')));
  return number ? std::optional<Position>(Position{*number}) : std::nullopt;
}

}  // namespace dealog
