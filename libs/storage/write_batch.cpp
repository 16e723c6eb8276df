#include "libs/storage/write_batch.hpp"

#include <array>

#include <rocksdb/write_batch.h>

#include "libs/base/assert.hpp"

namespace dealog::storage {
namespace {

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

// What RocksDB may refuse here: a batch over 4 GB or a handle of another database. Both are bugs.
void check(const rocksdb::Status& status) { DEALOG_ASSERT(status.ok()); }

}  // namespace

WriteBatch::WriteBatch(std::size_t reserved_bytes)
    : batch_(std::make_unique<rocksdb::WriteBatch>(reserved_bytes)) {}
WriteBatch::~WriteBatch() = default;
WriteBatch::WriteBatch(WriteBatch&& other) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&& other) noexcept = default;

void WriteBatch::put(Family family, std::string_view key, std::string_view value) {
  check(batch_->Put(family.handle_, slice(key), slice(value)));
}

void WriteBatch::put(Family family, std::string_view key,
                     std::initializer_list<std::string_view> parts) {
  constexpr std::size_t kMostParts = 8;
  DEALOG_ASSERT(parts.size() <= kMostParts);
  std::array<rocksdb::Slice, kMostParts> slices;
  std::size_t count = 0;
  for (const auto part : parts) slices[count++] = slice(part);
  const rocksdb::Slice key_slice = slice(key);
  check(batch_->Put(family.handle_, rocksdb::SliceParts(&key_slice, 1),
                    rocksdb::SliceParts(slices.data(), static_cast<int>(count))));
}

void WriteBatch::erase(Family family, std::string_view key) {
  check(batch_->Delete(family.handle_, slice(key)));
}

void WriteBatch::erase_range(Family family, std::string_view from, std::string_view to) {
  check(batch_->DeleteRange(family.handle_, slice(from), slice(to)));
}

void WriteBatch::clear() { batch_->Clear(); }
std::size_t WriteBatch::bytes() const { return batch_->GetDataSize(); }
std::size_t WriteBatch::rows() const { return batch_->Count(); }

}  // namespace dealog::storage
