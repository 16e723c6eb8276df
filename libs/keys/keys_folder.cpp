#include "libs/keys/keys_folder.hpp"

#include "libs/base/encoding.hpp"
#include "libs/keys/key_rows.hpp"
#include "libs/storage/database.hpp"

namespace dealog {
namespace {

Result<std::unique_ptr<storage::Database>> open_keys(const std::filesystem::path& folder,
                                                     bool read_only) {
  return storage::Database::open({.folder = folder,
                                  .families = {{std::string(kKeysFamily)}},
                                  .create_if_missing = false,
                                  .read_only = read_only,
                                  .recycle_wal = false,
                                  .block_cache_bytes = 8 << 20,
                                  .memtable_bytes = 1 << 20});
}

}  // namespace

Result<std::vector<KeyId>> erased_keys(const std::filesystem::path& folder) {
  const auto db = TRY(open_keys(folder, true));
  std::vector<KeyId> erased;
  auto rows = db->scan(db->family(kKeysFamily), {});
  for (; rows.valid(); rows.next()) {
    if (rows.key().size() != sizeof(KeyId) || rows.value().empty()) {
      return fail(ErrorKind::kInternal, "keys_broken",
                  "the keys in " + folder.string() + " have a row that is none. Restore them");
    }
    if (rows.value().front() == kErasedRow) erased.push_back(get_u64(rows.key()));
  }
  TRY(rows.status());
  return erased;
}

Result<void> copy_keys_folder(const std::filesystem::path& folder,
                              const std::filesystem::path& target) {
  const auto db = TRY(open_keys(folder, false));
  return db->checkpoint(target);
}

}  // namespace dealog
