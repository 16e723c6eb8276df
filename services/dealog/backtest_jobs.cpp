#include "services/dealog/backtest_jobs.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "libs/base/logging.hpp"
#include "services/api/support/rule_input.hpp"
#include "services/automation/backtest/backtest_report.hpp"

namespace dealog {
namespace {

using Stage = api::BacktestState::Stage;

bool runs(const api::BacktestState& state) { return state.stage == Stage::kRunning; }

}  // namespace

BacktestJobs::~BacktestJobs() {
  std::deque<std::shared_ptr<Job>> jobs;
  {
    const std::lock_guard lock(mutex_);
    jobs.swap(jobs_);
  }
  for (const auto& job : jobs) job->progress.cancel = true;
  for (const auto& job : jobs) {
    if (job->thread.joinable()) job->thread.join();
  }
}

api::BacktestState BacktestJobs::state_of(const Job& job) {
  api::BacktestState state = job.state;
  state.position = job.progress.position;
  state.first = job.progress.first;
  state.last = job.progress.last;
  return state;
}

std::shared_ptr<BacktestJobs::Job> BacktestJobs::job(const std::string& id) {
  const auto found =
      std::ranges::find_if(jobs_, [&](const auto& known) { return known->state.id == id; });
  return found == jobs_.end() ? nullptr : *found;
}

// The threads of those that have ended do nothing any more.
void BacktestJobs::forget_old() {
  for (auto job = jobs_.begin(); job != jobs_.end() && jobs_.size() > kKeptBacktests;) {
    if (runs((*job)->state)) {
      ++job;
      continue;
    }
    (*job)->thread.join();
    job = jobs_.erase(job);
  }
}

Result<api::BacktestState> BacktestJobs::start(api::BacktestOrder order) {
  const std::lock_guard lock(mutex_);
  const auto running =
      std::ranges::count_if(jobs_, [](const auto& job) { return runs(job->state); });
  if (static_cast<std::size_t>(running) >= kRunningBacktests) {
    return fail(ErrorKind::kUnavailable, "too_many_backtests",
                fmt::format("{} back-tests run already; come again when one of them has ended, or "
                            "cancel one",
                            running));
  }
  const auto job = std::make_shared<Job>();
  job->state.id = "bkt_" + ids_.next().hex();
  job->state.started = clock_.now();
  automation::BacktestRequest request{.pipeline = std::move(order.pipeline),
                                      .rules = std::move(order.rules),
                                      .regulation = std::move(order.regulation),
                                      .from = order.from,
                                      .to = order.to};
  job->has_lines = order.has_lines;
  job->thread = std::thread([this, job, request = std::move(request)] { run(*job, request); });
  jobs_.push_back(job);
  forget_old();
  return state_of(*job);
}

void BacktestJobs::run(Job& job, const automation::BacktestRequest& request) {
  auto result = automation::backtest(log_, keys_, request, clock_.now(), job.progress);
  const std::string json =
      result ? boost::json::serialize(automation::backtest_json(*result)) : std::string();
  {
    const std::lock_guard lock(mutex_);
    if (result) {
      job.state.result = json;
      job.state.stage = Stage::kDone;
    } else if (result.error().code == "backtest_cancelled") {
      job.state.stage = Stage::kCancelled;
    } else {
      log_info("a back-test failed", {{"code", result.error().code}});
      job.state.error = std::move(result).error();
      const bool unsound = job.state.error->code == "regulation_unsound";
      if (unsound && !job.has_lines) job.state.error = api::without_lines(*job.state.error);
      job.state.stage = Stage::kFailed;
    }
  }
  ended_.notify_all();
}

std::optional<api::BacktestState> BacktestJobs::find(const std::string& id,
                                                     std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  const auto found = job(id);
  if (!found) return std::nullopt;
  ended_.wait_for(lock, wait, [&] { return !runs(found->state); });
  return state_of(*found);
}

bool BacktestJobs::cancel(const std::string& id) {
  std::shared_ptr<Job> ended;
  {
    const std::lock_guard lock(mutex_);
    const auto found = job(id);
    if (!found) return false;
    found->progress.cancel = true;
    if (runs(found->state)) return true;
    std::erase(jobs_, found);
    ended = found;
  }
  ended->thread.join();
  return true;
}

}  // namespace dealog
