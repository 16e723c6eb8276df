#include "services/dealog/service_metrics.hpp"

#include <fstream>

#include <unistd.h>

#include "libs/domain/effect/effect.hpp"
#include "projections/automation/effects_view.hpp"
#include "projections/intake/intake_view.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/disk_watch.hpp"
#include "services/dealog/source_metrics.hpp"
#include "services/webhooks/receive.hpp"

namespace dealog {
namespace {

using metrics::Labels;

// 256 bytes to 16 MB: a group is bounded by the committer.
const std::vector<double> kByteBuckets = {256,     1 << 10, 4 << 10, 16 << 10, 64 << 10,
                                          1 << 18, 1 << 20, 4 << 20, 16 << 20};

double seconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// A counter that is kept elsewhere, and there since the start of the process.
void advance(metrics::Counter counter, std::uint64_t total) {
  const double more = static_cast<double>(total) - counter.value();
  if (more > 0) counter.add(more);
}

// Resident pages are the second number of statm(5).
double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

ServiceMetrics::ServiceMetrics()
    : append_seconds_(registry_.histogram("dealog_append_seconds",
                                          "Time from an append until its answer.",
                                          metrics::kDurationBuckets)),
      sync_seconds_(registry_.histogram("dealog_sync_seconds",
                                        "Time of one synced write of a group to the log.",
                                        metrics::kDurationBuckets)),
      commit_events_(registry_.histogram("dealog_commit_events", "Events of one group.",
                                         metrics::kCountBuckets)),
      commit_bytes_(
          registry_.histogram("dealog_commit_bytes", "Bytes of one group.", kByteBuckets)),
      queue_left_(registry_.gauge("dealog_log_queue_events",
                                  "Events left waiting when the last group was taken.")) {}

LogObserver ServiceMetrics::log_observer() {
  return {
      .append_answered =
          [this](std::chrono::nanoseconds latency) {
            append_seconds_.observe(seconds_of(latency));
          },
      .group_written =
          [this](std::size_t events, std::size_t bytes, std::chrono::nanoseconds write) {
            commit_events_.observe(static_cast<double>(events));
            commit_bytes_.observe(static_cast<double>(bytes));
            sync_seconds_.observe(seconds_of(write));
          },
      .queue_left = [this](std::size_t events) { queue_left_.set(static_cast<double>(events)); }};
}

http::RequestObserver ServiceMetrics::request_observer() {
  return [this](std::string_view route, http::Method method, int status,
                std::chrono::steady_clock::duration duration) {
    requests_.observe(route, http::method_name(method), status, duration);
  };
}

std::string ServiceMetrics::render(Core& core, const webhooks::Receiver& receiver,
                                   DiskWatch& disk) {
  const std::lock_guard lock(rendering_);
  look_at_log(core);
  look_at_disk(disk);
  look_at_commands(core);
  look_at_deliveries(core);
  look_at_effects(core);
  look_at_hooks(receiver);
  registry_.gauge("process_resident_memory_bytes", "Resident memory of the process.")
      .set(resident_bytes());
  return registry_.render() + render_sources(core);
}

void ServiceMetrics::look_at_log(Core& core) {
  const auto set = [this](const char* name, const char* help, double value) {
    registry_.gauge(name, help).set(value);
  };
  const auto count = [](std::uint64_t value) { return static_cast<double>(value); };
  const ProjectionLag lag = core.projections().lag(core.clock().now());
  set("dealog_log_position", "Position of the newest durable event.",
      count(core.log().head().value));
  set("dealog_log_watermark_position", "Position up to which a loss of the log would be noticed.",
      count(core.log().watermark().value));
  set("dealog_log_bytes", "Bytes of the log's files.", count(core.log().file_bytes()));
  set("dealog_log_memory_bytes", "Memory that the log's store uses.",
      count(core.log().memory_bytes()));
  set("dealog_log_stopped", "1 when the log accepts nothing more.",
      core.log().stop_reason() ? 1 : 0);
  set("dealog_storage_damaged", "1 when damaged bytes of log, keys or views were met.",
      core.damage() ? 1 : 0);
  set("dealog_projection_position", "Position that the views show.",
      count(core.projections().position().value));
  set("dealog_projection_durable_position", "Position that the views would show after a crash.",
      count(core.projections().durable_position().value));
  set("dealog_projection_lag_events", "Events that the views do not show yet.", count(lag.events));
  set("dealog_projection_lag_seconds",
      "How long the oldest event waits that the views do not show.", lag.seconds);
  set("dealog_projection_failed", "1 when the views do not go on.",
      core.projections().failure() ? 1 : 0);
}

void ServiceMetrics::look_at_disk(DiskWatch& disk) {
  const auto space = disk.look();
  if (!space) return;
  registry_.gauge("dealog_disk_free_bytes", "Bytes left for the data folder.")
      .set(static_cast<double>(space->free));
  registry_.gauge("dealog_disk_low", "1 when less is left than the configuration wants.")
      .set(space->low ? 1 : 0);
}

void ServiceMetrics::look_at_commands(Core& core) {
  const BusStats stats = core.bus().stats();
  const auto commands = [this](const char* result, std::uint64_t total) {
    advance(registry_.counter("dealog_commands_total", "Commands that were answered.",
                              Labels{{"result", result}}),
            total);
  };
  // The two kinds are counted apart from the whole, at one moment.
  commands("done", stats.commands - std::min(stats.commands, stats.refused + stats.repeated));
  commands("refused", stats.refused);
  commands("repeated", stats.repeated);
  advance(registry_.counter("dealog_command_conflicts_total",
                            "Attempts that were decided again after a version conflict."),
          stats.conflicts);
  registry_.gauge("dealog_commands_waiting", "Commands queued or on their way to the disk.")
      .set(static_cast<double>(stats.waiting));
}

void ServiceMetrics::look_at_deliveries(Core& core) {
  const auto snapshot = core.views().snapshot();
  if (!snapshot) return;
  const ViewContext context{.rows = **snapshot, .keys = core.keys(), .at = core.clock().now()};
  const auto totals = views::IntakeView(context).totals();
  if (!totals) return;
  const auto set = [this](const char* state, std::uint64_t value) {
    registry_
        .gauge("dealog_deliveries", "Deliveries in a state; those received are the sum.",
               Labels{{"state", state}})
        .set(static_cast<double>(value));
  };
  set("pending", totals->pending);
  set("accepted", totals->accepted);
  set("duplicate", totals->duplicate);
  set("quarantined", totals->quarantined);
  set("ignored", totals->ignored);
  registry_.gauge("dealog_deliveries_received", "Deliveries that were acknowledged, ever.")
      .set(static_cast<double>(totals->received));
}

void ServiceMetrics::look_at_effects(Core& core) {
  const auto snapshot = core.views().snapshot();
  if (!snapshot) return;
  const ViewContext context{.rows = **snapshot, .keys = core.keys(), .at = core.clock().now()};
  for (const auto channel : effect::kChannels) {
    const std::string name(effect::name_of(channel));
    const auto totals = views::EffectsView(context).totals(name);
    if (!totals) continue;
    const auto set = [&](const char* state, std::uint64_t value) {
      registry_
          .gauge("dealog_effects", "Effects in a state; those planned are the sum.",
                 Labels{{"channel", name}, {"state", state}})
          .set(static_cast<double>(value));
    };
    set("waiting", totals->waiting);
    set("sending", totals->sending);
    set("delivered", totals->delivered);
    set("failed", totals->failed);
    set("unknown", totals->unknown);
    set("skipped", totals->skipped);
    registry_
        .gauge("dealog_effect_attempts", "How often it was tried to send an effect, ever.",
               Labels{{"channel", name}})
        .set(static_cast<double>(totals->attempts));
    const auto late = totals->due_since ? context.at - *totals->due_since : Duration(0);
    registry_
        .gauge("dealog_effects_due_seconds",
               "How long the effect that is most overdue has been due; 0: none is.",
               Labels{{"channel", name}})
        .set(static_cast<double>(late.count()) / 1e6);
  }
}

void ServiceMetrics::look_at_hooks(const webhooks::Receiver& receiver) {
  const webhooks::ReceiveCounters& counters = receiver.counters();
  const auto answered = [this](const char* result, std::uint64_t total) {
    advance(registry_.counter("dealog_hook_requests_total", "Requests to the addresses of hooks.",
                              Labels{{"result", result}}),
            total);
  };
  answered("stored", counters.stored.load());
  answered("duplicate", counters.duplicates.load());
  answered("ping", counters.pings.load());
  answered("refused", counters.refused.load());
  answered("unknown", counters.unknown.load());
}

}  // namespace dealog
