// Limits of one deal: a state is held in memory and folded from its stream, so everything in it
// that callers can make more of is bounded. Beyond one: kTooLarge "too_many_…".
#pragma once

#include <cstddef>

namespace dealog::deal {

inline constexpr std::size_t kOpenTasks = 500;
inline constexpr std::size_t kTasks = 20'000;  // open, done and cancelled
inline constexpr std::size_t kQuotes = 500;
inline constexpr std::size_t kDocuments = 1000;
inline constexpr std::size_t kInvoices = 1000;
inline constexpr std::size_t kAllocations = 5000;
inline constexpr std::size_t kVisits = 10'000;
inline constexpr std::size_t kTaskParticipants = 100;
inline constexpr std::size_t kCampaignEntries = 50;
inline constexpr std::size_t kUrlBytes = 2048;

// How many moves one command may set off by itself. A sound regulation has no cycle of automatic
// moves and at most 100 stages; this stops one that was not checked.
inline constexpr int kAutomaticMoves = 16;

}  // namespace dealog::deal
