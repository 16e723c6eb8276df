#include "libs/projection/memory_view_store.hpp"

namespace dealog {
namespace {

using Rows = MemoryViewStore::Rows;

std::optional<std::string> find(const Rows& rows, std::string_view key) {
  const auto found = rows.find(key);
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

void walk(const Rows& rows, std::string_view begin, std::string_view end, ScanOrder order,
          const RowVisitor& visit) {
  const auto first = rows.lower_bound(begin);
  auto last = end.empty() ? rows.end() : rows.lower_bound(end);
  if (!end.empty() && end <= begin) return;
  if (order == ScanOrder::kForward) {
    for (auto row = first; row != last; ++row) {
      if (!visit(row->first, row->second)) return;
    }
    return;
  }
  while (last != first) {
    --last;
    if (!visit(last->first, last->second)) return;
  }
}

class Shared final : public ViewSnapshot {
 public:
  explicit Shared(std::shared_ptr<const Rows> rows) : rows_(std::move(rows)) {}

  static Result<std::unique_ptr<ViewSnapshot>> make(std::shared_ptr<const Rows> rows) {
    auto made = std::make_unique<Shared>(std::move(rows));
    if (auto read = made->read_checkpoint(); !read) return fail(std::move(read).error());
    return std::unique_ptr<ViewSnapshot>(std::move(made));
  }
  Result<std::optional<std::string>> get(std::string_view key) const override {
    return find(*rows_, key);
  }
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                    const RowVisitor& visit) const override {
    walk(*rows_, begin, end, order, visit);
    return {};
  }

 private:
  std::shared_ptr<const Rows> rows_;
};

}  // namespace

std::shared_ptr<const Rows> MemoryViewStore::share() const {
  const std::lock_guard lock(mutex_);
  shared_ = true;
  return rows_;
}

Result<std::optional<std::string>> MemoryViewStore::get(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  return find(*rows_, key);
}

Result<void> MemoryViewStore::scan(std::string_view begin, std::string_view end, ScanOrder order,
                                   const RowVisitor& visit) const {
  walk(*share(), begin, end, order, visit);
  return {};
}

Result<std::unique_ptr<ViewSnapshot>> MemoryViewStore::snapshot() const {
  return Shared::make(share());
}

Result<void> MemoryViewStore::write(std::vector<RowWrite> rows) {
  const std::lock_guard lock(mutex_);
  // A count of one would not do: it says nothing about when the other's last read was.
  if (std::exchange(shared_, false)) rows_ = std::make_shared<Rows>(*rows_);
  for (const auto& row : rows) {
    if (row.value) {
      rows_->insert_or_assign(row.key, *row.value);
    } else {
      rows_->erase(row.key);
    }
  }
  return {};
}

}  // namespace dealog
