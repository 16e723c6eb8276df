// Streaming answers and the end of a server.
#include <future>

#include "libs/async/deadline.hpp"
#include "libs/async/on_pool.hpp"
#include "libs/http/sse.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace dealog::http {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> three_lines(StreamWriter& out) {
  for (int i = 1; i <= 3; ++i) {
    if (!co_await out.write(fmt::format("{{\"n\":{}}}\n", i))) co_return;
  }
}

// Says one event and waits for more that never come.
struct Ticker {
  Signal never;
  std::atomic<int> running = 0;
  std::atomic<int> unwound = 0;

  StreamBody body() {
    return [this](StreamWriter& out) { return run(out); };
  }
  asio::awaitable<void> run(StreamWriter& out) {
    struct Counted {
      explicit Counted(Ticker& t) : ticker(t) { ++ticker.running; }
      ~Counted() {
        --ticker.running;
        ++ticker.unwound;
      }
      Ticker& ticker;
    } counted(*this);
    co_await out.write(sse_event("1", "tick", "{}"));
    for (;;) {
      co_await never.wait(never.count(), std::chrono::steady_clock::now() + 60s);
    }
  }
  bool ended() const {
    for (int i = 0; i < 300 && unwound == 0; ++i) std::this_thread::sleep_for(10ms);
    return unwound == 1 && running == 0;
  }
};

class Stream : public ServerTest {
 protected:
  void start_streams(ServerOptions options = {}) {
    start(std::move(options), [this](Router& router) {
      router.add(Method::kGet, "/lines",
                 [](const Request&) -> Result<Response> { return Response::ndjson(three_lines); });
      router.add(Method::kGet, "/events", [this](const Request&) -> Result<Response> {
        return Response::events(ticker.body());
      });
      router.add(Method::kGet, "/flood", [](const Request&) -> Result<Response> {
        return Response::ndjson([](StreamWriter& out) -> asio::awaitable<void> {
          while (co_await out.write(std::string(64 << 10, 'x'))) {
          }
        });
      });
      router.add(Method::kGet, "/slow", Handler([](Request) -> asio::awaitable<Response> {
                   co_await sleep_for(300ms);
                   co_return Response::text(200, "done");
                 }));
    });
  }
  void TearDown() override { server.reset(); }
  Ticker ticker;
};

TEST_F(Stream, SendsPiecesAndAProperEnd) {
  start_streams();
  const auto response = client().get("/lines");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->header("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(response->header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(response->body, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
}

TEST_F(Stream, EndsByClosingForHttp10AndIsEmptyForHead) {
  start_streams();
  const auto old = raw("GET /lines HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(old.headers.has("Transfer-Encoding"));
  EXPECT_EQ(old.body, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
  EXPECT_TRUE(client().request("HEAD", "/lines")->body.empty());
}

TEST_F(Stream, ArrivesPieceByPieceWithHeartbeatsInTheSilence) {
  ServerOptions options;
  options.limits.heartbeat = 50ms;
  start_streams(std::move(options));
  Client one = client();
  const auto head = one.open_stream("GET", "/events");
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->header("Content-Type"), "text/event-stream");
  EXPECT_EQ(one.read_piece()->value(), "id: 1\nevent: tick\ndata: {}\n\n");
  EXPECT_EQ(one.read_piece()->value(), ":\n\n");
  EXPECT_EQ(one.read_piece()->value().substr(0, 3), ":\n\n");
}

TEST_F(Stream, IsCancelledWhenTheClientGoesAway) {
  start_streams();
  {
    Client one = client();
    ASSERT_TRUE(one.open_stream("GET", "/events"));
    ASSERT_TRUE(one.read_piece());
    EXPECT_EQ(ticker.running, 1);
  }
  EXPECT_TRUE(ticker.ended());
}

TEST_F(Stream, EndsProperlyWhenTheServerStops) {
  start_streams();
  Client one = client();
  ASSERT_TRUE(one.open_stream("GET", "/events"));
  ASSERT_TRUE(one.read_piece());
  const auto started = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - started, 3s);
  EXPECT_TRUE(ticker.ended());
  const auto end = one.read_piece();
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_FALSE(end->has_value()) << "the last chunk says that this was all";
}

TEST_F(Stream, SlowsItsProducerDownAndCutsAClientThatTakesNothing) {
  ServerOptions options;
  options.limits.write_stall = 200ms;
  start_streams(std::move(options));
  Client one = client();
  ASSERT_TRUE(one.open_stream("GET", "/flood"));
  for (int i = 0; i < 300 && server->connections() > 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(Stream, GracefulStopLetsARunningRequestFinish) {
  start_streams();
  auto answer = std::async(std::launch::async, [&] {
    Client one = client();
    return one.get("/slow");
  });
  while (server->connections() == 0) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(50ms);
  Client idle = client();
  ASSERT_EQ(idle.get("/lines")->status, 200);
  server->stop();
  const auto response = answer.get();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "done");
  EXPECT_EQ(response->header("Connection"), "close");
  EXPECT_EQ(client().get("/lines").error().code, "connection_failed");
}

TEST_F(Stream, GracefulStopClosesIdleConnectionsAtOnce) {
  start_streams();
  Client idle = client();
  ASSERT_EQ(idle.request("HEAD", "/slow")->status, 200);
  const auto started = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - started, 2s);
  EXPECT_TRUE(idle.closed_by_server());
}

TEST_F(Stream, StopAfterTheDrainClosesButWaitsForHandlers) {
  std::atomic<bool> finished = false;
  BlockingPool pool("slow", 1);
  ServerOptions options;
  options.limits.drain = 50ms;
  start(std::move(options), [&](Router& router) {
    router.add(Method::kGet, "/blocked", Handler([&](Request) -> asio::awaitable<Response> {
                 const auto done =
                     co_await on_pool(pool, [] { std::this_thread::sleep_for(400ms); });
                 finished = done.has_value();
                 co_return Response::text(200, "late");
               }));
  });
  Client one = client();
  ASSERT_TRUE(one.send("GET /blocked HTTP/1.1\r\nHost: x\r\n\r\n"));
  std::this_thread::sleep_for(50ms);
  server->stop();
  EXPECT_TRUE(finished);
  EXPECT_FALSE(one.receive());
}

}  // namespace
}  // namespace dealog::http
