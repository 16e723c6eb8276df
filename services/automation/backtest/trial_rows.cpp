#include "services/automation/backtest/trial_rows.hpp"

#include "libs/base/encoding.hpp"
#include "libs/projection/row_keys.hpp"

namespace dealog::automation {
namespace {

constexpr std::size_t kNodeBytes = 100;  // of the map, two strings' headers included

std::size_t bytes_of(std::string_view key, std::string_view value) {
  return kNodeBytes + key.size() + value.size();
}

}  // namespace

Result<std::optional<std::string>> TrialRows::get(std::string_view key) const {
  const auto found = rows_.find(key);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

Result<void> TrialRows::scan(std::string_view begin, std::string_view end, ScanOrder order,
                             const RowVisitor& visit) const {
  if (!end.empty() && end <= begin) return {};
  const auto first = rows_.lower_bound(begin);
  auto last = end.empty() ? rows_.end() : rows_.lower_bound(end);
  if (order == ScanOrder::kForward) {
    for (auto row = first; row != last; ++row) {
      if (!visit(row->first, row->second)) return {};
    }
    return {};
  }
  while (last != first) {
    --last;
    if (!visit(last->first, last->second)) return {};
  }
  return {};
}

Result<std::unique_ptr<ViewSnapshot>> TrialRows::snapshot() const {
  return fail(ErrorKind::kInternal, "trial_rows_have_no_snapshot",
              "rows of a back-test are read by whoever writes them");
}

Result<void> TrialRows::write(std::vector<RowWrite> rows) {
  for (auto& row : rows) {
    if (const auto old = rows_.find(row.key); old != rows_.end()) {
      bytes_ -= bytes_of(old->first, old->second);
      if (!row.value) rows_.erase(old);
    }
    if (!row.value) continue;
    bytes_ += bytes_of(row.key, *row.value);
    rows_.insert_or_assign(std::move(row.key), std::move(*row.value));
  }
  if (bytes_ <= kTrialRowBytes) return {};
  return fail(ErrorKind::kTooLarge, "backtest_too_large",
              "more deals and timers were touched than a back-test keeps in memory; take a "
              "shorter period");
}

std::optional<Timestamp> TrialRows::first_due() const {
  const auto row = rows_.lower_bound(row_keys::kRuleDue);
  if (row == rows_.end() || !row->first.starts_with(row_keys::kRuleDue)) return std::nullopt;
  const std::string_view key = row->first;
  return Timestamp{static_cast<std::int64_t>(get_u64(key.substr(row_keys::kRuleDue.size())))};
}

}  // namespace dealog::automation
