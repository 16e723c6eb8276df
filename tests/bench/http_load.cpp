#include "tests/bench/http_load.hpp"

#include <cerrno>
#include <cstdlib>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libs/base/clock.hpp"

namespace dealog::bench {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;

[[noreturn]] void give_up(std::string_view what) {
  fmt::print(stderr, "dealog_bench: {}: {}\n", what, std::generic_category().message(errno));
  std::exit(1);
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    give_up("cannot connect");
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

// Bytes of the whole answer in `buffer`, 0 while it is not all there.
std::size_t answer_bytes(const std::string& buffer) {
  const auto head = buffer.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  const auto length = buffer.find("Content-Length: ");
  std::size_t body = 0;
  if (length != std::string::npos && length < head) {
    body = std::strtoul(buffer.c_str() + length + 16, nullptr, 10);
  }
  return buffer.size() >= head + 4 + body ? head + 4 + body : 0;
}

struct Connection {
  int fd = -1;
  std::string buffer;
  std::size_t number = 0;  // of the request in flight
  std::chrono::steady_clock::time_point sent;
};

class Generator {
 public:
  explicit Generator(const Load& load)
      : load_(load), connections_(static_cast<std::size_t>(load.connections)) {}

  LoadResult run() {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    start_ = steady_now();
    for (std::size_t i = 0; i < connections_.size(); ++i) open(i);
    std::vector<epoll_event> ready(connections_.size());
    while (in_flight_ > 0) {
      const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < count; ++i)
        read(connections_[ready[static_cast<std::size_t>(i)].data.u64]);
    }
    result_.seconds = std::chrono::duration<double>(steady_now() - start_).count();
    for (const auto& connection : connections_) ::close(connection.fd);
    ::close(epoll_);
    return std::move(result_);
  }

 private:
  void open(std::size_t index) {
    Connection& connection = connections_[index];
    connection.fd = connect_to(load_.port);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    send(connection);
  }

  bool over() const {
    if (load_.requests != 0 && next_ >= load_.requests) return true;
    return load_.seconds != 0 &&
           std::chrono::duration<double>(steady_now() - start_).count() >= load_.seconds;
  }

  void send(Connection& connection) {
    if (over()) return;
    connection.number = next_++;
    const std::string bytes = load_.make(connection.number);
    connection.sent = steady_now();
    if (::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
      give_up("cannot send");
    }
    ++in_flight_;
  }

  void read(Connection& connection) {
    char bytes[kReadBytes];
    const ssize_t count = ::recv(connection.fd, bytes, sizeof bytes, 0);
    if (count <= 0) give_up("the server closed a connection");
    connection.buffer.append(bytes, static_cast<std::size_t>(count));
    const std::size_t whole = answer_bytes(connection.buffer);
    if (whole == 0) return;
    --in_flight_;
    result_.latencies.add(steady_now() - connection.sent);
    ++result_.requests;
    if (connection.buffer.compare(9, 1, "2") != 0 && result_.failed++ == 0) {
      result_.first_failure = connection.buffer.substr(0, whole);
    }
    if (load_.on_answer) load_.on_answer(connection.number, connection.buffer.substr(0, whole));
    connection.buffer.erase(0, whole);
    send(connection);
  }

  const Load& load_;
  std::vector<Connection> connections_;
  LoadResult result_;
  std::chrono::steady_clock::time_point start_;
  std::size_t next_ = 0;
  std::size_t in_flight_ = 0;
  int epoll_ = -1;
};

}  // namespace

LoadResult run_load(const Load& load) { return Generator(load).run(); }

std::string get(const std::string& path, const std::string& token) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\r\n", path,
                     token);
}

std::string post(const std::string& path, const std::string& token, const std::string& body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: "
      "application/json\r\nContent-Length: {}\r\n\r\n{}",
      path, token, body.size(), body);
}

}  // namespace dealog::bench
