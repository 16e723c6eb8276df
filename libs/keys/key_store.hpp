// The keys of subjects in a database of their own, so that destroying one erases what was sealed
// under it in the log and in every backup of the log.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "libs/event/key_ring.hpp"
#include "libs/keys/recent.hpp"
#include "libs/storage/database.hpp"

namespace dealog {

namespace limits {
// Keys made durable in advance; one batch and one sync each time half of them are drawn. None are
// made before the first is drawn, few then, and more each time: a key that was made and not drawn
// is never used by a later run.
inline constexpr std::size_t kFirstKeys = 64;
inline constexpr std::size_t kPoolKeys = 4096;
// Subjects and keys kept in memory, about 150 bytes each.
inline constexpr std::size_t kCachedKeys = 64 << 10;
}  // namespace limits

struct KeyStoreOptions {
  std::filesystem::path folder;
  // Whose key the log knows: EventLog::subject_key. Called from any thread that seals.
  std::function<Result<std::optional<KeyId>>(std::string_view subject)> recorded_key;
  // EventLog::highest_key: it must be in the folder, else keys were lost; and no id up to it is
  // ever drawn again, even if they were.
  KeyId highest_recorded = 0;
  // Open although keys are missing that the log names: what they seal reads as lost from then on.
  // The folder notes up to which id, so that later openings do not ask again.
  bool accept_loss = false;
  std::size_t pool_keys = limits::kPoolKeys;
  std::size_t cached_keys = limits::kCachedKeys;
  rocksdb::Env* environment = nullptr;  // for tests; not owned
};

// A key is drawn from a pool whose rows are durable already, so key_for() costs no sync. Whose key
// it is stands in the log, in the append that first used it; until that is durable the store
// remembers it in memory and says `fresh` each time, and if the append never happens the key is
// never used for anybody else. Thread: any.
class KeyStore final : public KeyRing {
 public:
  // Decided by reading, before anything in the folder is changed. Errors: those of Database::open;
  // kInternal "keys_absent" when the log has sealed boxes and the folder is empty, "keys_lost" when
  // its newest keys are not there, "keys_format_unknown" for a newer version's, "keys_broken".
  static Result<std::unique_ptr<KeyStore>> open(const KeyStoreOptions& options);
  ~KeyStore() override;

  // Errors beside KeyRing's: kInternal "key_lost" when the log names a key that is not here.
  Result<SealKey> key_for(std::string_view subject) override;
  KeyState find(KeyId id, std::string* key) const override;
  std::string tag_hash(std::string_view tag) const override;
  std::string fingerprint(std::string_view canonical_request) const override;

  // Ed25519 by the key under which the log's heads are signed; it is made with the folder.
  std::string sign_head(std::string_view text) const;
  std::string head_public_key() const;
  // The same out of a folder that nobody has open, without changing it. Errors: those of
  // Database::open; kNotFound "keys_absent" when the folder has no such key.
  static Result<std::string> read_head_public_key(const std::filesystem::path& folder);
  // What became of keys, in a folder that nobody has open. Errors: those of Database::open.
  static Result<std::vector<KeyState>> read_states(const std::filesystem::path& folder,
                                                   std::span<const KeyId> ids);

  // Destroys a key for good: overwritten and synced, then its file rewritten so that the bytes are
  // gone from this folder too (tens of milliseconds). Erasing twice is no error; an id that is
  // unknown here is marked as erased all the same.
  Result<void> erase_key(KeyId id);
  // The same for the key of a subject; answers its id, nothing when it never had one.
  Result<std::optional<KeyId>> erase_subject(std::string_view subject);

  // Why no more keys can be made until the process has been started anew, if that is so.
  std::optional<Error> failure() const;
  // See Database::damage and on_damage.
  std::optional<Error> damage() const { return db_->damage(); }
  void on_damage(std::function<void(const Error&)> tell) { db_->on_damage(std::move(tell)); }

  // See Database::checkpoint. To be taken after that of the log, so that no key is missing in it.
  Result<void> checkpoint(const std::filesystem::path& folder) { return db_->checkpoint(folder); }

  // Keys that can be drawn without waiting, for metrics.
  std::size_t pool_size() const;

 private:
  struct Secrets {
    std::string tag_key;
    std::string fingerprint_key;
    std::string head_key;
  };
  struct Found {
    KeyState state = KeyState::kLost;
    std::string bytes;
  };

  KeyStore(const KeyStoreOptions& options, std::unique_ptr<storage::Database> db, Secrets secrets,
           KeyId next_id);
  static Result<void> check(const KeyStoreOptions& options);
  static Result<Secrets> load_secrets(storage::Database& db);

  Result<void> refill(std::size_t count);
  void refill_in_background();
  void forget_recorded();
  bool is_low() const;  // with mutex_ held
  Result<SealKey> draw(std::string_view subject);
  Result<SealKey> usable(std::string_view subject, KeyId id, bool fresh);
  Found read(KeyId id) const;

  const KeyStoreOptions options_;
  const std::unique_ptr<storage::Database> db_;
  const storage::Family keys_;
  const Secrets secrets_;

  mutable std::mutex mutex_;
  KeyId next_id_;  // guarded by mutex_
  std::condition_variable pool_low_;
  std::condition_variable pool_filled_;
  std::deque<SealKey> pool_;                      // guarded by mutex_
  std::size_t wanted_ = 0;                        // guarded by mutex_; keys of the next batch
  std::size_t last_batch_ = 0;                    // guarded by mutex_; keys of the one before
  std::unordered_map<std::string, KeyId> drawn_;  // guarded by mutex_; not known to the log yet
  mutable Recent<std::string, KeyId> subjects_;   // guarded by mutex_; known to the log
  mutable Recent<KeyId, Found> cache_;            // guarded by mutex_
  std::uint64_t erasures_ = 0;                    // guarded by mutex_
  std::optional<Error> refill_error_;             // guarded by mutex_
  bool closing_ = false;                          // guarded by mutex_

  std::thread refilling_;  // last: uses everything above
};

}  // namespace dealog
