// Limits of the HTTP server: name, unit, reason. Those that others share are in libs/base/limits.
#pragma once

#include <chrono>
#include <cstddef>

#include "libs/base/limits.hpp"

namespace dealog::http {

inline constexpr std::size_t kTargetBytes = 8 << 10;  // what browsers and proxies agree on
inline constexpr std::size_t kHeaderFields = 100;     // real clients send under 40
inline constexpr std::size_t kQueryParameters = 200;  // beyond it somebody probes hashing
inline constexpr std::size_t kPathSegments = 32;
inline constexpr std::size_t kChunkLineBytes = 4
                                               << 10;  // a chunk's size and extensions, or trailers
inline constexpr std::size_t kRequestIdBytes = 64;
inline constexpr std::size_t kIdempotencyKeyBytes = 255;
inline constexpr std::size_t kForwardedHops = 20;          // of X-Forwarded-For that are looked at
inline constexpr std::size_t kFieldErrors = 100;           // that one answer lists
inline constexpr std::size_t kReadBytes = 16 << 10;        // one read; a request of the API fits
inline constexpr std::size_t kJoinedBodyBytes = 32 << 10;  // copied behind the head, one buffer
inline constexpr std::chrono::seconds kHeartbeat{15};      // half of what proxies allow
inline constexpr std::chrono::milliseconds kSweepInterval{100};  // how late a timeout may fire

// What an operator (and a test) may change. Times are checked to kSweepInterval.
struct ServerLimits {
  std::size_t header_bytes = limits::kHeaderBytes;
  std::size_t connections = 4096;  // beyond it accepting pauses and idle connections go first
  // From the first byte of a request to the end of its headers; from the accept for the first.
  std::chrono::milliseconds headers_within{10'000};
  // A body must have come after `body_grace` + its bytes / `body_bytes_per_second`.
  std::chrono::milliseconds body_grace{10'000};
  std::size_t body_bytes_per_second = 4 << 10;
  std::chrono::milliseconds idle{75'000};  // between requests; longer than proxies keep theirs
  std::chrono::milliseconds idle_when_full{1'000};
  std::chrono::milliseconds write_stall{30'000};  // an answer of which the client takes nothing
  std::chrono::milliseconds handler{30'000};      // Request::deadline
  std::chrono::milliseconds drain{10'000};        // how long stop() lets requests finish
  std::chrono::milliseconds heartbeat = kHeartbeat;
};

}  // namespace dealog::http
