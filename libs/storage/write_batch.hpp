// Rows to be written together.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace rocksdb {
class ColumnFamilyHandle;
class WriteBatch;
}  // namespace rocksdb

namespace dealog::storage {

// Which first part of a key its short scans have in common; a filter then skips whole files.
enum class KeyPrefix {
  kNone,
  kThroughNul,  // up to and including the first 0x00 (KeyWriter::text)
  kFixed16,     // the first 16 bytes
};

// Names a family of an open database. Empty until it comes from Database::family().
class Family {
 public:
  Family() = default;
  bool is_valid() const { return handle_ != nullptr; }
  bool operator==(const Family&) const = default;

 private:
  friend class Database;
  friend class WriteBatch;
  Family(rocksdb::ColumnFamilyHandle* handle, KeyPrefix prefix)
      : handle_(handle), prefix_(prefix) {}
  rocksdb::ColumnFamilyHandle* handle_ = nullptr;
  KeyPrefix prefix_ = KeyPrefix::kNone;
};

// Keeps its memory after clear(). Thread: one.
class WriteBatch {
 public:
  explicit WriteBatch(std::size_t reserved_bytes = 0);
  ~WriteBatch();
  WriteBatch(WriteBatch&& other) noexcept;
  WriteBatch& operator=(WriteBatch&& other) noexcept;

  void put(Family family, std::string_view key, std::string_view value);
  // The value is the parts one after the other; saves joining them first.
  void put(Family family, std::string_view key, std::initializer_list<std::string_view> parts);
  void erase(Family family, std::string_view key);
  // All rows of [from, to). For whole ranges; scattered rows are better erased one by one.
  void erase_range(Family family, std::string_view from, std::string_view to);
  void clear();

  std::size_t bytes() const;
  std::size_t rows() const;
  bool empty() const { return rows() == 0; }

 private:
  friend class Database;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
};

}  // namespace dealog::storage
