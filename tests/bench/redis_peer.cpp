#include "tests/bench/redis_peer.hpp"

#include <thread>

#include <fmt/format.h>
#include <hiredis/hiredis.h>

namespace dealog::bench {
namespace {

namespace fs = std::filesystem;

// Debian's redis-tools has the server's binary under this name; what it does follows from the name
// that it is called by. The package redis-server would start a service of its own.
constexpr const char* kBinary = "/usr/bin/redis-check-rdb";

[[noreturn]] void give_up_on(const redisContext* context) {
  give_up(fmt::format("Redis: {}", context == nullptr ? "no memory" : context->errstr));
}

class Connection final : public PeerConnection {
 public:
  explicit Connection(const std::string& socket)
      : context_(redisConnectUnixNonBlock(socket.c_str())) {
    if (context_ == nullptr || context_->err != 0) give_up_on(context_);
  }
  ~Connection() override { redisFree(context_); }
  Connection(const Connection&) = delete;

  int fd() const override { return context_->fd; }

  void send(const RawEvent& event, std::uint64_t) override {
    const char* parts[] = {"XADD",   "events",           "*", "stream", event.stream.data(),
                           "record", event.record.data()};
    const std::size_t sizes[] = {4, 6, 1, 6, event.stream.size(), 6, event.record.size()};
    int done = 0;
    if (redisAppendCommandArgv(context_, 7, parts, sizes) != REDIS_OK) give_up_on(context_);
    while (done == 0) {
      if (redisBufferWrite(context_, &done) != REDIS_OK) give_up_on(context_);
    }
  }

  bool receive() override {
    void* answer = nullptr;
    if (redisBufferRead(context_) != REDIS_OK ||
        redisGetReplyFromReader(context_, &answer) != REDIS_OK) {
      give_up_on(context_);
    }
    if (answer == nullptr) return false;
    auto* reply = static_cast<redisReply*>(answer);
    if (reply->type == REDIS_REPLY_ERROR) give_up(fmt::format("Redis: {}", reply->str));
    freeReplyObject(reply);
    return true;
  }

 private:
  redisContext* context_;
};

}  // namespace

std::unique_ptr<RedisPeer> RedisPeer::start(const fs::path& folder) {
  if (!fs::exists(kBinary)) {
    fmt::print("Redis is not measured: the package redis-tools is not installed\n");
    return nullptr;
  }
  return std::unique_ptr<RedisPeer>(new RedisPeer(folder));
}

RedisPeer::RedisPeer(const fs::path& folder) : socket_(folder / "redis.sock") {
  fs::create_directories(folder);
  const fs::path binary = folder / "redis-server";
  fs::create_symlink(kBinary, binary);
  server_ = std::make_unique<ChildProcess>(
      ChildOptions{.command = {binary, "--port", "0", "--unixsocket", socket_, "--dir",
                               folder.string(), "--appendonly", "yes", "--appendfsync", "always",
                               "--save", "", "--auto-aof-rewrite-percentage", "0"},
                   .output = folder.string() + ".log"});
  for (int tries = 0;; ++tries) {
    redisContext* context = redisConnectUnix(socket_.c_str());
    if (context != nullptr && context->err == 0) {
      auto* reply = static_cast<redisReply*>(redisCommand(context, "INFO server"));
      if (reply == nullptr) give_up_on(context);
      const std::string info(reply->str, reply->len);
      const auto at = info.find("redis_version:");
      version_ = info.substr(at + 14, info.find('\r', at) - at - 14);
      freeReplyObject(reply);
      redisFree(context);
      return;
    }
    if (context != nullptr) redisFree(context);
    if (tries == 100 || !server_->runs()) give_up("Redis did not start");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

Measured RedisPeer::write(const std::vector<RawEvent>& events, int connections, double seconds) {
  std::vector<std::unique_ptr<PeerConnection>> open;
  for (int i = 0; i < connections; ++i) open.push_back(std::make_unique<Connection>(socket_));
  return run_peer(open, events, seconds, [this] { return server_->cpu_seconds(); });
}

}  // namespace dealog::bench
