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

// Every row in the order of the ids.
template <class Use>
Result<void> each_row(const storage::Database& db, Use use) {
  auto rows = db.scan(db.family(kKeysFamily), {});
  for (; rows.valid(); rows.next()) {
    const bool present = rows.value().size() > 1 && rows.value().front() == kPresentRow;
    const bool erased = rows.value() == std::string_view(&kErasedRow, 1);
    if (rows.key().size() != sizeof(KeyId) || (!present && !erased)) {
      return fail(ErrorKind::kInternal, "keys_broken",
                  "the keys in " + db.folder().string() + " have a row that is none. Restore them");
    }
    TRY(use(get_u64(rows.key()), erased));
  }
  return rows.status();
}

}  // namespace

Result<std::vector<KeyId>> erased_keys(const std::filesystem::path& folder) {
  const auto db = TRY(open_keys(folder, true));
  std::vector<KeyId> erased;
  TRY(each_row(*db, [&](KeyId id, bool is_erased) -> Result<void> {
    if (is_erased) erased.push_back(id);
    return {};
  }));
  return erased;
}

Result<bool> holds_every_key(const std::filesystem::path& newer,
                             const std::filesystem::path& older) {
  const auto there = TRY(open_keys(newer, true));
  const auto wanted = TRY(open_keys(older, true));
  auto rows = there->scan(there->family(kKeysFamily), {});
  bool all = true;
  TRY(each_row(*wanted, [&](KeyId id, bool) -> Result<void> {
    while (rows.valid() && get_u64(rows.key()) < id) rows.next();
    all = all && rows.valid() && get_u64(rows.key()) == id;
    return rows.status();
  }));
  return all;
}

Result<void> check_keys_folder(const std::filesystem::path& folder) {
  const auto db = TRY(open_keys(folder, true));
  TRY(db->verify_checksums());
  if (!TRY(db->contains(db->family("default"), kKeysFormatKey))) {
    return fail(ErrorKind::kInternal, "keys_broken",
                "the keys in " + folder.string() + " have lost their format row. Restore them");
  }
  return each_row(*db, [](KeyId, bool) -> Result<void> { return {}; });
}

Result<KeyId> accepted_loss(const std::filesystem::path& folder) {
  const auto db = TRY(open_keys(folder, true));
  const auto row = TRY(db->get(db->family("default"), kLostUntilKey));
  return row && row->size() == sizeof(KeyId) ? get_u64(*row) : KeyId{0};
}

Result<void> copy_keys_folder(const std::filesystem::path& folder,
                              const std::filesystem::path& target) {
  const auto db = TRY(open_keys(folder, false));
  return db->checkpoint(target);
}

}  // namespace dealog
