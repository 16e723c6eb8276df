#include "services/automation/backtest/trial_keys.hpp"

#include "libs/base/crypto.hpp"

namespace dealog::automation {
namespace {

// No log has so many keys.
constexpr KeyId kFirst = KeyId{1} << 62;
constexpr std::size_t kKeyBytes = 32;

}  // namespace

Result<SealKey> TrialKeys::key_for(std::string_view subject) {
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = ids_.try_emplace(std::string(subject), kFirst + ids_.size());
  if (is_new) keys_[found->second] = random_bytes(kKeyBytes);
  return SealKey{.id = found->second, .bytes = keys_[found->second]};
}

KeyState TrialKeys::find(KeyId id, std::string* key) const {
  if (id < kFirst) return past_.find(id, key);
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end()) return KeyState::kLost;
  if (key != nullptr) *key = found->second;
  return KeyState::kPresent;
}

}  // namespace dealog::automation
