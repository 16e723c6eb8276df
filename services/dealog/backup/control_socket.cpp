#include "services/dealog/backup/control_socket.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <boost/json.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "libs/base/logging.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// A request is one word; whoever sends more is no command of ours.
constexpr std::size_t kRequestBytes = 100;
constexpr std::size_t kAnswerBytes = 64 << 10;
constexpr int kRequestTimeout_ms = 5'000;
constexpr int kWaitingCallers = 8;

std::unexpected<Error> failed(const fs::path& data, const std::string& doing) {
  return fail(ErrorKind::kInternal, "control_socket_failed",
              doing + " " + (data / kControlSocket).string() + ": " +
                  std::generic_category().message(errno));
}

// An address has room for 107 bytes only; through the folder's descriptor any path fits.
class FolderAddress {
 public:
  explicit FolderAddress(const fs::path& data)
      : folder_(::open(data.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    address_.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(folder_) + "/" + kControlSocket;
    std::memcpy(address_.sun_path, path.c_str(), path.size() + 1);
  }
  ~FolderAddress() {
    if (folder_ >= 0) ::close(folder_);
  }
  FolderAddress(const FolderAddress&) = delete;
  FolderAddress& operator=(const FolderAddress&) = delete;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const { return sizeof address_; }

 private:
  int folder_;
  sockaddr_un address_{};
};

int new_socket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

void send_line(int connection, const json::object& answer) {
  const std::string line = json::serialize(answer) + "\n";
  // A caller that hung up needs no answer.
  static_cast<void>(::send(connection, line.data(), line.size(), MSG_NOSIGNAL));
}

json::object error_answer(const Error& error) {
  return {{"code", error.code}, {"error", error.message}};
}

// Up to and without the end of the line; nothing when it does not come.
std::optional<std::string> read_line(int connection, std::size_t limit) {
  std::string line;
  char piece[1024];
  while (line.size() < limit) {
    const ssize_t got = ::recv(connection, piece, sizeof piece, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    line.append(piece, static_cast<std::size_t>(got));
    if (const auto end = line.find('\n'); end != std::string::npos) return line.substr(0, end);
  }
  return std::nullopt;
}

void remove_checkpoint(const fs::path& data) {
  std::error_code error;
  fs::remove_all(checkpoint_folder(data), error);
  if (error) log_error("the copy for a backup could not be removed", {{"reason", error.message()}});
}

}  // namespace

fs::path checkpoint_folder(const fs::path& data) { return data / "checkpoint"; }

Result<std::unique_ptr<ControlSocket>> ControlSocket::listen(const fs::path& data,
                                                             MakeCheckpoint make_checkpoint) {
  remove_checkpoint(data);
  std::error_code ignored;
  fs::remove(data / kControlSocket, ignored);
  const int listening = new_socket();
  if (listening < 0) return failed(data, "opening");
  const FolderAddress address(data);
  // Bound before it is listened to: nobody connects while the mode is still the default one.
  const bool ready = ::bind(listening, address.get(), address.size()) == 0 &&
                     ::chmod((data / kControlSocket).c_str(), 0600) == 0 &&
                     ::listen(listening, kWaitingCallers) == 0;
  const int stopping = ready ? ::eventfd(0, EFD_CLOEXEC) : -1;
  if (stopping < 0) {
    auto error = failed(data, "listening on");
    ::close(listening);
    return error;
  }
  return std::unique_ptr<ControlSocket>(
      new ControlSocket(data, std::move(make_checkpoint), listening, stopping));
}

ControlSocket::ControlSocket(fs::path data, MakeCheckpoint make_checkpoint, int listening,
                             int stopping)
    : data_(std::move(data)),
      make_checkpoint_(std::move(make_checkpoint)),
      listening_(listening),
      stopping_(stopping),
      thread_([this] { run(); }) {}

ControlSocket::~ControlSocket() {
  static_cast<void>(::eventfd_write(stopping_, 1));
  thread_.join();
  ::close(stopping_);
  ::close(listening_);
  std::error_code ignored;
  fs::remove(data_ / kControlSocket, ignored);
}

bool ControlSocket::wait_for(int descriptor, int timeout_ms) const {
  for (;;) {
    pollfd waiting[2] = {{descriptor, POLLIN, 0}, {stopping_, POLLIN, 0}};
    const int ready = ::poll(waiting, 2, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0 && waiting[1].revents == 0;
  }
}

void ControlSocket::run() {
  while (wait_for(listening_, -1)) {
    const int connection = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    // Nobody keeps the service from stopping by sending half a line.
    const timeval patience{kRequestTimeout_ms / 1000, 0};
    static_cast<void>(
        ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    static_cast<void>(
        ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience));
    serve(connection);
    ::close(connection);
  }
}

void ControlSocket::serve(int connection) {
  if (!wait_for(connection, kRequestTimeout_ms)) return;
  const auto asked = read_line(connection, kRequestBytes);
  if (asked == "checkpoint") return serve_checkpoint(connection);
  send_line(connection, {{"code", "unknown_request"}, {"error", "this is no request"}});
}

void ControlSocket::serve_checkpoint(int connection) {
  const fs::path folder = fs::absolute(checkpoint_folder(data_));
  remove_checkpoint(data_);
  if (const auto made = make_checkpoint_(folder); made) {
    send_line(connection, {{"folder", folder.string()}});
    wait_for(connection, -1);  // until the caller hangs up
  } else {
    log_error("the copy for a backup could not be made", {{"code", made.error().code}});
    send_line(connection, error_answer(made.error()));
  }
  remove_checkpoint(data_);
}

Result<ServiceCheckpoint> ServiceCheckpoint::ask(const fs::path& data) {
  const int connection = new_socket();
  if (connection < 0) return failed(data, "opening");
  ServiceCheckpoint asked(connection, {});
  const FolderAddress address(data);
  if (::connect(connection, address.get(), address.size()) != 0) {
    if (errno != ENOENT && errno != ECONNREFUSED) return failed(data, "connecting to");
    return fail(ErrorKind::kNotFound, "service_not_running",
                "no service has " + data.string() + " open");
  }
  constexpr std::string_view kRequest = "checkpoint\n";
  if (::send(connection, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) {
    return failed(data, "writing to");
  }
  const auto line = read_line(connection, kAnswerBytes);
  boost::system::error_code error;
  const json::value answer = line ? json::parse(*line, error) : json::value();
  const json::object* object = answer.if_object();
  const json::value* folder = object == nullptr ? nullptr : object->if_contains("folder");
  if (folder != nullptr && folder->is_string()) {
    asked.folder_ = std::string(folder->as_string());
    return asked;
  }
  const json::value* told = object == nullptr ? nullptr : object->if_contains("error");
  return fail(ErrorKind::kUnavailable, "checkpoint_failed",
              "the service made no copy for the backup: " + (told != nullptr && told->is_string()
                                                                 ? std::string(told->as_string())
                                                                 : std::string("it hung up")));
}

ServiceCheckpoint::ServiceCheckpoint(ServiceCheckpoint&& other) noexcept
    : connection_(std::exchange(other.connection_, -1)), folder_(std::move(other.folder_)) {}

ServiceCheckpoint::~ServiceCheckpoint() {
  if (connection_ >= 0) ::close(connection_);
}

}  // namespace dealog
