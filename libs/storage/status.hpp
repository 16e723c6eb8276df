// RocksDB's status as an Error. Inside libs/storage only.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include <rocksdb/status.h>

#include "libs/base/result.hpp"

namespace dealog::storage {

// Makes the errors of one database and remembers the first damage among them. Thread: any.
class Failures {
 public:
  // `if_damaged`: see DatabaseOptions.
  explicit Failures(std::string if_damaged) : if_damaged_(std::move(if_damaged)) {}

  // `doing` says what was being done and to what: "writing to /data/log".
  std::unexpected<Error> error(const rocksdb::Status& status, const std::string& doing);
  std::optional<Error> damage() const;
  // See Database::on_damage.
  void on_damage(std::function<void(const Error&)> tell);

 private:
  void remember(const Error& error);

  const std::string if_damaged_;
  mutable std::mutex mutex_;
  std::optional<Error> damage_;             // guarded by mutex_
  std::function<void(const Error&)> tell_;  // guarded by mutex_
};

}  // namespace dealog::storage
