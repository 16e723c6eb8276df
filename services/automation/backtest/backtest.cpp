#include "services/automation/backtest/backtest.hpp"

#include <span>

#include <fmt/ranges.h>

#include "dealog/v1/intake_events.pb.h"
#include "libs/domain/common/input.hpp"
#include "libs/event/codec.hpp"
#include "libs/eventlog/record_fields.hpp"
#include "libs/rules/rule_text.hpp"
#include "services/automation/backtest/backtest_tally.hpp"
#include "services/automation/backtest/trial.hpp"

namespace dealog::automation {
namespace {

// Read at once: whole appends, one of which may be as large as limits::kAppendEvents.
constexpr std::size_t kPageEvents = 4'096;

Result<void> check_period(const BacktestRequest& request, Timestamp now) {
  InputCheck check(Language::kEn);
  if (request.from > request.to) {
    check.add("/to", "invalid_period", "конец раньше начала", "the end is before the beginning");
  }
  if (request.from > now) {
    check.add("/from", "in_future", "это ещё не прошло", "that is not past yet");
  }
  return check.result();
}

struct Publication {
  std::string pipeline, yaml;
};

// The regulation in force, with its text.
Result<Publication> published(const EventLog& past, const KeyRing& keys,
                              const std::string& pipeline) {
  FoldCache cache;
  const Folds folds(past, keys, cache);
  std::string code = pipeline;
  if (code.empty()) {
    const auto all = TRY(RegulationBook(folds).pipelines());
    if (all.size() != 1) {
      InputCheck check(Language::kEn);
      check.add("/pipeline", "required", "какой воронки эти правила?",
                all.empty() ? "no pipeline was published"
                            : fmt::format("there are several pipelines ({}): say of which these "
                                          "rules are",
                                          fmt::join(all, ", ")));
      TRY(check.result());
    }
    code = all.front();
  }
  Publication found{code, {}};
  Result<void> decoded;
  TRY(past.read_stream(regulation::stream_of(code), {UINT64_MAX}, Direction::kBackward, 1,
                       [&](const StoredEvent& stored) {
                         const auto event = decode(stored.record, Open::kAll, &keys);
                         if (!event) {
                           decoded = fail(event.error());
                         } else if (const auto* m = event->as<v1::RegulationPublished>()) {
                           found.yaml = m->yaml();
                         }
                         return false;
                       }));
  if (!decoded) return fail(std::move(decoded).error());
  if (!found.yaml.empty()) return found;
  return fail(ErrorKind::kNotFound, "pipeline_not_found",
              "no regulation of pipeline '" + code + "' was published");
}

// What is tried: the regulation with the rules in it.
Result<Publication> tried(const EventLog& past, const KeyRing& keys,
                          const BacktestRequest& request) {
  Publication out{request.pipeline, request.regulation};
  if (request.regulation.empty()) {
    out = TRY(published(past, keys, request.pipeline));
  } else if (out.pipeline.empty()) {
    out.pipeline = rules::parse_regulation(request.regulation).regulation.code;
  }
  if (!request.rules.empty()) out.yaml = TRY(rules::with_rules(out.yaml, request.rules));
  return out;
}

// Events of before, for rules that ask which deals are open, or how many somebody has.
Result<void> look_back(const EventLog& past, Position until, Trial& trial,
                       const BacktestProgress& progress) {
  if (!trial.looks_back()) return {};
  Result<void> counted;
  TRY(past.read({1}, Direction::kForward, until.value, [&](const StoredEvent& stored) {
    if (progress.cancel) {
      counted = fail(ErrorKind::kConflict, "backtest_cancelled", "the back-test was cancelled");
    } else if (auto event = decode(stored.record, Open::kNothing, nullptr)) {
      counted = trial.look_back(*event);
    } else {
      counted = fail(std::move(event).error());
    }
    return counted.has_value();
  }));
  return counted;
}

class Run {
 public:
  Run(const EventLog& past, const BacktestRequest& request, BacktestProgress& progress,
      Trial& trial, GateTrial* gates, BacktestResult& result)
      : past_(past),
        request_(request),
        progress_(progress),
        trial_(trial),
        gates_(gates),
        result_(result) {}

  Result<void> all(Position start, Position end) {
    progress_.first = start.value, progress_.position = start.value, progress_.last = end.value;
    Position next = start.next();
    while (next <= end) {
      TRY(read_page(next, end));
      if (append_.empty()) break;
      next = append_.back().position.next();
      TRY(take());
    }
    return trial_.run_timers(request_.to);
  }

 private:
  // Decoded while it is read; what was appended together is not cut.
  Result<void> read_page(Position from, Position end) {
    append_.clear();
    Result<void> decoded;
    TRY(past_.read(from, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
      auto event = decode(stored.record, Open::kNothing, nullptr);
      if (!event) {
        decoded = fail(std::move(event).error());
        return false;
      }
      if (event->position > end || event->recorded > request_.to) return false;
      append_.push_back(std::move(*event));
      const auto& last = append_.back();
      return append_.size() < kPageEvents || last.append_index + 1 < last.append_count;
    }));
    return decoded;
  }

  Result<void> take() {
    std::span<RecordedEvent> left(append_);
    while (!left.empty()) {
      if (progress_.cancel) {
        return fail(ErrorKind::kConflict, "backtest_cancelled", "the back-test was cancelled");
      }
      const auto size =
          std::min<std::size_t>(left.size(), left.front().append_count - left.front().append_index);
      const auto append = left.first(size);
      left = left.subspan(size);
      if (gates_ != nullptr) {
        for (const auto& event : append) TRY(gates_->show(event));
      }
      const Position last = append.back().position;
      TRY(trial_.show(append));
      progress_.position = last.value;
      result_.events += size;
    }
    return {};
  }

  const EventLog& past_;
  const BacktestRequest& request_;
  BacktestProgress& progress_;
  Trial& trial_;
  GateTrial* gates_;
  BacktestResult& result_;
  std::vector<RecordedEvent> append_;
};

}  // namespace

Result<BacktestResult> backtest(const EventLog& past, const KeyRing& keys,
                                const BacktestRequest& asked, Timestamp now,
                                BacktestProgress& progress) {
  BacktestRequest request = asked;
  TRY(check_period(request, now));
  request.to = std::min(request.to, now);
  const Publication text = TRY(tried(past, keys, request));
  // What is recorded meanwhile is not looked at.
  const Position end = past.head();
  const Position start = std::min(end, TRY(past.position_at(request.from - Duration(1))));
  Trial trial(past, keys, start, request.from);
  trial.stop_when([&progress] { return progress.cancel.load(); });
  auto begun = trial.begin(text.pipeline, text.yaml);
  if (!begun && !request.rules.empty()) {
    return fail(rules::told_of_rules(std::move(begun).error(), request.rules));
  }
  const auto regulation = TRY(std::move(begun));
  TRY(look_back(past, start, trial, progress));
  TRY(trial.enforce());
  std::optional<GateTrial> gates;
  const ManualClock clock(request.from);
  if (!request.regulation.empty()) gates.emplace(past, keys, start, clock, regulation);
  BacktestResult result{.pipeline = text.pipeline, .from = request.from, .to = request.to};
  for (const rules::Rule& rule : regulation->rules) result.rules[rule.id];
  BacktestTally tally(result);
  trial.on_made([&](std::span<const RecordedEvent> append) { tally.add(append); });
  Run run(past, request, progress, trial, gates ? &*gates : nullptr, result);
  TRY(run.all(start, end));
  tally.finish();
  if (gates) result.moves = gates->result();
  return result;
}

}  // namespace dealog::automation
