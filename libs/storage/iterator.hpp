// An ordered walk over rows.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace rocksdb {
class Iterator;
class PinnableSlice;
class Slice;
}  // namespace rocksdb

namespace dealog::storage {

class Failures;

enum class ScanOrder { kForward, kBackward };

// Keys from `from` on and before `to`; "" leaves a side open.
struct KeyRange {
  std::string from = {};
  std::string to = {};
};
KeyRange prefix_range(std::string_view prefix);

// A value that is read without being copied. Thread: one.
class PinnedValue {
 public:
  PinnedValue();
  ~PinnedValue();
  PinnedValue(PinnedValue&&) noexcept;
  PinnedValue& operator=(PinnedValue&&) noexcept;
  std::string_view view() const;

 private:
  friend class Database;
  std::unique_ptr<rocksdb::PinnableSlice> slice_;
};

// Stands on a row or at the end. Must go before its database. Thread: one.
//
//   for (auto it = db.scan(family, prefix_range("deal_1")); it.valid(); it.next()) use(it.value());
//   … then ask status(): a scan that met a broken block is at its end as well.
class Iterator {
 public:
  ~Iterator();
  Iterator(Iterator&&) noexcept;
  Iterator& operator=(Iterator&&) noexcept;

  bool valid() const;
  // In the direction of the scan.
  void next();
  // To the first row at or after `key` in the direction of the scan (at or before it backward).
  void seek(std::string_view key);
  // Valid until the next movement.
  std::string_view key() const;
  std::string_view value() const;
  // The error that ended the scan, if one did.
  Result<void> status() const;

 private:
  friend class Database;
  struct Bounds;
  Iterator(std::unique_ptr<Bounds> bounds, std::unique_ptr<rocksdb::Iterator> rows, ScanOrder order,
           std::string where, Failures& failures);

  std::unique_ptr<Bounds> bounds_;  // outlives rows_, which refers to it
  std::unique_ptr<rocksdb::Iterator> rows_;
  ScanOrder order_;
  std::string where_;
  Failures* failures_;  // the database's
};

}  // namespace dealog::storage
