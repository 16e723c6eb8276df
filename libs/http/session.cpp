#include "libs/http/session.hpp"

#include <boost/asio/error.hpp>

#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "libs/base/text.hpp"
#include "libs/http/client_address.hpp"
#include "libs/http/io_loop.hpp"
#include "libs/http/problem.hpp"
#include "libs/http/response_writer.hpp"
#include "libs/http/stream_session.hpp"
#include "libs/http/target.hpp"

namespace dealog::http {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds kLingerTime{1'000};  // for a refused client to hear why
constexpr std::size_t kLingerBytes = 1 << 20;

bool well_formed_id(std::string_view id) {
  return !id.empty() && id.size() <= kRequestIdBytes && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

std::string joined_values(const Headers& headers, std::string_view name) {
  std::string all;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!equals_ignoring_case_ascii(headers.name(i), name)) continue;
    all.append(all.empty() ? "" : ",").append(headers.value(i));
  }
  return all;
}

bool is_trusted(const ServerOptions& options, std::string_view peer) {
  const auto address = IpAddress::parse(peer);
  return address && contains(options.trusted_proxies, *address);
}

}  // namespace

// One request and what is known of its answer so far.
struct Session::Exchange {
  std::string request_id;
  Path path;
  Query query;
  const Route* route = nullptr;
  std::vector<std::pair<std::string_view, std::string>> params;
  std::size_t body_limit = RouteOptions().body_limit;
  Method method = Method::kOther;
  Language language = Language::kEn;
  bool http11 = true;
  bool keep_alive = false;
  steady_clock::time_point started{};
};

Session::Session(SessionSettings& settings, IoLoop& loop, std::unique_ptr<Connection> connection,
                 std::string remote_address)
    : settings_(settings),
      limits_(settings.options.limits),
      loop_(loop),
      connection_(std::move(connection)),
      remote_address_(std::move(remote_address)),
      peer_is_trusted_proxy_(is_trusted(settings.options, remote_address_)),
      parser_(limits_.header_bytes) {}

Session::~Session() = default;

asio::awaitable<void> Session::run(std::unique_ptr<Session> self) {
  self->loop_.enter(*self);
  co_await self->serve();
  self->connection_->close();
  self->loop_.leave(*self);
}

asio::awaitable<void> Session::serve() {
  if (settings_.stopping) co_return;
  if (settings_.options.tls) {
    enter(Phase::kHandshake, limits_.headers_within);
    error_code error;
    co_await connection_->handshake(error);
    if (error) co_return;
  }
  // A client that connects and says nothing is let go sooner than one that has been served.
  enter(Phase::kIdle, limits_.headers_within);
  while (co_await serve_one()) enter_idle();
}

void Session::tick(Time now) {
  if (deadline_ == Time{}) return;
  const bool crowded =
      settings_.full && phase_ == Phase::kIdle && now > phase_start_ + limits_.idle_when_full;
  if (now < deadline_ && !crowded) return;
  deadline_ = Time{};
  timed_out_ = true;
  // To a client that is slow to ask there is still something to say.
  if (phase_ == Phase::kHead || phase_ == Phase::kBody)
    connection_->cancel();
  else
    connection_->close();
}

void Session::stop() {
  if (stream_)
    stream_->end();
  else if (phase_ == Phase::kIdle)
    connection_->close();
}

void Session::enter(Phase phase, Milliseconds within) {
  phase_ = phase;
  phase_start_ = steady_now();
  deadline_ = phase_start_ + within;
}

void Session::enter_idle() {
  if (parser_.buffered() > 0)
    enter(Phase::kHead, limits_.headers_within);
  else
    enter(Phase::kIdle, limits_.idle);
}

// Reads once. False when the client is gone or out of time.
asio::awaitable<bool> Session::read_more() {
  error_code error;
  const std::size_t bytes = co_await connection_->read_some(parser_.room(), error);
  parser_.received(bytes);
  co_return !error && !timed_out_;
}

// One request and its answer; true when the connection may serve another.
asio::awaitable<bool> Session::serve_one() {
  Exchange exchange;
  parser_.next();
  if (!co_await read_head(exchange)) co_return false;
  exchange.started = steady_now();
  RequestHead& head = parser_.head();
  exchange.method = head.method;
  exchange.http11 = head.http11;
  exchange.language = preferred_language(head.headers.get("Accept-Language"));
  const auto sent_id = head.headers.get("X-Request-Id");
  exchange.request_id = well_formed_id(sent_id) ? std::string(sent_id) : loop_.make_request_id();
  auto refusal = route(exchange);
  // Without a sound path there is no body limit either, so the body stays unread.
  if (refusal && refusal->status == 400) co_return co_await refuse(exchange, std::move(*refusal));
  if (!co_await read_body(exchange)) co_return false;
  exchange.keep_alive = head.keep_alive;
  phase_ = Phase::kHandler;
  deadline_ = Time{};
  Response response;
  if (refusal)
    response = std::move(*refusal);
  else
    response = co_await answer(exchange, make_request(exchange));
  exchange.keep_alive = exchange.keep_alive && !settings_.stopping;
  if (response.stream) co_return co_await send_stream(exchange, std::move(response));
  co_return co_await send(exchange, std::move(response));
}

