// RocksDB's status as an Error. Inside libs/storage only.
#pragma once

#include <rocksdb/status.h>

#include "libs/base/result.hpp"

namespace dealog::storage {

// `doing` says what was being done and to what: "writing to /data/log".
std::unexpected<Error> storage_error(const rocksdb::Status& status, const std::string& doing);

}  // namespace dealog::storage
