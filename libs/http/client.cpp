#include "libs/http/client.hpp"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libs/base/text.hpp"

namespace dealog::http {

namespace beast = boost::beast;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadSize = 16 << 10;
constexpr std::uint32_t kHeadLimit = 64 << 10;

std::unexpected<Error> network_error(std::string_view doing) {
  const int number = errno;
  if (number == EAGAIN || number == EWOULDBLOCK) {
    return fail(ErrorKind::kUnavailable, "timeout",
                "no answer in time while " + std::string(doing));
  }
  return fail(ErrorKind::kUnavailable, "connection_failed",
              std::string(doing) + ": " + std::strerror(number));
}

std::unexpected<Error> closed() {
  return fail(ErrorKind::kUnavailable, "connection_closed",
              "the server closed the connection before the end of its answer");
}

// Reads heads only.
class HeadParser final : public beast::http::basic_parser<false> {
 public:
  explicit HeadParser(ClientResponse& response) : response_(response) {
    header_limit(kHeadLimit);
    body_limit(boost::none);
  }

 private:
  using string_view = beast::string_view;

  void on_request_impl(beast::http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override {
    response_.status = status;
  }
  void on_field_impl(beast::http::field, string_view name, string_view value,
                     error_code&) override {
    response_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  ClientResponse& response_;
};

}  // namespace

Client::Client(std::string address, std::uint16_t port, std::chrono::milliseconds timeout)
    : address_(std::move(address)), port_(port), timeout_(timeout) {}

Client::~Client() { close(); }

Client::Client(Client&& other) noexcept
    : address_(std::move(other.address_)),
      port_(other.port_),
      timeout_(other.timeout_),
      always_(std::move(other.always_)),
      socket_(std::exchange(other.socket_, -1)),
      input_(std::move(other.input_)) {}

void Client::always(std::string name, std::string value) {
  always_.emplace_back(std::move(name), std::move(value));
}

void Client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  input_.clear();
}

Result<void> Client::connect() {
  if (socket_ >= 0) return {};
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(port_);
  if (inet_pton(AF_INET, address_.c_str(), &target.sin_addr) != 1) {
    return fail(ErrorKind::kInvalid, "invalid_address", "'" + address_ + "' is not IPv4");
  }
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return network_error("opening a socket");
  const timeval timeout{timeout_.count() / 1000, timeout_.count() % 1000 * 1000};
  const int on = 1;
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
    auto error = network_error("connecting to " + address_ + ":" + std::to_string(port_));
    close();
    return error;
  }
  return {};
}

Result<void> Client::send(std::string_view bytes) {
  TRY(connect());
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return network_error("sending");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<std::size_t> Client::read_more() {
  const std::size_t size = input_.size();
  input_.resize(size + kReadSize);
  for (;;) {
    const auto got = ::recv(socket_, input_.data() + size, kReadSize, 0);
    if (got < 0 && errno == EINTR) continue;
    input_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) return network_error("reading");
    return static_cast<std::size_t>(got);
  }
}

Result<void> Client::read_head(bool head_only) {
  std::size_t end;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (TRY(read_more()) == 0) return closed();
  }
  response_ = {};
  HeadParser parser(response_);
  error_code error;
  parser.put({input_.data(), end + 4}, error);
  if ((error && error != beast::http::error::need_more) || !parser.is_header_done()) {
    return fail(ErrorKind::kInvalid, "invalid_response", "the answer is not HTTP");
  }
  input_.erase(0, end + 4);
  keep_alive_ = parser.keep_alive();
  const bool empty = head_only || parser.is_done();
  chunks_.reset();
  if (!empty && parser.chunked()) chunks_.emplace(SIZE_MAX);
  const auto length = parser.content_length();
  left_ = empty ? 0 : length ? *length : UINT64_MAX;
  return {};
}

// Moves what has come from input_ to the body; true at its end.
Result<bool> Client::take_body() {
  if (!chunks_) {
    const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input_.size()));
    response_.body.append(input_, 0, here);
    input_.erase(0, here);
    if (left_ != UINT64_MAX) left_ -= here;
    return left_ == 0;
  }
  std::string_view input = input_;
  const auto step = chunks_->decode(input, response_.body);
  input_.erase(0, input_.size() - input.size());
  if (step == ChunkDecoder::Step::kMore) return false;
  if (step == ChunkDecoder::Step::kDone) return true;
  return fail(ErrorKind::kInvalid, "invalid_response", "the answer's chunks are malformed");
}

Result<ClientResponse> Client::receive(bool head_only) {
  if (socket_ < 0) return closed();
  TRY(read_head(head_only));
  while (!TRY(take_body())) {
    if (TRY(read_more()) > 0) continue;
    if (chunks_ || left_ != UINT64_MAX) return closed();
    break;  // a body without a length ends with the connection
  }
  const bool interim = response_.status / 100 == 1;
  if (!interim && !keep_alive_) close();
  return std::move(response_);
}

std::string Client::request_text(std::string_view method, std::string_view target,
                                 std::string_view body, const ClientHeaders& headers) const {
  std::string text;
  text.reserve(256 + body.size());
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
  text.append(address_).append("\r\n");
  for (const auto* list : {&always_, &headers}) {
    for (const auto& [name, value] : *list) {
      text.append(name).append(": ").append(value).append("\r\n");
    }
  }
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  text.append("\r\n").append(body);
  return text;
}

Result<ClientResponse> Client::request(std::string_view method, std::string_view target,
                                       std::string_view body, const ClientHeaders& headers) {
  const std::string text = request_text(method, target, body, headers);
  const bool kept = socket_ >= 0;
  const bool repeatable = method == "GET" || method == "HEAD";
  // A server that refuses a body answers before it has read it all, and then stops reading.
  const auto sent = send(text);
  auto response =
      socket_ < 0 ? Result<ClientResponse>(fail(sent.error())) : receive(method == "HEAD");
  if (!sent && !response) response = fail(sent.error());
  if (response || !kept || !repeatable || response.error().code == "timeout") {
    if (!response) close();
    return response;
  }
  close();
  TRY(send(text));
  return receive(method == "HEAD");
}

Result<ClientResponse> Client::post_json(std::string_view target, std::string_view body,
                                         ClientHeaders headers) {
  headers.emplace_back("Content-Type", "application/json");
  return request("POST", target, body, headers);
}

Result<ClientResponse> Client::open_stream(std::string_view method, std::string_view target,
                                           const ClientHeaders& headers) {
  TRY(send(request_text(method, target, "", headers)));
  TRY(read_head(false));
  return response_;
}

Result<std::optional<std::string>> Client::read_piece() {
  for (;;) {
    const bool ended = TRY(take_body());
    if (!response_.body.empty()) return std::exchange(response_.body, {});
    if (ended) return std::nullopt;
    if (TRY(read_more()) == 0) return closed();
  }
}

bool Client::closed_by_server() {
  if (socket_ < 0) return true;
  const auto got = read_more();
  return got ? *got == 0 : got.error().code == "connection_failed";
}

}  // namespace dealog::http
