#include "projections/intake/fetch_view.hpp"

#include <limits>

#include "dealog/v1/views.pb.h"
#include "libs/projection/row_reading.hpp"
#include "projections/intake/fetch_keys.hpp"

namespace dealog::views {
namespace {

Fetch read_fetch(const v1::FetchRow& row) {
  return {.id = row.fetch(),
          .source = row.source(),
          .delivery = row.delivery(),
          .what = row.what(),
          .status = row.status(),
          .attempts = row.attempts(),
          .code = row.code(),
          .next_at = instant(row.next_us()),
          .requested_at = {row.requested_us()},
          .answer = row.answer()};
}

}  // namespace

Result<std::optional<Fetch>> FetchView::fetch(std::string_view id) const {
  const auto row = TRY(find_row<v1::FetchRow>(context_.rows, row_keys::key(row_keys::kFetch, id)));
  if (!row) return std::nullopt;
  return read_fetch(*row);
}

Result<std::vector<Fetch>> FetchView::due(FetchKind kind, Timestamp now, std::size_t limit) const {
  std::vector<std::string> ids;
  TRY(context_.rows.scan(due_key(kind, 0), due_key(kind, now.us + 1), ScanOrder::kForward,
                         [&](std::string_view, std::string_view id) {
                           ids.emplace_back(id);
                           return ids.size() < limit;
                         }));
  std::vector<Fetch> out;
  for (const auto& id : ids) {
    if (auto found = TRY(fetch(id))) out.push_back(*std::move(found));
  }
  return out;
}

Result<Page<Fetch>> FetchView::fetches(std::string_view source, std::string_view status,
                                       const PageRequest& page) const {
  const bool waiting = status == "waiting";
  const auto prefix = waiting ? row_keys::kFetchDue : row_keys::kFetchGivenUp;
  return page_of_rows<Fetch>(
      context_.rows, prefix, page,
      [&](std::string_view key, std::string_view value) -> Result<std::optional<Fetch>> {
        auto found = TRY(fetch(waiting ? value : key.substr(prefix.size())));
        if (!found || (!source.empty() && found->source != source)) return std::nullopt;
        return found;
      });
}

Result<FetchView::Counts> FetchView::counts(FetchKind kind) const {
  Counts counts;
  TRY(context_.rows.scan(due_key(kind, 0), due_key(kind, std::numeric_limits<std::int64_t>::max()),
                         ScanOrder::kForward, [&](std::string_view, std::string_view) {
                           ++counts.waiting;
                           return true;
                         }));
  std::vector<std::string> ids;
  TRY(context_.rows.scan_prefix(row_keys::kFetchGivenUp, ScanOrder::kForward,
                                [&](std::string_view key, std::string_view) {
                                  ids.emplace_back(key.substr(row_keys::kFetchGivenUp.size()));
                                  return true;
                                }));
  for (const auto& id : ids) {
    const auto given_up = TRY(fetch(id));
    if (given_up && kind_of(given_up->what) == kind) ++counts.given_up;
  }
  return counts;
}

}  // namespace dealog::views
