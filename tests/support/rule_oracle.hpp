// What rules would do over a history, found the long way: after every step all that ever happened
// is looked through again for what is due. Knows neither rows, nor folds, nor the log; for small
// histories and the rules of `OracleRule` only.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dealog::testing {

// What may end a pause before its time is over.
enum class Until { kNothing, kIncoming, kViewed };

// One thing that happened to a deal.
struct OracleFact {
  enum class Kind {
    kOpened,
    kMoved,        // id: from which stage, text: to which
    kTouch,        // incoming, or (yes) an answer to the customer
    kTaskMade,     // id, text: kind, number: minute at which it is overdue
    kTaskDone,     // id
    kTaskDropped,  // id
    kTaskMoved,    // id, number
    kQuoteSent,    // id, number: the last day of its validity, from 0; below 0: it has none
    kQuoteRejected,
    kQuoteViewed,  // id
    kLost,
    kReopened,   // text: in which stage
    kAmount,     // number
    kDate,       // number: the day, from 0; below 0: none any more
    kScheduled,  // deals: those that the schedule of the rule (text) is of; number the minute
    kAssigned,   // number: the owner
    kAway,       // deal below 0; id, number: the owner, minute `begins` to `ends`
    kBack,       // deal below 0; id of an absence that does not take place, number: the owner
    kFired,      // of a rule that goes on later: text is its id, number the minute
  } kind = Kind::kOpened;
  std::int64_t minute = 0;
  int deal = 0;
  std::string id;
  std::string text;
  std::int64_t number = 0;
  bool yes = false;
  int depth = 0;  // of its causes
  // Of kFired: what the rule goes on with.
  std::size_t step = 0;
  std::size_t origin = 0;  // the fact that the rule was triggered by
  std::vector<int> deals = {};
  std::int64_t begins = 0, ends = 0;  // of kAway
  Until until = Until::kNothing;      // of kFired: what ends the pause before `number`
};

struct OracleAction {
  enum class Kind { kTask, kCompleteAll, kMove, kAmount, kLose, kWait } kind = Kind::kWait;
  std::string text;         // stage
  std::int64_t number = 0;  // minutes, or an amount
  Until until = Until::kNothing;
  bool stops = false;  // nothing follows when the time of the pause is over
};

struct OracleRule {
  enum class Trigger {
    kEntered,  // text: stage, or empty
    kLeft,
    kReentered,
    kChanged,  // the amount
    kOpened,
    kLost,
    kReopened,
    kIncoming,
    kDone,
    kSent,
    kViewed,
    kNoAnswer,
    kNoStep,
    kTaskOverdue,
    kQuoteSilent,
    kExpired,
    kDeadline,  // `after` before or after the day of the deal
    kSchedule,  // every `after` minutes, counted from midnight
  } trigger = Trigger::kOpened;
  enum class Once { kAlways, kVisit, kDeal, kPeriod } once = Once::kAlways;
  std::string id;
  std::string text;
  std::int64_t after = 0;            // minutes, of timers but kExpired
  bool back = false;                 // before the day, not after it
  std::int64_t period = 0;           // minutes
  std::optional<std::int64_t> from;  // condition: the amount is at least this
  bool stands_still = false;         // while the deal's owner is away
  std::vector<OracleAction> actions;

  bool is_timer() const { return trigger >= Trigger::kNoAnswer; }
};

struct OracleFiring {
  std::int64_t minute = 0;
  int deal = 0;
  std::string rule;
  std::string end;  // fired, failed, stopped
  std::size_t actions = 0;

  auto operator<=>(const OracleFiring&) const = default;
};

// Those who may own a deal, from 0.
inline constexpr int kOracleOwners = 2;

// The minute 0 is nine in the morning.
inline constexpr std::int64_t kOracleStart = 9 * 60;

// `history` is in the order of its minutes; each fact is an append of its own. The rules are in
// force from the minute `from`; timers run until `end`. Nothing when more than kOracleFirings come
// of it: everything is reckoned anew at each step, in the cube of what has happened.
inline constexpr std::size_t kOracleFirings = 150;
std::optional<std::vector<OracleFiring>> oracle_firings(const std::vector<OracleFact>& history,
                                                        const std::vector<OracleRule>& rules,
                                                        std::int64_t from, std::int64_t end);

}  // namespace dealog::testing
