// Keys in memory: for tests of what seals and opens.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "libs/base/crypto.hpp"
#include "libs/event/key_ring.hpp"

namespace dealog::testing {

class MemoryKeyRing final : public KeyRing {
 public:
  Result<SealKey> key_for(std::string_view subject) override {
    const std::lock_guard lock(mutex_);
    auto [found, fresh] = ids_.try_emplace(std::string(subject), ids_.size() + 1);
    if (fresh) keys_[found->second] = sha256("key of " + found->first);
    if (erased(found->second)) {
      return fail(ErrorKind::kConflict, "subject_erased", "the subject was erased");
    }
    return SealKey{found->second, keys_[found->second], fresh};
  }

  KeyState find(KeyId id, std::string* key) const override {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(id);
    if (found == keys_.end()) return KeyState::kLost;
    if (found->second.empty()) return KeyState::kErased;
    *key = found->second;
    return KeyState::kPresent;
  }

  std::string tag_hash(std::string_view tag) const override {
    return hmac_sha256("tags", tag).substr(0, 16);
  }
  std::string fingerprint(std::string_view request) const override {
    return hmac_sha256("fingerprints", request);
  }

  // Gives a key that another process made: for bytes sealed in the past.
  void put(KeyId id, std::string subject, std::string key) {
    const std::lock_guard lock(mutex_);
    ids_[std::move(subject)] = id;
    keys_[id] = std::move(key);
  }
  void erase(const std::string& subject) {
    const std::lock_guard lock(mutex_);
    const auto found = ids_.find(subject);
    if (found != ids_.end()) keys_[found->second].clear();
  }
  void lose(const std::string& subject) {
    const std::lock_guard lock(mutex_);
    keys_.erase(ids_.at(subject));
  }

 private:
  bool erased(KeyId id) const { return keys_.at(id).empty(); }

  mutable std::mutex mutex_;
  std::map<std::string, KeyId> ids_;   // guarded by mutex_
  std::map<KeyId, std::string> keys_;  // guarded by mutex_; empty: erased
};

}  // namespace dealog::testing
