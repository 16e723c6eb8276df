#include "libs/keys/key_store.hpp"

#include <algorithm>

#include <openssl/crypto.h>

#include "libs/base/assert.hpp"
#include "libs/base/crypto.hpp"
#include "libs/base/ed25519.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/logging.hpp"
#include "libs/keys/key_rows.hpp"
#include "libs/storage/key_codec.hpp"

namespace dealog {
namespace {

constexpr std::string_view kFormat = "1";
constexpr std::string_view kTagKey = "tag_key";
constexpr std::string_view kFingerprintKey = "fingerprint_key";
constexpr std::string_view kHeadKey = "head_key";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kTagHashSize = 16;
constexpr std::size_t kGrowth = 4;  // of the batches of keys

constexpr std::string_view kIfKeysAreLost =
    "Keep the folder as it is and restore a backup into another folder with `dealog restore`, or "
    "put back a copy of the folder of keys that has them; `dealog serve --accept-lost-keys` goes "
    "on without them for good";

std::string id_key(KeyId id) { return storage::KeyWriter().u64(id).take(); }

std::unexpected<Error> broken(const storage::Database& db, const std::string& what) {
  return fail(ErrorKind::kInternal, "keys_broken",
              "opening the keys in " + db.folder().string() + ": " + what +
                  ". Restore the folder from its backup");
}

// For a folder from before heads were signed.
Result<std::string> make_head_key(storage::Database& db) {
  std::string seed = random_bytes(kEd25519SeedBytes);
  storage::WriteBatch batch;
  batch.put(db.family("default"), kHeadKey, seed);
  TRY(db.write(batch, storage::Sync::kYes));
  return seed;
}

// Only of keys that are missing: what is lost later is asked for again.
Result<void> note_loss(storage::Database& db, const KeyStoreOptions& options) {
  const KeyId newest = options.highest_recorded;
  if (newest == 0 || TRY(db.contains(db.family(kKeysFamily), id_key(newest)))) return {};
  storage::WriteBatch batch;
  batch.put(db.family("default"), kLostUntilKey, id_key(newest));
  return db.write(batch, storage::Sync::kYes);
}

void forget(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

Result<std::unique_ptr<storage::Database>> open_to_read(const std::filesystem::path& folder,
                                                        rocksdb::Env* environment = nullptr) {
  return storage::Database::open(
      {.folder = folder,
       .families = {{std::string(kKeysFamily), storage::FamilyProfile::kIndex}},
       .create_if_missing = false,
       .read_only = true,
       .block_cache_bytes = 1 << 20,
       .environment = environment});
}

Result<KeyId> last_id(const storage::Database& db) {
  const auto rows = db.scan(db.family(kKeysFamily), {}, storage::ScanOrder::kBackward);
  TRY(rows.status());
  if (!rows.valid()) return KeyId{0};
  if (rows.key().size() != sizeof(KeyId)) return broken(db, "a row has a key that is no id");
  return get_u64(rows.key());
}

// Nothing in a folder in which no keys were made yet.
Result<std::optional<std::string>> format_of(const storage::Database& db) {
  auto format = TRY(db.get(db.family("default"), kKeysFormatKey));
  if (!format || *format == kFormat) return format;
  return fail(ErrorKind::kInternal, "keys_format_unknown",
              "the keys in " + db.folder().string() + " have format " + *format +
                  ", this version of dealog knows " + std::string(kFormat) +
                  ". Start the newer version that wrote them");
}

std::unexpected<Error> absent(const KeyStoreOptions& options) {
  return fail(ErrorKind::kInternal, "keys_absent",
              "the log holds sealed data and " + options.folder.string() + " holds no keys. " +
                  std::string(kIfKeysAreLost));
}

// Rows are made in the order of their ids, so whatever was lost with a write-ahead file was lost
// from some id on: with the newest key that the log knows, all are there.
Result<void> require_newest(const storage::Database& db, const KeyStoreOptions& options) {
  const KeyId newest = options.highest_recorded;
  if (newest == 0 || options.accept_loss) return {};
  if (TRY(db.contains(db.family(kKeysFamily), id_key(newest)))) return {};
  const auto accepted = TRY(db.get(db.family("default"), kLostUntilKey));
  if (accepted && accepted->size() == sizeof(KeyId) && get_u64(*accepted) >= newest) return {};
  const KeyId last = TRY(last_id(db));
  const std::string missing = last + 1 < newest
                                  ? "keys " + std::to_string(last + 1) + " to " +
                                        std::to_string(newest) + " that the log names are"
                                  : "key " + std::to_string(newest) + " that the log names is";
  return fail(ErrorKind::kInternal, "keys_lost",
              missing + " missing in " + options.folder.string() +
                  ", so what they seal could not be read. " + std::string(kIfKeysAreLost));
}

}  // namespace

Result<void> KeyStore::check(const KeyStoreOptions& options) {
  // A disk of a test's own has nothing in the machine's folder.
  if (options.environment == nullptr && storage::Database::has_lost_current(options.folder)) {
    return fail(ErrorKind::kInternal, "keys_broken",
                "the keys in " + options.folder.string() +
                    " cannot be opened: their file CURRENT is missing. Keep the folder as it is "
                    "and restore a backup into another folder with `dealog restore`");
  }
  const auto db = open_to_read(options.folder, options.environment);
  const std::string_view why = db ? "" : std::string_view(db.error().code);
  if (why == "storage_absent" || why == "storage_incomplete") {  // or its making was interrupted
    if (options.highest_recorded == 0 || options.accept_loss) return {};
    return absent(options);
  }
  if (!db) return std::unexpected(db.error());
  const auto format = TRY(format_of(**db));
  if (!format && TRY(last_id(**db)) != 0) return broken(**db, "the format row is missing");
  if (!format && options.highest_recorded != 0 && !options.accept_loss) return absent(options);
  return require_newest(**db, options);
}

Result<std::unique_ptr<KeyStore>> KeyStore::open(const KeyStoreOptions& options) {
  DEALOG_ASSERT(options.recorded_key != nullptr && options.pool_keys > 0);
  TRY(check(options));
  // No reuse of write-ahead files: they would keep the bytes of erased keys.
  auto db = TRY(storage::Database::open({.folder = options.folder,
                                         .families = {{std::string(kKeysFamily)}},
                                         .recycle_wal = false,
                                         .block_cache_bytes = 8 << 20,
                                         .memtable_bytes = 1 << 20,
                                         .environment = options.environment}));
  auto secrets = TRY(load_secrets(*db));
  if (options.accept_loss) TRY(note_loss(*db, options));
  const KeyId last = std::max(TRY(last_id(*db)), options.highest_recorded);
  auto store =
      std::unique_ptr<KeyStore>(new KeyStore(options, std::move(db), std::move(secrets), last + 1));
  store->refilling_ = std::thread([raw = store.get()] { raw->refill_in_background(); });
  return store;
}

KeyStore::KeyStore(const KeyStoreOptions& options, std::unique_ptr<storage::Database> db,
                   Secrets secrets, KeyId next_id)
    : options_(options),
      db_(std::move(db)),
      keys_(db_->family(kKeysFamily)),
      secrets_(std::move(secrets)),
      next_id_(next_id),
      subjects_(options.cached_keys),
      cache_(options.cached_keys) {}

KeyStore::~KeyStore() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  pool_low_.notify_all();
  pool_filled_.notify_all();
  if (refilling_.joinable()) refilling_.join();
}

Result<KeyStore::Secrets> KeyStore::load_secrets(storage::Database& db) {
  const auto meta = db.family("default");
  const auto format = TRY(format_of(db));
  if (format) {
    const auto tag_key = TRY(db.get(meta, kTagKey));
    const auto fingerprint_key = TRY(db.get(meta, kFingerprintKey));
    if (!tag_key || tag_key->size() != kSecretBytes || !fingerprint_key ||
        fingerprint_key->size() != kSecretBytes) {
      return broken(db, "the key of tags or of fingerprints is missing");
    }
    auto head_key = TRY(db.get(meta, kHeadKey));
    if (!head_key) head_key = TRY(make_head_key(db));
    if (head_key->size() != kEd25519SeedBytes) return broken(db, "the key of heads is damaged");
    return Secrets{*tag_key, *fingerprint_key, *head_key};
  }
  Secrets fresh{random_bytes(kSecretBytes), random_bytes(kSecretBytes),
                random_bytes(kEd25519SeedBytes)};
  storage::WriteBatch batch;
  batch.put(meta, kKeysFormatKey, kFormat);
  batch.put(meta, kTagKey, fresh.tag_key);
  batch.put(meta, kFingerprintKey, fresh.fingerprint_key);
  batch.put(meta, kHeadKey, fresh.head_key);
  TRY(db.write(batch, storage::Sync::kYes));
  return fresh;
}

// Keys of an earlier run that were not drawn, or drawn and never used, are left alone: which of
// them stand in the log is not known here, and an id must never name two keys.
Result<void> KeyStore::refill(std::size_t count) {
  KeyId first = 0;
  {
    // Before the write: if it fails, what it left behind is unknown, and so are these ids.
    const std::scoped_lock lock(mutex_);
    first = next_id_;
    next_id_ += count;
  }
  storage::WriteBatch batch;
  std::deque<SealKey> made;
  for (KeyId id = first; id < first + count; ++id) {
    made.push_back({.id = id, .bytes = random_bytes(kSealKeyBytes)});
    batch.put(keys_, id_key(id), {std::string_view(&kPresentRow, 1), made.back().bytes});
  }
  TRY(db_->write(batch, storage::Sync::kYes));
  const std::scoped_lock lock(mutex_);
  std::ranges::move(made, std::back_inserter(pool_));
  return {};
}

// Nothing is wanted before the first key is drawn.
bool KeyStore::is_low() const { return wanted_ > 0 && pool_.size() <= last_batch_ / 2; }

void KeyStore::refill_in_background() {
  std::unique_lock lock(mutex_);
  while (true) {
    pool_low_.wait(lock, [&] { return closing_ || is_low(); });
    if (closing_) return;
    const std::size_t count = wanted_;
    last_batch_ = count;
    wanted_ = std::min(wanted_ * kGrowth, options_.pool_keys);
    lock.unlock();
    auto filled = refill(count);
    lock.lock();
    if (!filled) {
      // A failed sync is never tried again: the service has to be restarted.
      refill_error_ = filled.error();
      log_error("no more keys can be made", {{"code", filled.error().code}});
      pool_filled_.notify_all();
      return;
    }
    pool_filled_.notify_all();
    lock.unlock();
    forget_recorded();
    lock.lock();
  }
}

// Bounds what is remembered of drawn keys. Forgetting one whose append is still under way is safe:
// if its subject draws another, the log takes only the first of the two.
void KeyStore::forget_recorded() {
  std::vector<std::string> names;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, id] : drawn_) names.push_back(name);
  }
  for (const auto& name : names) {
    const auto recorded = options_.recorded_key(name);
    if (!recorded || !*recorded) continue;
    const std::scoped_lock lock(mutex_);
    drawn_.erase(name);
  }
  const std::scoped_lock lock(mutex_);
  if (drawn_.size() > options_.cached_keys) drawn_.clear();
}

