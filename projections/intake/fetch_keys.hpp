// The queue of fetches: those whose answers become deliveries, then those that become files, so
// that a slow recording holds up no lead. Inside projections/intake only.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/encoding.hpp"
#include "libs/domain/fetch/fetch.hpp"
#include "libs/projection/row_keys.hpp"
#include "projections/intake/fetch_view.hpp"

namespace dealog::views {

inline FetchKind kind_of(std::string_view what) {
  return fetch::is_of_file(what) ? FetchKind::kFile : FetchKind::kDelivery;
}

// Of all that are due before `end_us`, in the order of their times.
inline std::string due_key(FetchKind kind, std::int64_t end_us) {
  std::string key = row_keys::key(row_keys::kFetchDue, kind == FetchKind::kFile ? "f" : "d");
  put_u64(key, static_cast<std::uint64_t>(end_us));
  return key;
}

}  // namespace dealog::views
