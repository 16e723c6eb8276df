// Keys of a back-test: what the past sealed is opened with the company's keys; what is sealed here
// is under keys that nobody keeps.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "libs/event/key_ring.hpp"

namespace dealog::automation {

// Thread: any.
class TrialKeys final : public KeyRing {
 public:
  explicit TrialKeys(const KeyRing& past) : past_(past) {}

  Result<SealKey> key_for(std::string_view subject) override;
  KeyState find(KeyId id, std::string* key) const override;
  std::string tag_hash(std::string_view tag) const override { return past_.tag_hash(tag); }
  std::string fingerprint(std::string_view request) const override {
    return past_.fingerprint(request);
  }

 private:
  const KeyRing& past_;
  mutable std::mutex mutex_;
  std::map<std::string, KeyId, std::less<>> ids_;  // guarded by mutex_
  std::map<KeyId, std::string> keys_;              // guarded by mutex_
};

}  // namespace dealog::automation
