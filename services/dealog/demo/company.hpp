// The demo company: a web studio's year, played from a seed through the same commands, hooks and
// gates as everybody uses, on a clock of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::demo {

// At a month's end; all but `month` as of then.
struct MonthReport {
  std::string month;  // 2026-03
  std::size_t deals = 0;
  std::size_t open = 0;
  std::size_t won = 0;
  std::size_t lost = 0;
  std::uint64_t events = 0;
};

struct CompanyOptions {
  std::filesystem::path data;        // an empty folder or none
  std::filesystem::path regulation;  // of the web studio's stages; empty: the one built in
  std::uint64_t seed = 1;
  std::size_t deals = 2000;
  std::size_t sellers = 8;
  std::size_t months = 12;
  Timestamp until;  // when the story ends
  std::function<void(const MonthReport&)> on_month = {};
  std::function<bool()> interrupted = {};  // asked after every step
};

// Fills the folder and closes it, without a single sync: a crash on the way leaves nothing of use,
// so make it durable at its end (ScratchFolder does). The same options give the same company: the
// same events with the same ids at the same positions; only keys, nonces, tokens and what is sealed
// with them differ. Errors: those of the folder and the regulation; kUnavailable "interrupted";
// kInvalid "regulation_unfit" for one without the web studio's stages; what went wrong in a deal,
// with its number and step, is a bug.
Result<MonthReport> fill_company(const CompanyOptions& options);

}  // namespace dealog::demo
