// Rows in memory: for tests and for reads of the past.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "libs/projection/view_store.hpp"

namespace dealog {

// A snapshot shares the rows with the store until the next write, which then copies them.
class MemoryViewStore final : public ViewStore {
 public:
  using Rows = std::map<std::string, std::string, std::less<>>;

  MemoryViewStore() : rows_(std::make_shared<Rows>()) {}

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                    const RowVisitor& visit) const override;
  Result<std::unique_ptr<ViewSnapshot>> snapshot() const override;
  Result<void> write(std::vector<RowWrite> rows) override;
  Result<void> make_durable() override { return {}; }
  Result<void> purge_deleted(std::string_view) override { return {}; }

 private:
  std::shared_ptr<const Rows> share() const;

  mutable std::mutex mutex_;
  std::shared_ptr<Rows> rows_;   // guarded by mutex_; its contents change only when unshared
  mutable bool shared_ = false;  // guarded by mutex_: somebody may still read rows_ without it
};

}  // namespace dealog
