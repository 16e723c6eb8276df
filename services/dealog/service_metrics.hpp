// What /metrics says: the log, the views, the commands, HTTP, deliveries, the process.
//
//   dealog_append_seconds, dealog_sync_seconds      histograms: from append to answer, one sync
//   dealog_commit_events, dealog_commit_bytes       histograms: the size of a group
//   dealog_log_*, dealog_projection_*               position, queue, bytes, lag
//   dealog_disk_free_bytes, dealog_disk_low         of the data folder
//   dealog_commands_total{result} and kin           counters of the command bus
//   dealog_deliveries{state}                        as the intake view counts them
//   dealog_effects{channel,state}                   planned ones are the sum; parked are failed and
//   unknown dealog_effect_attempts, dealog_effects_due_seconds{channel}
//   dealog_hook_requests_total{result}              what never became an event as well
//   dealog_source_*{source}, dealog_mailbox_*{source}  source_metrics.hpp
//   dealog_http_request_seconds{route,method,status}
//   process_resident_memory_bytes
#pragma once

#include <mutex>
#include <string>

#include "libs/eventlog/log_observer.hpp"
#include "libs/http/server.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/metrics/request_metrics.hpp"

namespace dealog {

class Core;
class DiskWatch;
namespace webhooks {
class Receiver;
}

// Must outlive what its observers were given to. Thread: any; render() one at a time is enforced.
class ServiceMetrics {
 public:
  ServiceMetrics();
  ServiceMetrics(const ServiceMetrics&) = delete;
  ServiceMetrics& operator=(const ServiceMetrics&) = delete;

  LogObserver log_observer();
  http::RequestObserver request_observer();

  // Text exposition format 0.0.4. What is looked up is looked up now; a view that cannot be read
  // leaves its figures as they were.
  std::string render(Core& core, const webhooks::Receiver& receiver, DiskWatch& disk);

 private:
  void look_at_log(Core& core);
  void look_at_disk(DiskWatch& disk);
  void look_at_commands(Core& core);
  void look_at_deliveries(Core& core);
  void look_at_effects(Core& core);
  void look_at_hooks(const webhooks::Receiver& receiver);

  std::mutex rendering_;
  metrics::Registry registry_;
  metrics::RequestMetrics requests_{registry_};
  metrics::Histogram append_seconds_;
  metrics::Histogram sync_seconds_;
  metrics::Histogram commit_events_;
  metrics::Histogram commit_bytes_;
  metrics::Gauge queue_left_;
};

}  // namespace dealog