Result<SealKey> KeyStore::key_for(std::string_view subject) {
  const std::string name(subject);
  std::optional<KeyId> recorded;
  {
    const std::scoped_lock lock(mutex_);
    if (const KeyId* known = subjects_.find(name)) recorded = *known;
  }
  if (!recorded) {
    recorded = TRY(options_.recorded_key(subject));
    if (recorded) {
      const std::scoped_lock lock(mutex_);
      subjects_.put(name, *recorded);
      drawn_.erase(name);
    }
  }
  if (recorded) return usable(subject, *recorded, false);
  const auto drawn = TRY(draw(subject));
  return usable(subject, drawn.id, true);
}

// The key that was drawn for the subject and is not in the log yet, or a new one.
Result<SealKey> KeyStore::draw(std::string_view subject) {
  std::unique_lock lock(mutex_);
  const std::string name(subject);
  const auto known = [&]() -> std::optional<KeyId> {
    if (const auto found = drawn_.find(name); found != drawn_.end()) return found->second;
    // Its append became durable since the log was asked, and another thread saw it.
    if (const KeyId* recorded = subjects_.find(name)) return *recorded;
    return std::nullopt;
  };
  if (const auto id = known()) return SealKey{.id = *id};
  if (wanted_ == 0) wanted_ = std::min(limits::kFirstKeys, options_.pool_keys);
  if (is_low()) pool_low_.notify_one();
  pool_filled_.wait(lock, [&] { return closing_ || refill_error_ || !pool_.empty(); });
  if (const auto id = known()) return SealKey{.id = *id};
  if (pool_.empty()) {
    if (refill_error_) return fail(*refill_error_);
    return fail(ErrorKind::kUnavailable, "keys_closing", "the service is stopping; try again");
  }
  SealKey key = std::move(pool_.front());
  pool_.pop_front();
  cache_.put(key.id, {KeyState::kPresent, key.bytes});
  drawn_.emplace(name, key.id);
  if (is_low()) pool_low_.notify_one();
  return key;
}

