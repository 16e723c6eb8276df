// Fetches: what providers are still to be asked for, and what was given up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/projection/view_context.hpp"

namespace dealog::views {

// What its answer becomes.
enum class FetchKind { kDelivery, kFile };

struct Fetch {
  std::string id, source, delivery, what;
  std::string status;  // waiting, fetched, given_up
  std::uint32_t attempts = 0;
  std::string code;  // of the last failure
  std::optional<Timestamp> next_at;
  Timestamp requested_at;
  std::string answer;  // dlv_…, of a file fil_…
};

// Thread: one.
class FetchView {
 public:
  explicit FetchView(const ViewContext& context) : context_(context) {}

  Result<std::optional<Fetch>> fetch(std::string_view id) const;
  // Waiting ones whose time has come, the most overdue first.
  Result<std::vector<Fetch>> due(FetchKind kind, Timestamp now, std::size_t limit) const;
  // By `status` "waiting" (by due time, files last) or "given_up"; of one source unless that is
  // empty.
  Result<Page<Fetch>> fetches(std::string_view source, std::string_view status,
                              const PageRequest& page) const;
  struct Counts {
    std::uint64_t waiting = 0;   // those under way among them
    std::uint64_t given_up = 0;  // they wait for a person
  };
  Result<Counts> counts(FetchKind kind) const;

 private:
  const ViewContext& context_;
};

}  // namespace dealog::views
