#include "services/dealog/files/check_files.hpp"

#include <fmt/format.h>

#include "dealog/v1/file_events.pb.h"
#include "libs/domain/file/file.hpp"
#include "libs/eventlog/log_tables.hpp"
#include "libs/files/file_folder.hpp"
#include "libs/keys/key_store.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

struct NamedFile {
  Position position;
  std::string subject;
  StoredFile stored;
};

Result<std::vector<NamedFile>> named_files(const LogTables& tables, std::uint64_t& unread) {
  std::vector<NamedFile> named;
  storage::KeyWriter key;
  const std::string from(tag_key(key, false, file::kAllFiles, {0}));
  const std::string to(tag_key(key, false, file::kAllFiles, {UINT64_MAX}));
  storage::PinnedValue record;
  auto rows = tables.db().scan(tables.tags, {.from = from, .to = to});
  for (; rows.valid(); rows.next()) {
    const Position position{parse_u64(rows.key().substr(rows.key().size() - 8)).value_or(0)};
    if (!TRY(tables.record_at(position, record))) {
      ++unread;
      continue;
    }
    const auto event = TRY(decode(record.view(), Open::kNothing, nullptr));
    const auto* attached = event.as<v1::FileAttached>();
    if (attached == nullptr) continue;
    named.push_back({position,
                     attached->file(),
                     {.name = attached->stored_as(),
                      .sealed_sha256 = attached->sealed_sha256(),
                      .key = attached->key_id()}});
  }
  TRY(rows.status());
  return named;
}

// Nothing where there is no folder of keys.
Result<std::vector<KeyState>> states_of(const fs::path& keys, const std::vector<NamedFile>& named) {
  std::error_code error;
  if (!fs::exists(keys / "CURRENT", error)) return std::vector<KeyState>{};
  std::vector<KeyId> ids;
  for (const auto& file : named) ids.push_back(file.stored.key);
  return KeyStore::read_states(keys, ids);
}

std::string_view words_of(FileHealth health) {
  return health == FileHealth::kMissing ? "is not in files/" : "has other bytes than were stored";
}

}  // namespace

Result<FileReport> check_files(const fs::path& data,
                               const std::set<std::string, std::less<>>& erased) {
  const auto tables = TRY(LogTables::open({.folder = data / "log", .read_only = true}));
  FileReport report;
  const auto named = TRY(named_files(tables, report.unread));
  report.named = named.size();
  const auto states = TRY(states_of(data / "keys", named));
  for (std::size_t i = 0; i < named.size(); ++i) {
    const NamedFile& file = named[i];
    if (erased.contains(file.subject) || (!states.empty() && states[i] == KeyState::kErased)) {
      ++report.erased;
      continue;
    }
    const auto health = TRY(inspect_stored(data / kFilesFolder, file.stored));
    const bool unjudged = states.empty() && health == FileHealth::kMissing;
    if (unjudged) ++report.unjudged;
    if (health == FileHealth::kSound || unjudged) continue;
    report.problems.push_back(
        {file.position, fmt::format("position {} attached the file {}, which {}",
                                    file.position.value, file.subject, words_of(health))});
  }
  return report;
}

Result<std::size_t> sweep_files(const fs::path& folder, const LogTables& tables,
                                const std::function<KeyState(KeyId)>& state_of) {
  std::size_t removed = 0;
  for (const auto& name : TRY(stored_names(folder))) {
    const auto start = TRY(read_stored(find_stored(folder, name), kSealedHeaderBytes));
    const auto header = header_of_sealed(start);
    if (!header) continue;  // check_files tells what is damaged
    const auto event = TRY(tables.tagged_after(false, header->subject, {0}));
    if (event && state_of(header->key) != KeyState::kErased) continue;
    TRY(remove_stored(folder, name));
    ++removed;
  }
  return removed;
}

}  // namespace dealog
