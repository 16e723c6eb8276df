#include "services/dealog/service.hpp"

#include <boost/json.hpp>

#include "services/api/endpoints/accounts/bcc_address.hpp"
#include "services/api/endpoints/files.hpp"
#include "services/api/routes.hpp"
#include "services/dealog/channel_settings.hpp"
#include "services/dealog/first_start.hpp"

namespace dealog {
namespace {

namespace json = boost::json;
using http::Method;
using http::PlainHandler;
using http::Request;
using http::Response;

// Zone of the owner that a first start makes, until somebody says another.
constexpr std::string_view kFirstZone = "Europe/Moscow";

// Uploads of history that wait for the one that runs, with their bodies in memory.
constexpr std::size_t kWaitingImports = 4;

std::optional<http::TlsFiles> tls_of(const Config& config) {
  if (config.certificate.empty()) return std::nullopt;
  return http::TlsFiles{config.certificate, config.private_key};
}

}  // namespace

Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options) {
  std::unique_ptr<Service> service(new Service());
  TRY(service->open(options));
  return service;
}

Service::~Service() { stop(); }

Result<void> Service::open(const ServiceOptions& options) {
  const Config& config = options.config;
  disk_ = std::make_unique<DiskWatch>(options.data, static_cast<std::uint64_t>(config.warn_below_mb)
                                                        << 20);
  // Before a folder is made for a company that cannot begin.
  if (options.regulation) TRY(check_regulation_file(*options.regulation));
  const auto mail = TRY(mail_settings(config));
  const auto telegram = TRY(telegram_settings(config));
  core_ = TRY(Core::open(
      {.data = options.data,
       .clock = &clock_,
       .ids = &ids_,
       .command_threads = static_cast<unsigned>(config.command_threads),
       .observer = metrics_.log_observer(),
       .erasures_copy = config.erasures_copy,
       .archive = config.archive_folder,
       .accept_lost_keys = options.accept_lost_keys,
       .reach = config.private_addresses ? outbound::Reach::kAny : outbound::Reach::kPublic,
       .public_url = config.public_url,
       .mail = mail,
       .telegram = telegram,
       .backlog = static_cast<std::size_t>(config.backlog),
       .end_at = options.end_at}));
  control_ = TRY(ControlSocket::listen(
      options.data, [this](const auto& folder) { return core_->checkpoint(folder); }));
  if (options.regulation) {
    TRY(publish_regulation_file(*core_, *options.regulation, Publish::kWhenThereIsNone));
  }
  new_owner_token_ = TRY(ensure_owner(*core_, options.data, std::string(kFirstZone)));
  reads_ = std::make_unique<BlockingPool>("reads", static_cast<unsigned>(config.read_threads));
  imports_ = std::make_unique<BlockingPool>("imports", 1, kWaitingImports);
  backtests_ = std::make_unique<BacktestJobs>(core_->log(), core_->keys(), clock_, ids_);
  api_ = std::unique_ptr<api::Api>(new api::Api{
      .bus = core_->bus(),
      .users = core_->users(),
      .regulations = core_->regulations(),
      .views = core_->views(),
      .projections = core_->projections(),
      .heads = core_->heads(),
      .projected = core_->projected(),
      .reads = *reads_,
      .imports = *imports_,
      .destroy_key = [this](std::string_view subject) { return core_->destroy_key(subject); },
      .files = core_->files(),
      .ids = ids_,
      .backtests = *backtests_,
      .outbox = {.backlog = static_cast<std::size_t>(config.backlog),
                 .mail = !mail.server.host.empty(),
                 .telegram = !telegram.token.empty()}});
  receiver_ = std::make_unique<webhooks::Receiver>(core_->bus(), core_->sources(), core_->intake());
  core_->start_workers();
  const ListenAddress listen = TRY(parse_listen(config.listen));
  http::ServerOptions server{.address = listen.host,
                             .port = listen.port,
                             .io_threads = static_cast<unsigned>(config.io_threads),
                             .tls = tls_of(config),
                             .trusted_proxies = config.trusted_proxies,
                             .access_log = config.access_log,
                             .on_request = metrics_.request_observer()};
  server.body_limit = [this](const http::Route& route, const http::PathParameters& parameters,
                             const http::Headers& headers) {
    return route.pattern == api::kFilesOfDeal ? api::upload_limit(*api_, headers)
                                              : receiver_->body_limit(route, parameters);
  };
  server_ = TRY(http::Server::start(std::move(server), routes(config.bcc_domain)));
  return {};
}

void Service::stop() {
  // What runs is answered first; it needs everything that is torn down after it.
  if (server_) server_->stop();
  control_.reset();
  backtests_.reset();
  core_.reset();
}

http::Router Service::routes(const std::string& bcc_domain) {
  http::Router router;
  api::add_routes(router, *api_);
  api::add_bcc_address_routes(router, *api_, bcc_domain);
  webhooks::add_routes(router, *receiver_);
  router.add(Method::kGet, "/healthz", PlainHandler([](const Request&) -> Result<Response> {
               return Response::json(200, json::object{{"status", "ok"}});
             }));
  router.add(Method::kGet, "/readyz", PlainHandler([this](const Request&) { return ready(); }));
  router.add(Method::kGet, "/metrics", PlainHandler([this](const Request&) -> Result<Response> {
               return Response::bytes(http::media_type::kMetrics,
                                      metrics_.render(*core_, *receiver_, *disk_));
             }));
  return router;
}

std::optional<Error> Service::stopped() {
  if (const auto damage = core_->damage(); damage && !told_of_damage_) {
    log_error("bytes on the disk are damaged; nothing more is written, reads are served",
              {{"code", damage->code}, {"reason", damage->message}});
    told_of_damage_ = true;
  }
  if (told_of_damage_) return std::nullopt;
  if (auto reason = core_->log().stop_reason()) return reason;
  auto reason = core_->keys().failure();
  if (!reason) {
    // A bug of a projector does not go away by a restart; a disk that has space again does.
    reason = core_->projections().failure();
    if (reason && !reason->code.starts_with("storage_")) reason.reset();
  }
  if (reason) core_->log().stop_accepting(*reason);
  return reason;
}

Result<Response> Service::ready() const {
  const auto damage = core_->damage();
  const auto stopped = core_->log().stop_reason();
  const auto keys = core_->keys().failure();
  const auto failure = core_->projections().failure();
  const ProjectionLag lag = core_->projections().lag(clock_.now());
  const auto clock = clock_watch_.problem(clock_.now(), steady_now(), core_->log().head_time());
  const bool ok = !damage && !stopped && !failure && !keys && !clock;
  json::object body{{"status", ok ? "ok" : "unavailable"},
                    {"position", core_->log().head().value},
                    {"projected", core_->projections().position().value},
                    {"lag_events", lag.events}};
  if (damage) body["storage"] = damage->message;
  if (stopped) body["log"] = stopped->message;
  if (keys) body["keys"] = keys->message;
  if (failure) body["projections"] = failure->message;
  if (clock) body["clock"] = *clock;
  json::array warnings;
  if (const auto space = disk_->look(); space && space->low) {
    warnings.push_back(json::object{{"code", "disk_space_low"}, {"message", space->warning}});
  }
  if (const auto archive = core_->log().archive_problem()) {
    warnings.push_back(json::object{{"code", archive->code}, {"message", archive->message}});
  }
  body["warnings"] = std::move(warnings);
  return Response::json(ok ? 200 : 503, json::value(std::move(body)));
}

}  // namespace dealog
