// The HTTP/1.1 server: sockets, TLS, limits, deadlines, access log. Beast stays behind this header.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "libs/base/ip_network.hpp"
#include "libs/base/result.hpp"
#include "libs/http/limits.hpp"
#include "libs/http/router.hpp"

namespace dealog::http {

// PEM files; the certificate file holds the whole chain, leaf first.
struct TlsFiles {
  std::string certificate;
  std::string private_key;
};

// Called once for each answered request, on its I/O thread. `route` is the pattern ("" when none
// matched), so that no path or id gets into labels.
using RequestObserver = std::function<void(std::string_view route, Method method, int status,
                                           std::chrono::steady_clock::duration duration)>;

// How large a body a request may have, where the route alone does not tell (a hook's depends on
// its source, a file's on who sends it). Called on the I/O thread after the header was read; must
// neither wait nor block.
using PathParameters = std::vector<std::pair<std::string_view, std::string>>;
using BodyLimit = std::function<std::size_t(const Route& route, const PathParameters& parameters,
                                            const Headers& headers)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0 takes a free one
  unsigned io_threads = 2;
  std::optional<TlsFiles> tls = std::nullopt;  // TLS 1.2 and 1.3
  std::vector<IpNetwork> trusted_proxies = {};
  ServerLimits limits = {};
  bool access_log = true;  // one "request answered" line each, level info
  RequestObserver on_request = {};
  BodyLimit body_limit = {};  // unset: the route's
};

// Each I/O thread has an event loop of its own and each connection stays on one thread, so nothing
// of a request is shared and a handler needs no lock for what it keeps in its frame.
// Thread: any.
class Server {
 public:
  // Listens and starts the threads. Errors: kInvalid "invalid_address" | "invalid_tls_files",
  // kUnavailable "cannot_listen".
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Router router);
  // Stops when that has not been done.
  ~Server();

  std::uint16_t port() const;
  // "http://127.0.0.1:8080"
  std::string url() const;
  const Router& router() const;
  std::size_t connections() const;

  // One of the I/O threads in turn, for timers and background coroutines.
  boost::asio::any_io_executor executor();

  // Stops accepting, closes idle connections, ends streams, lets running requests finish for at
  // most ServerLimits::drain, closes what is left and joins the threads. Blocks. May be called
  // again; not from an I/O thread.
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dealog::http