asio::awaitable<bool> Session::read_head(Exchange& exchange) {
  for (;;) {
    const auto step = parser_.read_head();
    if (step == RequestParser::Step::kDone) co_return true;
    if (step == RequestParser::Step::kError) {
      exchange.started = phase_start_;
      exchange.request_id = loop_.make_request_id();
      exchange.method = parser_.head().method;
      co_return co_await refuse(exchange, parser_.error());
    }
    if (!co_await read_more()) {
      if (phase_ != Phase::kHead || !timed_out_) co_return false;
      exchange.started = phase_start_;
      exchange.request_id = loop_.make_request_id();
      co_return co_await refuse(exchange, {408, "request_timeout", "the headers came too slowly"});
    }
    if (phase_ == Phase::kIdle) enter(Phase::kHead, limits_.headers_within);
  }
}

asio::awaitable<bool> Session::read_body(Exchange& exchange) {
  const RequestHead& head = parser_.head();
  if (!head.has_body()) co_return true;
  const auto rate = static_cast<std::int64_t>(limits_.body_bytes_per_second);
  for (bool first = true;; first = false) {
    const auto step = parser_.read_body(exchange.body_limit);
    if (step == RequestParser::Step::kDone) co_return true;
    if (step == RequestParser::Step::kError) co_return co_await refuse(exchange, parser_.error());
    if (first) {
      enter(Phase::kBody, limits_.body_grace);
      const bool wants = head.expects_continue && parser_.body_bytes() == 0;
      if (wants && !co_await write("HTTP/1.1 100 Continue\r\n\r\n", "")) co_return false;
      phase_ = Phase::kBody;
    }
    const auto earned = static_cast<std::int64_t>(parser_.body_bytes()) * 1000 / rate;
    deadline_ = phase_start_ + limits_.body_grace + Milliseconds(earned);
    if (co_await read_more()) continue;
    if (!timed_out_) co_return false;
    co_return co_await refuse(exchange, {408, "request_timeout", "the body came too slowly",
                                         "тело запроса пришло слишком медленно"});
  }
}

std::optional<Response> Session::route(Exchange& exchange) {
  const RequestHead& head = parser_.head();
  const bool ru = exchange.language == Language::kRu;
  if (head.method == Method::kOptions && head.target == "*") return Response::no_content();
  auto path = decode_path(head.target);
  if (!path) return problem(path.error(), exchange.language);
  exchange.path = std::move(*path);
  auto match = settings_.router.match(head.method, exchange.path.segments);
  if (!match.route) {
    if (match.allow.empty()) {
      return problem(404, "no_such_address",
                     ru ? "по этому адресу ничего нет" : "there is nothing at this address",
                     exchange.language);
    }
    if (head.method == Method::kOptions) {
      return Response::no_content().with("Allow", match.allow);
    }
    return problem(405, "method_not_allowed",
                   (ru ? "этот адрес принимает " : "this address takes ") + match.allow,
                   exchange.language)
        .with("Allow", match.allow);
  }
  exchange.route = match.route;
  exchange.params = std::move(match.params);
  const auto& limit_of = settings_.options.body_limit;
  exchange.body_limit = limit_of ? limit_of(*match.route, exchange.params, head.headers)
                                 : match.route->options.body_limit;
  const auto mark = head.target.find('?');
  if (mark == std::string::npos) return std::nullopt;
  auto query = decode_query(std::string_view(head.target).substr(mark + 1));
  if (query)
    exchange.query = std::move(*query);
  else if (!match.route->options.lenient_query)
    return problem(query.error(), exchange.language);
  return std::nullopt;
}

Request Session::make_request(Exchange& exchange) {
  RequestHead& head = parser_.head();
  Request request;
  request.method = head.method;
  request.target = std::move(head.target);
  request.path = std::move(exchange.path.text);
  request.query = std::move(exchange.query);
  request.client_address = client_of(head.headers);
  request.headers = std::move(head.headers);
  request.body = parser_.take_body();
  request.remote_address = remote_address_;
  request.request_id = exchange.request_id;
  request.route = exchange.route->pattern;
  request.params = std::move(exchange.params);
  request.deadline = exchange.started + limits_.handler;
  request.tls = settings_.options.tls.has_value();
  return request;
}