Result<SealKey> KeyStore::usable(std::string_view subject, KeyId id, bool fresh) {
  SealKey key{.id = id, .bytes = {}, .fresh = fresh};
  switch (find(id, &key.bytes)) {
    case KeyState::kPresent:
      return key;
    case KeyState::kErased:
      return fail(ErrorKind::kConflict, "subject_erased",
                  "'" + std::string(subject) +
                      "' was erased; nothing more can be written under it. Create a new one");
    case KeyState::kLost:
      break;
  }
  return fail(ErrorKind::kInternal, "key_lost",
              "key " + std::to_string(id) + " of '" + std::string(subject) +
                  "' is missing in the folder of keys. Restore that folder from its backup");
}

KeyState KeyStore::find(KeyId id, std::string* key) const {
  std::uint64_t erasures = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (const Found* cached = cache_.find(id)) {
      if (cached->state == KeyState::kPresent && key != nullptr) *key = cached->bytes;
      return cached->state;
    }
    erasures = erasures_;
  }
  Found found = read(id);
  if (found.state == KeyState::kPresent && key != nullptr) *key = found.bytes;
  const KeyState state = found.state;
  const std::scoped_lock lock(mutex_);
  // What was read before an erasure may be the key that it destroyed.
  if (state != KeyState::kLost && erasures == erasures_) cache_.put(id, std::move(found));
  return state;
}

