// The script that posts Asterisk's records, run against a receiver that fails first.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace dealog::connectors {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing_support::TempFolder;

// Answers requests with the statuses it was given, then with 200, and keeps their bodies.
class Receiver {
 public:
  explicit Receiver(std::vector<int> statuses)
      : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}),
        worker_([this, statuses] { serve(statuses); }) {}
  ~Receiver() {
    stopping_ = true;
    boost::system::error_code ignored;
    tcp::socket(io_).connect(acceptor_.local_endpoint(), ignored);
    worker_.join();
  }
  int port() const { return acceptor_.local_endpoint().port(); }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve(std::vector<int> statuses) {
    for (;;) {
      tcp::socket socket(io_);
      boost::system::error_code error;
      acceptor_.accept(socket, error);
      if (stopping_ || error) return;
      std::string request;
      const std::size_t head = asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n");
      const auto at = request.find("Content-Length: ") + 16;
      const std::size_t whole = head + std::stoul(request.substr(at));
      asio::read(socket, asio::dynamic_buffer(request),
                 asio::transfer_exactly(whole - request.size()), error);
      const int status = statuses.empty() ? 200 : statuses.front();
      if (!statuses.empty()) statuses.erase(statuses.begin());
      asio::write(socket,
                  asio::buffer(fmt::format(
                      "HTTP/1.1 {} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status)),
                  error);
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
    }
  }

  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread worker_;
};

int forward(const Receiver& receiver, const std::filesystem::path& file) {
  const std::string script =
      std::string(std::getenv("DEALOG_SOURCE_DIR")) + "/libs/connectors/asterisk/forward_cdr.py";
  return std::system(fmt::format("DEALOG_RETRY_S=0 DEALOG_KEY=k DEALOG_URL=http://127.0.0.1:{}/h "
                                 "timeout 60 python3 {} csv {} --once 2>/dev/null",
                                 receiver.port(), script, file.string())
                         .c_str());
}

void append(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

TEST(AsteriskForwarder, PostsWhatWasAppendedOnceItIsAcknowledged) {
  if (std::getenv("DEALOG_SOURCE_DIR") == nullptr) GTEST_SKIP() << "DEALOG_SOURCE_DIR is not set";
  if (std::system("python3 --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs python3";
  const TempFolder folder;
  const auto file = folder.path() / "Master.csv";
  append(file, "\"a\",\"two\nlines\",1\n\"b\",2\n\"half");
  Receiver receiver({503});
  ASSERT_EQ(forward(receiver, file), 0);
  auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 2u) << "again after the failure";
  EXPECT_TRUE(requests[1].ends_with("\r\n\r\n\"a\",\"two\nlines\",1\n\"b\",2\n")) << requests[1];
  EXPECT_NE(requests[1].find("X-Api-Key: k"), std::string::npos);
  EXPECT_NE(requests[1].find("Content-Type: text/csv"), std::string::npos);
  // The half row is posted when it is whole, and nothing twice.
  append(file, "\",3\n");
  ASSERT_EQ(forward(receiver, file), 0);
  requests = receiver.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_TRUE(requests[2].ends_with("\r\n\r\n\"half\",3\n")) << requests[2];
}

}  // namespace
}  // namespace dealog::connectors