std::string Session::client_of(const Headers& headers) const {
  if (!peer_is_trusted_proxy_) return remote_address_;
  return client_address(remote_address_, joined_values(headers, "X-Forwarded-For"),
                        settings_.options.trusted_proxies);
}

// An exception out of a handler is a bug: one request fails, the others go on.
asio::awaitable<Response> Session::answer(const Exchange& exchange, Request request) {
  std::string what;
  try {
    co_return co_await exchange.route->handler(std::move(request));
  } catch (const std::exception& thrown) {
    what = thrown.what();
  } catch (...) {
    what = "not a std::exception";
  }
  log_error("a handler threw", {{"route", exchange.route->pattern},
                                {"request_id", exchange.request_id},
                                {"exception", what}});
  co_return problem(Error{ErrorKind::kInternal, "internal_error", "a handler threw"},
                    exchange.language);
}

HeadContext Session::head_context(const Exchange& exchange) const {
  return {.date = loop_.date(),
          .request_id = exchange.request_id,
          .keep_alive = exchange.keep_alive,
          .http11 = exchange.http11,
          .tls = settings_.options.tls.has_value(),
          .chunked = false,
          .content_length = std::nullopt};
}

asio::awaitable<bool> Session::send(Exchange& exchange, Response response) {
  std::string_view body = response.body;
  if (body.empty()) body = response.static_body;
  HeadContext context = head_context(exchange);
  if (has_no_body(response.status))
    body = {};
  else
    context.content_length = body.size();
  if (exchange.method == Method::kHead) body = {};
  out_.clear();
  write_head(out_, response, context);
  if (body.size() <= kJoinedBodyBytes) {
    out_.append(body);
    body = {};
  }
  const bool written = co_await write(out_, body);
  finished(exchange, response.status);
  if (out_.capacity() > 2 * kJoinedBodyBytes) out_ = {};
  if (!written) co_return false;
  if (!exchange.keep_alive) co_await linger();
  co_return exchange.keep_alive;
}

asio::awaitable<bool> Session::send_stream(Exchange& exchange, Response response) {
  exchange.keep_alive = false;
  HeadContext context = head_context(exchange);
  context.chunked = exchange.http11;
  out_.clear();
  write_head(out_, response, context);
  const bool head_only = exchange.method == Method::kHead;
  if (co_await write(out_, "") && !head_only) {
    StreamSession stream(*this, context.chunked);
    co_await stream.run(std::move(response.stream), response.heartbeat);
  }
  finished(exchange, response.status);
  co_await linger();
  co_return false;
}

asio::awaitable<bool> Session::refuse(Exchange& exchange, Response response) {
  timed_out_ = false;
  exchange.keep_alive = false;
  return send(exchange, std::move(response));
}

asio::awaitable<bool> Session::refuse(Exchange& exchange, const ProtocolError& error) {
  const bool ru = exchange.language == Language::kRu && !error.detail_ru.empty();
  return refuse(exchange,
                problem(error.status, error.code, std::string(ru ? error.detail_ru : error.detail),
                        exchange.language));
}

// Everything, however slowly, as long as the client takes something within write_stall.
asio::awaitable<bool> Session::write(std::string_view first, std::string_view second) {
  error_code error;
  std::size_t sent = connection_->write_now(first, second, error);
  while (!error && sent < first.size() + second.size()) {
    enter(Phase::kWrite, limits_.write_stall);
    const auto rest = sent < first.size() ? first.substr(sent) : second.substr(sent - first.size());
    sent += co_await connection_->write_some(rest, error);
  }
  co_return !error && !timed_out_;
}

// Closing at once with input unread would reset the connection, and the client would never see the
// answer (RFC 9112, 9.6).
asio::awaitable<void> Session::linger() {
  enter(Phase::kLinger, kLingerTime);
  error_code error;
  co_await connection_->shutdown_send(error);
  for (std::size_t read = 0; !error && !timed_out_ && read < kLingerBytes;) {
    parser_.drop_input();
    read += co_await connection_->read_some(parser_.room(), error);
  }
}

void Session::finished(const Exchange& exchange, int status) {
  const auto duration = steady_now() - exchange.started;
  const std::string_view route = exchange.route ? exchange.route->pattern : std::string_view();
  if (settings_.options.on_request) {
    settings_.options.on_request(route, exchange.method, status, duration);
  }
  if (!settings_.options.access_log) return;
  using std::chrono::microseconds;
  log_info("request answered",
           {{"method", method_name(exchange.method)},
            {"route", route},
            {"status", status},
            {"duration_us", std::chrono::duration_cast<microseconds>(duration).count()},
            {"request_id", exchange.request_id}});
}

}  // namespace dealog::http
