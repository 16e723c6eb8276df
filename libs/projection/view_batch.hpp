// The rows that a page of events changes: parsed once, kept while they are hot, written once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <google/protobuf/message.h>

#include "libs/base/assert.hpp"
#include "libs/projection/view_store.hpp"

namespace dealog {

// A write-back cache over a store. Rows keep parsed across pages, because the next page tends to
// touch the same deals; that is sound while nobody else writes the store.
// A store that cannot be read makes the batch fail: `error` says so, the rows handed out after
// that mean nothing, and nothing must be written. Thread: projector.
class ViewBatch {
 public:
  // Rows that may stay parsed between pages: those of 10,000 deals, three each. A deal's own is
  // about 2 KB in memory, its card and what rules know of it are small.
  static constexpr std::size_t kCachedRows = 32'768;

  explicit ViewBatch(ViewStore& store, std::size_t cached_rows = kCachedRows)
      : store_(store), cached_rows_(cached_rows) {}

  // The row for changing it; a new, empty one when there is none. Valid until collect().
  template <class Row>
  Row& edit(std::string_view key) {
    Entry& entry = load(key, Row::default_instance());
    if (!entry.row) entry.row = std::make_unique<Row>();
    mark_dirty(entry);
    return *checked<Row>(entry);
  }
  // The same for a row that was never written, which is not looked for in the store.
  template <class Row>
  Row& edit_new(std::string_view key) {
    Entry& entry = load_absent(key);
    if (!entry.row) entry.row = std::make_unique<Row>();
    mark_dirty(entry);
    return *checked<Row>(entry);
  }
  // The row for looking at it, or null. Valid until collect() or erase().
  template <class Row>
  const Row* find(std::string_view key) {
    Entry& entry = load(key, Row::default_instance());
    return entry.row ? checked<Row>(entry) : nullptr;
  }
  // Where a row is that is parsed already, for changing it without looking for it again; valid
  // until collect(). Nothing when it is not parsed: nothing is read for it.
  class Place;
  Place place_of(std::string_view key) const;
  // The same for a row that is read when it is not parsed; nothing when there is none.
  template <class Row>
  Place seek(std::string_view key);
  template <class Row>
  Row& edit(const Place& place);
  void erase(std::string_view key);

  // Rows that are written without being read: index entries. The last call for a key counts.
  void put(std::string_view key, std::string_view value);
  // The same, but nothing is written when the row holds these bytes already.
  void put_if_changed(std::string_view key, std::string value);
  // A row of bytes that was written with put; nothing when there is none.
  std::optional<std::string> get(std::string_view key);

  // The keys of all rows with that beginning, in order, as the batch leaves them; rows of add_index
  // are not among them. A scan of the store: for what happens seldom.
  std::vector<std::string> keys_under(std::string_view prefix);

  // Index rows that only scans read, each under a key that no other call is given: they are not
  // kept after the page. A key is added once in the life of the store; what is added and removed
  // within a page is never written.
  void add_index(std::string_view key, std::string value);
  void remove_index(std::string_view key);

  // After the page these rows' remains are to vanish from the disk as well.
  void purge_afterwards(std::string_view prefix);

  // All changes since the last call, in the order of their keys, each key once; the batch is clean
  // then. When it holds too many rows it forgets those of the oldest pages, a quarter at once.
  std::vector<RowWrite> collect();
  std::vector<std::string> take_purges() { return std::exchange(purges_, {}); }

  // Changed rows that wait for collect().
  std::size_t dirty() const { return dirty_.size() + index_.size(); }
  const std::optional<Error>& error() const { return error_; }
  ViewStore& store() { return store_; }

 private:
  // A key beside its entry saves a cold cache line each time that it is compared.
  using Key = boost::container::small_vector<char, 48>;
  struct Entry {
    explicit Entry(std::string_view text) : key(text.begin(), text.end()) {}
    std::string_view name() const { return {key.data(), key.size()}; }

    Key key;
    std::unique_ptr<google::protobuf::Message> row;  // null: absent, or bytes
    std::optional<std::string> bytes;                // of a row that is not parsed
    bool parsed = false;                             // which of the two this key uses
    bool blank = false;  // erased before anybody asked: either may follow
    bool dirty = false;
    std::uint32_t used = 0;  // the last page that asked for it
  };

  template <class Row>
  static Row* checked(const Entry& entry) {
    google::protobuf::Message& row = *entry.row;
    // Not by descriptors: asking for one costs a tenth of projecting.
    DEALOG_ASSERT(typeid(row) == typeid(Row));
    return static_cast<Row*>(&row);
  }
  Entry& load(std::string_view key, const google::protobuf::Message& prototype);
  Entry& load_absent(std::string_view key);
  Entry& load_bytes(std::string_view key);
  Entry& slot(std::string_view key, bool* found);
  std::optional<std::string> read(std::string_view key);
  void mark_dirty(Entry& entry);
  void evict();
  std::vector<RowWrite> collect_index();

  struct Hash {
    using is_avalanching = void;  // it mixes well enough as it is
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  ViewStore& store_;
  std::size_t cached_rows_;
  boost::unordered_flat_map<std::string_view, std::unique_ptr<Entry>, Hash> entries_;
  std::uint32_t page_ = 0;  // collected so far
  std::vector<Entry*> dirty_;
  // Of this page; nothing: removed, and added by a page before.
  boost::unordered_flat_map<std::string, std::optional<std::string>, Hash, std::equal_to<>> index_;
  std::vector<std::string> purges_;
  std::optional<Error> error_;
};

class ViewBatch::Place {
 public:
  Place() = default;
  explicit operator bool() const { return entry_ != nullptr; }
  template <class Row>
  const Row& row() const {
    return *checked<Row>(*entry_);
  }

 private:
  friend class ViewBatch;
  explicit Place(Entry* entry) : entry_(entry) {}
  Entry* entry_ = nullptr;
};

template <class Row>
ViewBatch::Place ViewBatch::seek(std::string_view key) {
  Entry& entry = load(key, Row::default_instance());
  return entry.row ? Place(&entry) : Place();
}

template <class Row>
Row& ViewBatch::edit(const Place& place) {
  Entry& entry = *place.entry_;
  entry.used = page_;
  mark_dirty(entry);
  return *checked<Row>(entry);
}

}  // namespace dealog
