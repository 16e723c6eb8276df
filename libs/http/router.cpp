#include "libs/http/router.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "libs/base/assert.hpp"
#include "libs/http/problem.hpp"

namespace dealog::http {
namespace {

constexpr std::size_t kMethods = static_cast<std::size_t>(Method::kOther);  // kOther is not routed

// How one segment of a pattern is written.
struct Part {
  enum class Kind { kLiteral, kParam, kRest } kind = Kind::kLiteral;
  std::string_view text;    // the literal, or the parameter's name
  std::string_view suffix;  // fixed text after a parameter
};

Part parse_part(std::string_view segment) {
  if (!segment.starts_with('{')) {
    DEALOG_ASSERT(segment.find_first_of("{}") == std::string_view::npos);
    return {.text = segment, .suffix = {}};
  }
  const auto close = segment.find('}');
  DEALOG_ASSERT(close != std::string_view::npos && close > 1);
  const std::string_view name = segment.substr(1, close - 1);
  const std::string_view suffix = segment.substr(close + 1);
  if (name.ends_with("...")) {
    DEALOG_ASSERT(suffix.empty() && name.size() > 3);
    return {Part::Kind::kRest, name.substr(0, name.size() - 3), {}};
  }
  return {Part::Kind::kParam, name, suffix};
}

boost::asio::awaitable<Response> run(const ResultHandler& handler, Request request) {
  const Language language = request.language();
  auto answer = co_await handler(std::move(request));
  co_return answer ? std::move(*answer) : problem(answer.error(), language);
}

boost::asio::awaitable<Response> run(const PlainHandler& handler, Request request) {
  auto answer = handler(request);
  co_return answer ? std::move(*answer) : problem(request, answer.error());
}

}  // namespace

// The function objects below live in the router, which outlives every request, so coroutines may
// refer to the handlers inside them.
Handler answering_errors(ResultHandler handler) {
  auto kept = std::make_shared<const ResultHandler>(std::move(handler));
  return [kept](Request request) { return run(*kept, std::move(request)); };
}

Handler answering_errors(PlainHandler handler) {
  auto kept = std::make_shared<const PlainHandler>(std::move(handler));
  return [kept](Request request) { return run(*kept, std::move(request)); };
}

// What may stand at one place of a path.
struct Router::Node {
  struct Param {
    std::string name;
    std::string suffix;
    std::unique_ptr<Node> node;
  };

  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::vector<Param> params;  // longest suffix first
  std::string rest_name;
  std::unique_ptr<Node> rest;
  std::array<std::unique_ptr<Route>, kMethods> by_method;
  std::unique_ptr<Route> any;

