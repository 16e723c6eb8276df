// The running service: a core with its HTTP surface. The one place where everything is created, in
// the order in which it depends on each other.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "libs/async/blocking_pool.hpp"
#include "libs/http/server.hpp"
#include "services/api/support/api.hpp"
#include "services/dealog/backtest_jobs.hpp"
#include "services/dealog/backup/control_socket.hpp"
#include "services/dealog/clock_watch.hpp"
#include "services/dealog/config.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/disk_watch.hpp"
#include "services/dealog/service_metrics.hpp"
#include "services/webhooks/receive.hpp"

namespace dealog {

struct ServiceOptions {
  std::filesystem::path data;
  Config config;
  std::optional<std::filesystem::path> regulation;
  bool accept_lost_keys = false;
  EndAtPoint* end_at = nullptr;  // of tests of crashes
};

// Thread: any; stop() from one that is none of the service's.
class Service {
 public:
  // Opens the data folder, makes the owner on a first start, publishes the regulation, starts the
  // workers and listens. Errors: those of Core, of the regulation, of the server.
  static Result<std::unique_ptr<Service>> start(const ServiceOptions& options);
  ~Service();

  std::string url() const { return server_->url(); }
  const http::Server& server() const { return *server_; }
  // Where the owner's token was written, when this start made it.
  const std::optional<std::filesystem::path>& new_owner_token() const { return new_owner_token_; }
  // Why nothing more can be written until the process has been started anew, if that is so: the
  // log, the keys or the views have met a disk that failed or is full; whichever it was, the log
  // accepts nothing more. Reads are still served. Damaged bytes stop the log as well, but they are
  // not this: a start does not mend them, so reads go on until a person comes. To be called now and
  // then.
  std::optional<Error> stopped();
  // Looks at the space that is left; to be called now and then.
  void look_at_disk() { disk_->look(); }

  // Answers what runs, makes the views' checkpoint durable, closes. Idempotent.
  void stop();

 private:
  Service() = default;
  Result<void> open(const ServiceOptions& options);
  http::Router routes(const std::string& bcc_domain);
  Result<http::Response> ready() const;

  SystemClock clock_;
  SystemIds ids_{clock_};
  mutable ClockWatch clock_watch_{clock_.now(), steady_now()};
  ServiceMetrics metrics_;
  std::unique_ptr<DiskWatch> disk_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<ControlSocket> control_;
  std::unique_ptr<BlockingPool> reads_;
  std::unique_ptr<BlockingPool> imports_;
  std::unique_ptr<BacktestJobs> backtests_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<webhooks::Receiver> receiver_;
  std::optional<std::filesystem::path> new_owner_token_;
  bool told_of_damage_ = false;
  std::unique_ptr<http::Server> server_;
};

}  // namespace dealog
