#include "libs/eventlog/log_end_mark.hpp"

#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/start_check.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

struct OpenedLog {
  LogTables tables;
  LogIdentity identity;
  LogEnd end;
};

Result<OpenedLog> open_stopped(const fs::path& log_folder) {
  std::error_code ignored;
  if (!fs::exists(log_folder / "CURRENT", ignored)) {
    return fail(ErrorKind::kNotFound, "storage_absent",
                "opening " + log_folder.string() + ": there is no log. Check the path");
  }
  auto tables = TRY(LogTables::open({.folder = log_folder}));
  auto identity = TRY(load_log_identity(tables, {}));
  auto end = TRY(check_log_end(tables, identity.log_id));
  return OpenedLog{std::move(tables), std::move(identity), std::move(end)};
}

Result<MarkedEnd> mark(const OpenedLog& log) {
  TRY(make_watermark(log.tables, log.identity.log_id, log.end));
  return MarkedEnd{log.end.head, log.identity.log_id, log.identity.epoch};
}

}  // namespace

Result<MarkedEnd> begin_restored_log(const fs::path& log_folder) {
  auto log = TRY(open_stopped(log_folder));
  log.identity.epoch = next_epoch(log.identity.epoch);
  TRY(write_identity_row(log.tables, kEpochKey, log.identity.epoch));
  return mark(log);
}

Result<MarkedEnd> accept_log_end(const fs::path& log_folder) {
  std::string epoch;
  {
    const auto tables = TRY(LogTables::open({.folder = log_folder, .read_only = true}));
    epoch = TRY(load_log_identity(tables, {})).epoch;
  }
  TRY(set_aside(watermark_path(log_folder), epoch));
  return begin_restored_log(log_folder);
}

Result<void> set_aside(const fs::path& file, const std::string& epoch) {
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  fs::rename(file, file.string() + ".epoch-" + epoch, error);
  if (!error) return {};
  return fail(ErrorKind::kInternal, "file_unwritable",
              "renaming " + file.string() + ": " + error.message());
}

}  // namespace dealog
