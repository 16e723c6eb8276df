#include "libs/http/server.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/deadline.hpp"
#include "libs/async/spawn.hpp"
#include "libs/base/assert.hpp"
#include "libs/base/logging.hpp"
#include "libs/http/io_loop.hpp"
#include "libs/http/session.hpp"
#include "libs/http/tls_context.hpp"

namespace dealog::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr int kBacklog = 1024;
constexpr std::chrono::milliseconds kAcceptPause{20};  // when full or out of descriptors
constexpr std::chrono::seconds kStuckReport{5};

// How many connections there are; the one thing that threads of a server share and change.
class ConnectionCount {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  std::size_t get() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  bool wait_for_none(steady_clock::duration time) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, time, [this] { return count_ == 0; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;  // guarded by mutex_
};

void set_options(tcp::socket& socket) {
  error_code ignored;  // a socket without them still works
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

std::string address_text(const tcp::socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return "";
  const auto address = IpAddress::parse(endpoint.address().to_string());
  return address ? address->text() : endpoint.address().to_string();
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Router router);
  ~Impl() { stop(); }

  Result<void> listen();
  void start();
  void stop();  // also when start() was never reached

  SessionSettings settings;
  ConnectionCount connections;
  std::uint16_t port = 0;
  asio::any_io_executor next_executor();

 private:
  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(IoLoop& loop, tcp::socket socket);
  void on_all_loops(void (*action)(Session&));

  std::shared_ptr<asio::ssl::context> tls_;
  std::vector<std::unique_ptr<IoLoop>> loops_;
  tcp::acceptor acceptor_;
  std::atomic<std::size_t> turn_ = 0;
  std::mutex stop_mutex_;
  bool running_ = false;  // guarded by stop_mutex_
};

Server::Impl::Impl(ServerOptions options, Router router)
    : settings{std::move(options), std::move(router)},
      loops_([this] {
        std::vector<std::unique_ptr<IoLoop>> made;
        for (unsigned i = 0; i < std::max(1u, settings.options.io_threads); ++i) {
          made.push_back(std::make_unique<IoLoop>());
        }
        return made;
      }()),
      acceptor_(loops_[0]->context()) {}

Result<void> Server::Impl::listen() {
  const ServerOptions& options = settings.options;
  if (options.tls) tls_ = TRY(make_tls_context(*options.tls));
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) {
    return fail(ErrorKind::kInvalid, "invalid_address",
                "'" + options.address + "' is not an IP address to listen on");
  }
  const tcp::endpoint endpoint(address, options.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (error) {
    return fail(ErrorKind::kUnavailable, "cannot_listen",
                "cannot listen on " + options.address + " port " + std::to_string(options.port) +
                    ": " + error.message());
  }
  port = acceptor_.local_endpoint().port();
  return {};
}

void Server::Impl::start() {
  const std::lock_guard lock(stop_mutex_);
  running_ = true;
  spawn_logged(loops_[0]->context().get_executor(), accept_all(), "http accept");
  for (auto& loop : loops_) loop->start();
}

asio::any_io_executor Server::Impl::next_executor() {
  return loops_[turn_++ % loops_.size()]->context().get_executor();
}

asio::awaitable<void> Server::Impl::accept_all() {
  while (!settings.stopping) {
    settings.full = connections.get() >= settings.options.limits.connections;
    if (settings.full) {
      co_await sleep_for(kAcceptPause);
      continue;
    }
    IoLoop& loop = *loops_[turn_++ % loops_.size()];
    tcp::socket socket(loop.context());
    error_code error;
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (settings.stopping) co_return;
    if (error) {
      log_warning("cannot accept a connection", {{"error", error.message()}});
      co_await sleep_for(kAcceptPause);
      continue;
    }
    connections.add();
    asio::any_io_executor executor = loop.context().get_executor();
    spawn_logged(std::move(executor), serve(loop, std::move(socket)), "http session");
  }
}

asio::awaitable<void> Server::Impl::serve(IoLoop& loop, tcp::socket socket) {
  set_options(socket);
  std::string address = address_text(socket);
  auto connection =
      tls_ ? tls_connection(std::move(socket), *tls_) : tcp_connection(std::move(socket));
  co_await Session::run(
      std::make_unique<Session>(settings, loop, std::move(connection), std::move(address)));
  connections.remove();
}

void Server::Impl::on_all_loops(void (*action)(Session&)) {
  for (auto& loop : loops_) {
    asio::post(loop->context(), [&loop, action] {
      // An action may end a session, which changes the list.
      const auto sessions = loop->sessions();
      for (Session* session : sessions) action(*session);
    });
  }
}

void Server::Impl::stop() {
  const std::lock_guard lock(stop_mutex_);
  if (!running_) return;
  running_ = false;
  settings.stopping = true;
  for ([[maybe_unused]] auto& loop : loops_) DEALOG_ASSERT(!loop->runs_here());
  std::promise<void> closed;
  asio::post(loops_[0]->context(), [&] {
    error_code ignored;
    acceptor_.close(ignored);
    closed.set_value();
  });
  closed.get_future().wait();
  on_all_loops([](Session& session) { session.stop(); });
  if (!connections.wait_for_none(settings.options.limits.drain)) {
    log_warning("closing connections whose requests did not finish in time",
                {{"connections", connections.get()}});
    on_all_loops([](Session& session) { session.close(); });
    // What a handler waits for refers to its frame, so the frame must stay until it is done.
    while (!connections.wait_for_none(kStuckReport)) {
      log_error("a handler does not end; waiting for it", {{"requests", connections.get()}});
    }
  }
  for (auto& loop : loops_) loop->finish();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Router router) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(router));
  TRY(impl->listen());
  impl->start();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port; }

std::string Server::url() const {
  const ServerOptions& options = impl_->settings.options;
  const bool v6 = options.address.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", options.tls ? "https" : "http", v6 ? "[" : "",
                     options.address, v6 ? "]" : "", impl_->port);
}

const Router& Server::router() const { return impl_->settings.router; }
std::size_t Server::connections() const { return impl_->connections.get(); }
boost::asio::any_io_executor Server::executor() { return impl_->next_executor(); }
void Server::stop() { impl_->stop(); }

}  // namespace dealog::http
