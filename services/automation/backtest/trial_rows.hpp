// Rows of a back-test, in memory and bounded.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "libs/projection/view_store.hpp"

namespace dealog::automation {

// What rules know of a deal is about 200 bytes and each of its timers as much: a million deals.
inline constexpr std::size_t kTrialRowBytes = 512 << 20;

// Thread: one.
class TrialRows final : public ViewStore {
 public:
  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                    const RowVisitor& visit) const override;
  // Nobody reads beside whoever writes. Errors: kInternal "trial_rows_have_no_snapshot", always.
  Result<std::unique_ptr<ViewSnapshot>> snapshot() const override;
  // Errors: kTooLarge "backtest_too_large" above kTrialRowBytes.
  Result<void> write(std::vector<RowWrite> rows) override;
  Result<void> make_durable() override { return {}; }
  Result<void> purge_deleted(std::string_view) override { return {}; }

  // When the earliest trigger of a rule is due; zero: at once.
  std::optional<Timestamp> first_due() const;

 private:
  std::map<std::string, std::string, std::less<>> rows_;
  std::size_t bytes_ = 0;
};

}  // namespace dealog::automation
