// The part of an iterator that RocksDB keeps pointers to. Inside libs/storage only.
#pragma once

#include <rocksdb/slice.h>

#include "libs/storage/iterator.hpp"

namespace dealog::storage {

struct Iterator::Bounds {
  KeyRange range;
  rocksdb::Slice lower;
  rocksdb::Slice upper;
};

}  // namespace dealog::storage