KeyStore::Found KeyStore::read(KeyId id) const {
  const auto row = db_->get(keys_, id_key(id));
  if (!row) {
    log_error("a key could not be read", {{"code", row.error().code}, {"key_id", id}});
    return {};
  }
  if (!*row) return {};
  const std::string& bytes = **row;
  if (bytes.size() == 1 + kSealKeyBytes && bytes.front() == kPresentRow) {
    return {KeyState::kPresent, bytes.substr(1)};
  }
  if (bytes.size() == 1 && bytes.front() == kErasedRow) return {KeyState::kErased, {}};
  return {};
}

std::string KeyStore::tag_hash(std::string_view tag) const {
  return hmac_sha256(secrets_.tag_key, tag).substr(0, kTagHashSize);
}

std::string KeyStore::fingerprint(std::string_view canonical_request) const {
  return hmac_sha256(secrets_.fingerprint_key, canonical_request);
}

std::string KeyStore::sign_head(std::string_view text) const {
  return ed25519_sign(secrets_.head_key, text);
}

std::string KeyStore::head_public_key() const { return ed25519_public_key(secrets_.head_key); }

Result<std::string> KeyStore::read_head_public_key(const std::filesystem::path& folder) {
  const auto db = TRY(open_to_read(folder));
  auto seed = TRY(db->get(db->family("default"), kHeadKey));
  if (!seed || seed->size() != kEd25519SeedBytes) {
    return fail(ErrorKind::kNotFound, "keys_absent",
                folder.string() + " holds no key of signed heads");
  }
  std::string key = ed25519_public_key(*seed);
  forget(*seed);
  return key;
}

Result<std::vector<KeyState>> KeyStore::read_states(const std::filesystem::path& folder,
                                                    std::span<const KeyId> ids) {
  const auto db = TRY(open_to_read(folder));
  const auto keys = db->family(kKeysFamily);
  std::vector<KeyState> states;
  states.reserve(ids.size());
  for (const KeyId id : ids) {
    const auto row = TRY(db->get(keys, id_key(id)));
    const char first = row && !row->empty() ? row->front() : '\0';
    states.push_back(first == kErasedRow    ? KeyState::kErased
                     : first == kPresentRow ? KeyState::kPresent
                                            : KeyState::kLost);
  }
  return states;
}

Result<void> KeyStore::erase_key(KeyId id) {
  {
    const std::scoped_lock lock(mutex_);
    next_id_ = std::max(next_id_, id + 1);
  }
  storage::WriteBatch batch;
  batch.put(keys_, id_key(id), std::string_view(&kErasedRow, 1));
  TRY(db_->write(batch, storage::Sync::kYes));
  {
    const std::scoped_lock lock(mutex_);
    ++erasures_;
    if (Found* cached = cache_.find(id)) forget(cached->bytes);
    cache_.put(id, {KeyState::kErased, {}});
  }
  // Memtable and write-ahead file first, then the files below that hold the old row.
  TRY(db_->flush_all());
  return db_->compact(keys_, {id_key(id), id_key(id + 1)});
}

Result<std::optional<KeyId>> KeyStore::erase_subject(std::string_view subject) {
  std::optional<KeyId> id = TRY(options_.recorded_key(subject));
  if (!id) {
    const std::scoped_lock lock(mutex_);
    const auto drawn = drawn_.find(std::string(subject));
    if (drawn != drawn_.end()) id = drawn->second;
  }
  if (!id) return std::nullopt;
  TRY(erase_key(*id));
  return id;
}

std::optional<Error> KeyStore::failure() const {
  const std::scoped_lock lock(mutex_);
  return refill_error_;
}

std::size_t KeyStore::pool_size() const {
  const std::scoped_lock lock(mutex_);
  return pool_.size();
}

}  // namespace dealog
