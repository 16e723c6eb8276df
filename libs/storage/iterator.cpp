#include "libs/storage/iterator.hpp"

#include <rocksdb/iterator.h>

#include "libs/storage/iterator_bounds.hpp"
#include "libs/storage/key_codec.hpp"
#include "libs/storage/status.hpp"

namespace dealog::storage {

KeyRange prefix_range(std::string_view prefix) {
  return {std::string(prefix), after_prefix(prefix)};
}

PinnedValue::PinnedValue() : slice_(std::make_unique<rocksdb::PinnableSlice>()) {}
PinnedValue::~PinnedValue() = default;
PinnedValue::PinnedValue(PinnedValue&&) noexcept = default;
PinnedValue& PinnedValue::operator=(PinnedValue&&) noexcept = default;
std::string_view PinnedValue::view() const { return {slice_->data(), slice_->size()}; }

Iterator::Iterator(std::unique_ptr<Bounds> bounds, std::unique_ptr<rocksdb::Iterator> rows,
                   ScanOrder order, std::string where, Failures& failures)
    : bounds_(std::move(bounds)),
      rows_(std::move(rows)),
      order_(order),
      where_(std::move(where)),
      failures_(&failures) {
  if (order_ == ScanOrder::kBackward) {
    rows_->SeekToLast();
  } else if (bounds_->range.from.empty()) {
    rows_->SeekToFirst();
  } else {
    rows_->Seek(bounds_->lower);
  }
}
Iterator::~Iterator() = default;
Iterator::Iterator(Iterator&&) noexcept = default;
Iterator& Iterator::operator=(Iterator&& other) noexcept {
  rows_ = std::move(other.rows_);  // before the bounds it points to
  bounds_ = std::move(other.bounds_);
  order_ = other.order_;
  where_ = std::move(other.where_);
  failures_ = other.failures_;
  return *this;
}

bool Iterator::valid() const { return rows_->Valid(); }

void Iterator::next() {
  if (order_ == ScanOrder::kForward) {
    rows_->Next();
  } else {
    rows_->Prev();
  }
}

void Iterator::seek(std::string_view key) {
  const rocksdb::Slice target(key.data(), key.size());
  if (order_ == ScanOrder::kForward) {
    rows_->Seek(target);
  } else {
    rows_->SeekForPrev(target);
  }
}

std::string_view Iterator::key() const { return {rows_->key().data(), rows_->key().size()}; }
std::string_view Iterator::value() const { return {rows_->value().data(), rows_->value().size()}; }

Result<void> Iterator::status() const {
  const auto status = rows_->status();
  if (status.ok()) return {};
  return failures_->error(status, "scanning " + where_);
}

}  // namespace dealog::storage
