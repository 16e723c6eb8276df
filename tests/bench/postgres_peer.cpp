#include "tests/bench/postgres_peer.hpp"

#include <csignal>
#include <thread>

#include <endian.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

namespace dealog::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "postgres";
constexpr const char* kTable =
    "create table events (position bigint generated always as identity primary key, "
    "stream text not null, version bigint not null, record bytea not null, "
    "unique (stream, version))";
constexpr const char* kInsert = "insert into events (stream, version, record) values ($1, $2, $3)";

// The newest server that is installed.
std::optional<fs::path> find_binaries() {
  const fs::path versions = "/usr/lib/postgresql";
  std::error_code error;
  std::optional<fs::path> newest;
  for (const auto& entry : fs::directory_iterator(versions, error)) {
    const fs::path binaries = entry.path() / "bin";
    if (fs::exists(binaries / "postgres") && (!newest || *newest < binaries)) newest = binaries;
  }
  return newest;
}

PGconn* connect(const fs::path& folder) {
  return PQconnectdb(
      fmt::format("host='{}' user={} dbname=postgres", folder.string(), kUser).c_str());
}

void must(PGconn* connection, PGresult* result) {
  const auto status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    give_up(fmt::format("PostgreSQL: {}", PQerrorMessage(connection)));
  }
  PQclear(result);
}

class Connection final : public PeerConnection {
 public:
  explicit Connection(const fs::path& folder) : connection_(connect(folder)) {
    if (PQstatus(connection_) != CONNECTION_OK) {
      give_up(fmt::format("PostgreSQL: {}", PQerrorMessage(connection_)));
    }
    must(connection_, PQprepare(connection_, "append", kInsert, 3, nullptr));
    PQsetnonblocking(connection_, 1);
  }
  ~Connection() override { PQfinish(connection_); }
  Connection(const Connection&) = delete;

  int fd() const override { return PQsocket(connection_); }

  void send(const RawEvent& event, std::uint64_t n) override {
    const std::uint64_t version = htobe64(n);
    const char* const values[] = {event.stream.data(), reinterpret_cast<const char*>(&version),
                                  event.record.data()};
    const int lengths[] = {static_cast<int>(event.stream.size()), sizeof version,
                           static_cast<int>(event.record.size())};
    const int formats[] = {1, 1, 1};
    if (PQsendQueryPrepared(connection_, "append", 3, values, lengths, formats, 1) != 1 ||
        PQflush(connection_) != 0) {
      give_up(fmt::format("PostgreSQL: {}", PQerrorMessage(connection_)));
    }
  }

  bool receive() override {
    if (PQconsumeInput(connection_) != 1) {
      give_up(fmt::format("PostgreSQL: {}", PQerrorMessage(connection_)));
    }
    while (PQisBusy(connection_) == 0) {
      PGresult* result = PQgetResult(connection_);
      if (result == nullptr) return true;
      must(connection_, result);
    }
    return false;
  }

 private:
  PGconn* connection_;
};

}  // namespace

std::unique_ptr<PostgresPeer> PostgresPeer::start(const fs::path& folder) {
  if (!find_binaries() || (::getuid() == 0 && ::getpwnam(kUser) == nullptr)) {
    fmt::print("PostgreSQL is not measured: the package postgresql is not installed\n");
    return nullptr;
  }
  return std::unique_ptr<PostgresPeer>(new PostgresPeer(folder));
}

PostgresPeer::PostgresPeer(fs::path folder) : folder_(std::move(folder)) {
  const fs::path binaries = *find_binaries();
  fs::create_directories(folder_);
  if (::getuid() == 0) {
    const passwd* user = ::getpwnam(kUser);
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) give_up("cannot chown");
  }
  const std::string data = folder_ / "data";
  const fs::path output = folder_.string() + ".log";
  run_to_end({.command = {binaries / "initdb", "-D", data, "-U", kUser, "-A", "trust", "-E", "UTF8",
                          "--locale=C", "--no-sync"},
              .output = output,
              .user = kUser});
  // Its own settings otherwise: fsync, synchronous_commit and full_page_writes are on.
  server_ = std::make_unique<ChildProcess>(ChildOptions{
      .command = {binaries / "postgres", "-D", data, "-k", folder_.string(), "-c",
                  "listen_addresses=", "-c", "max_connections=300", "-c", "shared_buffers=256MB"},
      .output = output,
      .user = kUser});
  for (int tries = 0;; ++tries) {
    PGconn* connection = connect(folder_);
    if (PQstatus(connection) == CONNECTION_OK) {
      must(connection, PQexec(connection, kTable));
      version_ = PQparameterStatus(connection, "server_version");
      PQfinish(connection);
      return;
    }
    if (tries == 300 || !server_->runs()) {
      give_up(fmt::format("PostgreSQL did not start: {}", PQerrorMessage(connection)));
    }
    PQfinish(connection);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

Measured PostgresPeer::write(const std::vector<RawEvent>& events, int connections, double seconds) {
  std::vector<std::unique_ptr<PeerConnection>> open;
  for (int i = 0; i < connections; ++i) open.push_back(std::make_unique<Connection>(folder_));
  return run_peer(open, events, seconds, [this] { return server_->cpu_seconds(); });
}

}  // namespace dealog::bench
