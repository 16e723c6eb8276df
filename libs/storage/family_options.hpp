// RocksDB's settings by profile. Inside libs/storage only.
#pragma once

#include <rocksdb/options.h>

#include "libs/storage/database.hpp"

namespace dealog::storage {

rocksdb::DBOptions database_options(const DatabaseOptions& options);
rocksdb::ColumnFamilyOptions family_options(const FamilySpec& spec, const DatabaseOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace dealog::storage
