#include "libs/projection/view_batch.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace dealog {

ViewBatch::Entry& ViewBatch::slot(std::string_view key, bool* found) {
  const auto place = entries_.find(key);
  *found = place != entries_.end();
  if (*found) {
    place->second->used = page_;
    return *place->second;
  }
  auto added = std::make_unique<Entry>(key);
  Entry& entry = *added;
  entry.used = page_;
  entries_.emplace(entry.name(), std::move(added));
  return entry;
}

std::optional<std::string> ViewBatch::read(std::string_view key) {
  auto bytes = store_.get(key);
  if (bytes) return std::move(*bytes);
  if (!error_) error_ = std::move(bytes).error();
  return std::nullopt;
}

ViewBatch::Entry& ViewBatch::load(std::string_view key,
                                  const google::protobuf::Message& prototype) {
  bool found = false;
  Entry& entry = slot(key, &found);
  if (found) {
    if (std::exchange(entry.blank, false)) entry.parsed = true;
    DEALOG_ASSERT(entry.parsed);
    return entry;
  }
  entry.parsed = true;
  if (const auto bytes = read(key)) {
    entry.row.reset(prototype.New());
    if (!entry.row->ParseFromString(*bytes) && !error_) {
      error_ = Error{ErrorKind::kInternal, "view_row_broken",
                     "a row of the views cannot be read; run `dealog rebuild`"};
    }
  }
  return entry;
}

ViewBatch::Entry& ViewBatch::load_absent(std::string_view key) {
  bool found = false;
  Entry& entry = slot(key, &found);
  if (!found || std::exchange(entry.blank, false)) entry.parsed = true;
  DEALOG_ASSERT(entry.parsed);
  return entry;
}

ViewBatch::Place ViewBatch::place_of(std::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() || !found->second->row ? Place() : Place(found->second.get());
}

ViewBatch::Entry& ViewBatch::load_bytes(std::string_view key) {
  bool found = false;
  Entry& entry = slot(key, &found);
  if (!found) entry.bytes = read(key);
  DEALOG_ASSERT(!entry.parsed);
  return entry;
}

void ViewBatch::mark_dirty(Entry& entry) {
  if (entry.dirty) return;
  entry.dirty = true;
  dirty_.push_back(&entry);
}

void ViewBatch::erase(std::string_view key) {
  // Whether it was there does not matter: a tombstone costs less than a read.
  bool found = false;
  Entry& entry = slot(key, &found);
  entry.row.reset();
  entry.bytes.reset();
  if (!found) entry.blank = true;
  mark_dirty(entry);
}

void ViewBatch::put(std::string_view key, std::string_view value) {
  bool found = false;
  Entry& entry = slot(key, &found);
  entry.blank = false;
  DEALOG_ASSERT(!entry.parsed);
  entry.bytes.emplace(value);
  mark_dirty(entry);
}

void ViewBatch::put_if_changed(std::string_view key, std::string value) {
  Entry& entry = load_bytes(key);
  if (entry.bytes == value) return;
  entry.blank = false;
  entry.bytes = std::move(value);
  mark_dirty(entry);
}

std::optional<std::string> ViewBatch::get(std::string_view key) { return load_bytes(key).bytes; }

std::vector<std::string> ViewBatch::keys_under(std::string_view prefix) {
  std::set<std::string, std::less<>> keys;
  auto scanned =
      store_.scan_prefix(prefix, ScanOrder::kForward, [&](std::string_view key, std::string_view) {
        keys.emplace(key);
        return true;
      });
  if (!scanned && !error_) error_ = std::move(scanned).error();
  for (const Entry* entry : dirty_) {
    if (!entry->name().starts_with(prefix)) continue;
    if (entry->row || entry->bytes) {
      keys.emplace(entry->name());
    } else if (const auto gone = keys.find(entry->name()); gone != keys.end()) {
      keys.erase(gone);
    }
  }
  return {keys.begin(), keys.end()};
}

void ViewBatch::add_index(std::string_view key, std::string value) {
  const bool added = index_.emplace(key, std::move(value)).second;
  DEALOG_ASSERT(added);
}

void ViewBatch::remove_index(std::string_view key) {
  const auto known = index_.find(key);
  if (known == index_.end()) {
    index_.emplace(key, std::nullopt);
  } else if (known->second) {
    index_.erase(known);
  }
}

void ViewBatch::purge_afterwards(std::string_view prefix) {
  if (std::ranges::find(purges_, prefix) == purges_.end()) purges_.emplace_back(prefix);
}

std::vector<RowWrite> ViewBatch::collect_index() {
  std::vector<RowWrite> out;
  out.reserve(index_.size());
  for (auto& [key, value] : index_) out.push_back({key, std::move(value)});
  index_.clear();
  std::ranges::sort(out, {}, &RowWrite::key);
  return out;
}

std::vector<RowWrite> ViewBatch::collect() {
  std::vector<RowWrite> index = collect_index();
  std::vector<RowWrite> out;
  out.reserve(dirty_.size());
  // A memtable takes neighbours in their order without searching for the place of each.
  std::ranges::sort(dirty_, {}, &Entry::name);
  for (Entry* entry : dirty_) {
    RowWrite& row = out.emplace_back();
    row.key = entry->name();
    if (entry->row) {
      row.value = entry->row->SerializeAsString();
    } else if (entry->bytes) {
      row.value = *entry->bytes;
    }
    entry->dirty = false;
  }
  dirty_.clear();
  evict();
  ++page_;
  if (index.empty()) return out;
  std::vector<RowWrite> merged;
  merged.reserve(out.size() + index.size());
  std::merge(std::make_move_iterator(out.begin()), std::make_move_iterator(out.end()),
             std::make_move_iterator(index.begin()), std::make_move_iterator(index.end()),
             std::back_inserter(merged),
             [](const RowWrite& l, const RowWrite& r) { return l.key < r.key; });
  return merged;
}

// Pages instead of a list in the order of use: a list costs three cold cache lines each time that a
// row is asked for, which was a third of projecting.
void ViewBatch::evict() {
  if (entries_.size() <= cached_rows_) return;
  const std::size_t kept = cached_rows_ - cached_rows_ / 4;
  std::vector<std::uint32_t> ages;
  ages.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) ages.push_back(page_ - entry->used);
  const auto last_kept = ages.begin() + static_cast<std::ptrdiff_t>(kept);
  std::nth_element(ages.begin(), last_kept, ages.end());
  const std::uint32_t limit = *last_kept;
  std::size_t surplus = entries_.size() - kept;
  boost::unordered::erase_if(entries_, [&](const auto& item) {
    if (page_ - item.second->used < limit || surplus == 0) return false;
    --surplus;
    return true;
  });
}

}  // namespace dealog
