// Every limit that more than one folder must agree on: its name, unit and reason. A limit that
// concerns one folder alone stands in that folder.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dealog::limits {

// Bodies, before they are parsed.
inline constexpr std::size_t kApiBodyBytes = 1 << 20;
inline constexpr std::size_t kHookBodyBytes = 1 << 20;
inline constexpr std::size_t kHeaderBytes = 32 << 10;
inline constexpr std::size_t kJsonDepth = 64;

// What one append may hold: a group must fit into memory many times over.
inline constexpr std::size_t kAppendEvents = 1000;
inline constexpr std::size_t kAppendBytes = 8 << 20;
inline constexpr std::size_t kEventBytes = 1 << 20;

// Texts of the domain, in bytes of UTF-8.
inline constexpr std::size_t kTitleBytes = 1000;
inline constexpr std::size_t kNoteBytes = 64 << 10;
inline constexpr std::size_t kCodeBytes = 64;
inline constexpr std::size_t kCustomFields = 100;
inline constexpr std::size_t kLines = 500;  // of a quote or an invoice
inline constexpr std::size_t kParticipants = 200;
inline constexpr std::size_t kContacts = 50;  // of a person

// Lists.
inline constexpr std::size_t kPageItems = 500;
inline constexpr std::size_t kDefaultPageItems = 50;

// A fact may be dated this far ahead: clocks of two machines differ, calendars do not.
inline constexpr std::chrono::minutes kOccurredAhead{5};
// How long a read waits for a position before it answers 503.
inline constexpr std::chrono::seconds kMinPositionWait{5};
// How often a command is decided again after a conflict.
inline constexpr int kConflictRetries = 8;
// How far a chain of causes may reach before it is taken for a loop.
inline constexpr std::uint32_t kCausationDepth = 32;

}  // namespace dealog::limits
