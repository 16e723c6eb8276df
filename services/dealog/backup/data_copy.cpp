#include "services/dealog/backup/data_copy.hpp"

#include <fmt/format.h>

#include "libs/eventlog/start_check.hpp"
#include "libs/keys/keys_folder.hpp"
#include "services/dealog/data_folder.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

Result<fs::path> copy_stopped(const fs::path& data) {
  std::error_code error;
  for (const char* part : {"log", "keys"}) {
    if (fs::exists(data / part / "CURRENT", error)) continue;
    if (storage::Database::has_lost_current(data / part)) {
      return fail(ErrorKind::kInternal, "log_broken",
                  fmt::format("the file CURRENT is missing in {}. Keep the folder as it is and "
                              "restore a backup into another folder with `dealog restore`",
                              (data / part).string()));
    }
    return fail(ErrorKind::kNotFound, "data_folder_absent",
                fmt::format("{} is no data folder: it has no {}/CURRENT. Check the path",
                            data.string(), part));
  }
  const fs::path folder = fs::absolute(checkpoint_folder(data));
  // Opening takes the lock of the folder before anything is removed.
  const auto opened = TRY(open_checked_log({.folder = data / "log"}));
  const LogTables& tables = opened.tables;
  fs::remove_all(folder, error);
  fs::create_directory(folder, error);
  if (error) {
    return fail(ErrorKind::kInternal, "checkpoint_failed",
                fmt::format("creating {}: {}", folder.string(), error.message()));
  }
  TRY(tables.db().checkpoint(folder / "log"));
  TRY(copy_keys_folder(data / "keys", folder / "keys"));
  return folder;
}

}  // namespace

Result<DataCopy> DataCopy::make(const fs::path& data) {
  TRY(require_no_backup(data));
  auto service = ServiceCheckpoint::ask(data);
  if (service) {
    auto folder = service->folder();
    return DataCopy(std::move(*service), std::move(folder));
  }
  if (service.error().code != "service_not_running") return fail(std::move(service).error());
  return DataCopy(std::nullopt, TRY(copy_stopped(data)));
}

DataCopy::~DataCopy() {
  std::error_code ignored;
  if (!service_ && !folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace dealog
