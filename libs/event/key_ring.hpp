// Keys of subjects. Destroying a subject's key erases what was sealed under it, everywhere and in
// every backup of the log, while the log stays as it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace dealog {

using KeyId = std::uint64_t;  // from 1

struct SealKey {
  KeyId id = 0;
  std::string bytes;   // 32
  bool fresh = false;  // drawn for this subject just now: the append must record whose it is
};

enum class KeyState { kPresent, kErased, kLost };

// Thread: any.
class KeyRing {
 public:
  virtual ~KeyRing() = default;

  // The key that seals new boxes of `subject` (a stream name); drawn from a pool made durable in
  // advance, so it costs no sync. Errors: kConflict "subject_erased"; kInternal from the disk.
  virtual Result<SealKey> key_for(std::string_view subject) = 0;

  // The key of a box. `key` is set only when kPresent.
  virtual KeyState find(KeyId id, std::string* key) const = 0;

  // Keyed hash of a personal tag (16 bytes) and of a request (32 bytes), under keys of the ring.
  virtual std::string tag_hash(std::string_view tag) const = 0;
  virtual std::string fingerprint(std::string_view canonical_request) const = 0;
};

}  // namespace dealog
