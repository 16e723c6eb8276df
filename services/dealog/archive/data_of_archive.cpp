#include "services/dealog/archive/data_of_archive.hpp"

#include "libs/base/number.hpp"
#include "libs/eventlog/log_end_mark.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "libs/eventlog/verify.hpp"
#include "libs/keys/erasure_ledger.hpp"
#include "libs/keys/key_store.hpp"
#include "services/dealog/backup/control_socket.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/files/copy_files.hpp"
#include "services/dealog/folder_in_use.hpp"
#include "services/dealog/scratch_folder.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

// And the files that are sealed under them. Whether a service has the folder open, it is stopped,
// or it is a backup.
Result<void> copy_keys(const fs::path& data, const fs::path& target) {
  const auto service = ServiceCheckpoint::ask(data);
  if (!service && service.error().code != "service_not_running") {
    return std::unexpected(service.error());
  }
  if (!service) TRY(require_unused(data));
  const fs::path keys = (service ? service->folder() : data) / "keys";
  std::error_code error;
  if (!fs::exists(keys / "CURRENT", error)) {
    return fail(
        ErrorKind::kNotFound, "keys_absent",
        data.string() + " has no folder of keys. Give a data folder, or a backup with keys");
  }
  TRY(copy_folder(keys, target / "keys", {}));
  TRY(copy_files(data / kFilesFolder, target / kFilesFolder));
  return {};
}

Result<std::size_t> erase_again(const fs::path& data, const fs::path& target) {
  std::set<std::string, std::less<>> subjects;
  // Beside a backup the list lies in the folder of all backups.
  for (const auto& file : {data / "erasures", data.parent_path() / "erasures"}) {
    const auto ledger = TRY(ErasureLedger::open(file));
    subjects.insert(ledger.subjects().begin(), ledger.subjects().end());
  }
  auto ledger = TRY(ErasureLedger::open(target / "erasures"));
  TRY(ledger.add({subjects.begin(), subjects.end()}));
  const auto tables = TRY(LogTables::open({.folder = target / "log"}));
  TRY(erase_rows_of(tables, subjects));
  return subjects.size();
}

Result<void> require_sound(const fs::path& log, Position last,
                           const std::optional<ArchiveManifest>& manifest) {
  VerifyOptions options{.folder = log};
  if (manifest && manifest->head.position <= last) options.heads.push_back(manifest->head);
  const auto report = TRY(verify_log(options));
  if (report.is_sound()) return {};
  return fail(ErrorKind::kInternal, "archive_broken",
              "the log that was made is not sound: " + report.first->what +
                  ". Use another copy of the archive");
}

// Another company's keys would open nothing, and its erasures would be taken for this one's.
Result<void> require_own_keys(const fs::path& archive,
                              const std::optional<ArchiveManifest>& manifest,
                              const fs::path& keys_of) {
  if (!manifest) return {};
  const auto key = KeyStore::read_head_public_key(keys_of / "keys");
  if (!key) return {};  // copying them says what is wrong
  const auto head = open_head(manifest->signed_head, *key);
  if (head && *head == manifest->head) return {};
  return fail(ErrorKind::kConflict, "other_log",
              "the head of the archive " + archive.string() + " is not signed by the key in " +
                  keys_of.string() +
                  ": these are another log's keys, or the archive was changed. "
                  "Give the data folder, or the backup, that the archive is of");
}

Result<ArchiveUntil> until_of(const std::string& text) {
  if (text.empty()) return ArchiveUntil{};
  if (const auto position = parse_number<std::uint64_t>(text)) {
    return ArchiveUntil{.position = {*position}};
  }
  if (const auto time = Timestamp::parse(text)) return ArchiveUntil{.recorded = *time};
  return std::unexpected(no_position(text));
}

}  // namespace

Result<DataOfArchiveDone> make_data_of_archive(const DataOfArchiveOptions& options) {
  const auto step = [&](std::string_view what) {
    if (options.on_step) options.on_step(what);
  };
  const auto until = TRY(until_of(options.until));
  const auto manifest = TRY(read_archive_manifest(options.archive));
  if (!options.keys_of.empty()) {
    TRY(require_own_keys(options.archive, manifest, options.keys_of));
  }
  auto folder = TRY(ScratchFolder::open(options.target));
  const fs::path log = folder.path() / "log";
  step("reading the archive");
  DataOfArchiveDone done{.head = TRY(import_archive(options.archive, log, until)).last};
  done.epoch = TRY(begin_restored_log(log)).epoch;
  step("verifying the log");
  TRY(require_sound(log, done.head, manifest));
  if (!options.keys_of.empty()) {
    TRY(copy_keys(options.keys_of, folder.path()));
    done.erased = TRY(erase_again(fs::absolute(options.keys_of), folder.path()));
    step("building the views");
    SystemIds ids(*options.clock);
    const auto core = TRY(Core::open({.data = folder.path(), .clock = options.clock, .ids = &ids}));
    done.head = core->log().head();
    done.views_built = true;
  }
  TRY(folder.put_in_place());
  return done;
}

}  // namespace dealog
