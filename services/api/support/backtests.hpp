// Back-tests as the API sees them: work that goes on while its client asks how far it is. Who
// starts the service makes them; the API knows no automation.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::api {

struct BacktestOrder {
  std::string pipeline;    // empty: the only one there is
  std::string rules;       // YAML; empty: those of the regulation
  std::string regulation;  // YAML; empty: the one in force
  Timestamp from, to;
  bool has_lines = true;  // the rules are as they were sent, so their lines tell something
};

struct BacktestState {
  enum class Stage { kRunning, kDone, kFailed, kCancelled } stage = Stage::kRunning;
  std::string id;  // bkt_…
  Timestamp started;
  std::uint64_t position = 0, first = 0, last = 0;  // of the log: how far, from where, to where
  std::string result;                               // JSON, of kDone
  std::optional<Error> error;                       // of kFailed
};

// Thread: any.
class Backtests {
 public:
  virtual ~Backtests() = default;
  // Errors: kUnavailable "too_many_backtests" when as many run as may.
  virtual Result<BacktestState> start(BacktestOrder order) = 0;
  // Waits until it has ended, at most so long. Nothing: there is none such, or it is forgotten.
  virtual std::optional<BacktestState> find(const std::string& id,
                                            std::chrono::milliseconds wait = {}) = 0;
  // It ends soon; one that has ended is forgotten. False: there is none such.
  virtual bool cancel(const std::string& id) = 0;
};

}  // namespace dealog::api