  bool ends_here() const {
    return any ||
           std::ranges::any_of(by_method, [](const auto& route) { return route != nullptr; });
  }
  Node& child(const Part& part);
  const Route* route(Method method) const;
  std::string allow() const;
};

Router::Node& Router::Node::child(const Part& part) {
  if (part.kind == Part::Kind::kLiteral) {
    auto& node = literals[std::string(part.text)];
    if (!node) node = std::make_unique<Node>();
    return *node;
  }
  if (part.kind == Part::Kind::kRest) {
    DEALOG_ASSERT(!rest || rest_name == part.text);
    if (!rest) rest = std::make_unique<Node>();
    rest_name = part.text;
    return *rest;
  }
  for (Param& param : params) {
    if (param.suffix != part.suffix) continue;
    DEALOG_ASSERT(param.name == part.text);  // two names of one place would hide a mistake
    return *param.node;
  }
  params.push_back({std::string(part.text), std::string(part.suffix), std::make_unique<Node>()});
  Node& made = *params.back().node;
  std::ranges::sort(params, std::greater<>{}, [](const Param& p) { return p.suffix.size(); });
  return made;
}

const Route* Router::Node::route(Method method) const {
  if (method == Method::kOther) return nullptr;
  if (const auto& own = by_method[static_cast<std::size_t>(method)]) return own.get();
  if (method == Method::kHead && by_method[0]) return by_method[0].get();
  return any.get();
}

std::string Router::Node::allow() const {
  std::string names;
  for (std::size_t i = 0; i < kMethods; ++i) {
    const auto method = static_cast<Method>(i);
    if (method != Method::kOptions && !route(method)) continue;
    names += names.empty() ? "" : ", ";
    names += method_name(method);
  }
  return names;
}

// Depth first in the order of precedence, with backtracking: "/deals/new/x" may have to leave the
// literal "new" again and take "{id}". Depth is bounded by kPathSegments.
const Router::Node* Router::find(const Node& node, const std::vector<std::string>& segments,
                                 std::size_t at, Params& params) {
  if (at == segments.size()) {
    if (node.ends_here()) return &node;
    if (!node.rest) return nullptr;
    params.emplace_back(node.rest_name, "");
    return node.rest.get();
  }
  const std::string& segment = segments[at];
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    if (const Node* found = find(*literal->second, segments, at + 1, params)) return found;
  }
  for (const auto& param : node.params) {
    if (segment.size() <= param.suffix.size() || !segment.ends_with(param.suffix)) continue;
    params.emplace_back(param.name, segment.substr(0, segment.size() - param.suffix.size()));
    if (const Node* found = find(*param.node, segments, at + 1, params)) return found;
    params.pop_back();
  }
  if (!node.rest) return nullptr;
  std::string rest;
  for (std::size_t i = at; i < segments.size(); ++i) rest += (i > at ? "/" : "") + segments[i];
  params.emplace_back(node.rest_name, std::move(rest));
  return node.rest.get();
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

std::unique_ptr<Route>& Router::place(Method method, std::string_view pattern) {
  DEALOG_ASSERT(pattern.starts_with('/'));
  Node* node = root_.get();
  for (std::string_view left = pattern.substr(1); !left.empty();) {
    const auto slash = left.find('/');
    const Part part = parse_part(left.substr(0, slash));
    DEALOG_ASSERT(!part.text.empty());
    DEALOG_ASSERT(part.kind != Part::Kind::kRest || slash == std::string_view::npos);
    node = &node->child(part);
    left.remove_prefix(slash == std::string_view::npos ? left.size() : slash + 1);
  }
  return method == Method::kOther ? node->any : node->by_method[static_cast<std::size_t>(method)];
}

void Router::put(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
  auto& slot = place(method, pattern);
  DEALOG_ASSERT(!slot && handler);
  slot = std::make_unique<Route>(Route{std::string(pattern), options, std::move(handler)});
  const bool any = method == Method::kOther;
  listed_.push_back({any ? "ANY" : std::string(method_name(method)), std::string(pattern)});
}

void Router::add(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
  DEALOG_ASSERT(method != Method::kOther);
  put(method, pattern, std::move(handler), options);
}
void Router::add(Method method, std::string_view pattern, ResultHandler handler,
                 RouteOptions options) {
  add(method, pattern, answering_errors(std::move(handler)), options);
}
void Router::add(Method method, std::string_view pattern, PlainHandler handler,
                 RouteOptions options) {
  add(method, pattern, answering_errors(std::move(handler)), options);
}
void Router::add_any(std::string_view pattern, Handler handler, RouteOptions options) {
  put(Method::kOther, pattern, std::move(handler), options);
}
void Router::add_any(std::string_view pattern, ResultHandler handler, RouteOptions options) {
  add_any(pattern, answering_errors(std::move(handler)), options);
}

std::vector<RouteInfo> Router::routes() const {
  auto sorted = listed_;
  std::ranges::sort(sorted);
  return sorted;
}

Router::Match Router::match(Method method, const std::vector<std::string>& segments) const {
  Match match;
  const Node* node = find(*root_, segments, 0, match.params);
  if (!node) {
    match.params.clear();
    return match;
  }
  match.route = node->route(method);
  if (!match.route) match.allow = node->allow();
  return match;
}

}  // namespace dealog::http
