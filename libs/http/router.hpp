// Which handler answers which method and path.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "libs/base/limits.hpp"
#include "libs/base/result.hpp"
#include "libs/http/request.hpp"
#include "libs/http/response.hpp"

namespace dealog::http {

// Runs on an I/O thread: blocking calls go to a pool (libs/async). The request is the handler's.
using Handler = std::function<boost::asio::awaitable<Response>(Request)>;
// The same with errors as values, answered as problem+json in the language of the request.
using ResultHandler = std::function<boost::asio::awaitable<Result<Response>>(Request)>;
// For what neither waits nor blocks.
using PlainHandler = std::function<Result<Response>(const Request&)>;

Handler answering_errors(ResultHandler handler);
Handler answering_errors(PlainHandler handler);

struct RouteOptions {
  std::size_t body_limit = limits::kApiBodyBytes;
  // A query that cannot be decoded is answered 400; when true it is left to the handler, which
  // finds it in Request::target (hooks: the provider decides what it sends).
  bool lenient_query = false;
};

struct RouteInfo {
  std::string method;   // "GET" … or "ANY"
  std::string pattern;  // as it was added
  auto operator<=>(const RouteInfo&) const = default;
};

struct Route {
  std::string pattern;
  RouteOptions options;
  Handler handler;
};

// Patterns: "/v1/deals/{id}", "/v1/quotes/{id}.pdf", "/hooks/{source}/{token}/{rest...}". A
// parameter takes one non-empty segment (or its part before a fixed suffix), the last "{name...}"
// takes what is left of the path, also nothing. At each segment fixed text goes before a parameter
// with a suffix, that before a plain parameter, that before the rest.
// HEAD is answered by GET, OPTIONS by the router, a path without the method by 405 with Allow.
// Thread: filled by one, then constant and read by any.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // A malformed pattern or a (method, pattern) given twice is a bug and aborts.
  void add(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});
  void add(Method method, std::string_view pattern, ResultHandler handler,
           RouteOptions options = {});
  void add(Method method, std::string_view pattern, PlainHandler handler,
           RouteOptions options = {});
  // Every method; one added for itself goes before it.
  void add_any(std::string_view pattern, Handler handler, RouteOptions options = {});
  void add_any(std::string_view pattern, ResultHandler handler, RouteOptions options = {});

  // Sorted; without the HEAD and OPTIONS that the router answers itself.
  std::vector<RouteInfo> routes() const;

  struct Match {
    const Route* route = nullptr;  // null: `allow` is empty → 404, else 405
    std::string allow;             // "GET, HEAD, OPTIONS" of the path found
    std::vector<std::pair<std::string_view, std::string>> params;
  };
  // `segments` are the decoded segments of a checked path (see target.hpp).
  Match match(Method method, const std::vector<std::string>& segments) const;

 private:
  struct Node;
  using Params = std::vector<std::pair<std::string_view, std::string>>;

  static const Node* find(const Node& node, const std::vector<std::string>& segments,
                          std::size_t at, Params& params);
  std::unique_ptr<Route>& place(Method method, std::string_view pattern);
  void put(Method method, std::string_view pattern, Handler handler, RouteOptions options);

  std::unique_ptr<Node> root_;
  std::vector<RouteInfo> listed_;
};

}  // namespace dealog::http
