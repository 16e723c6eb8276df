// What a broken, slow or hostile client sees.
#include <sys/socket.h>

#include "tests/unit/http/server_fixture.hpp"

namespace dealog::http {
namespace {

using namespace std::string_literals;

class BadInput : public ServerTest {
 protected:
  void SetUp() override { start(); }

  // The answer, and that the connection is over after it.
  ClientResponse refused(std::string_view bytes) const {
    Client one = client();
    EXPECT_TRUE(one.send(bytes));
    auto response = one.receive();
    EXPECT_TRUE(response) << response.error().message << " to " << bytes.substr(0, 200);
    if (!response) return {};
    EXPECT_EQ(response->header("Connection"), "close") << bytes.substr(0, 200);
    return std::move(*response);
  }
};

TEST_F(BadInput, MalformedRequestsGet400) {
  for (const auto& bytes :
       {"GET /hello\r\n\r\n"s, "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n"s,
        "GET /hello HTTP/9.9\r\nHost: x\r\n\r\n"s, "GET /hello HTTP/1.1\r\nHost x\r\n\r\n"s,
        "GET /hello HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n"s,
        "GET /hello HTTP/1.1\r\nHost: x\r\nName : 1\r\n\r\n"s,
        "GET /hello HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"s + '\0',
        "GET /he llo HTTP/1.1\r\nHost: x\r\n\r\n"s, "\x16\x03\x01\x02\x00\x01\x00"s, "\0\0\0\0"s,
        "{\"a\":1}\r\n\r\n"s, "GET /hello HTTP/1.1\r\nHost: x\r\n: v\r\n\r\n"s}) {
    const auto response = refused(bytes);
    EXPECT_EQ(response.status, 400) << bytes;
    EXPECT_EQ(code_of(response), "malformed_request") << bytes;
  }
}

TEST_F(BadInput, AmbiguousFramingGets400) {
  const std::string start = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  for (const auto& rest :
       {"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"s,
        "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"s, "Content-Length: 3, 3\r\n\r\nabc"s,
        "Content-Length: +3\r\n\r\nabc"s, "Content-Length: -3\r\n\r\nabc"s,
        "Content-Length: 0x3\r\n\r\nabc"s, "Content-Length: \r\n\r\nabc"s,
        "Content-Length: 3 \r\nTransfer-Encoding: chunked\r\n\r\n"s,
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"s,
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"s,
        "A: b\r\n folded\r\n\r\n"s, "A: b\r\n\tfolded\r\n\r\n"s, "A: b\nC: d\r\n\r\n"s,
        "A: b\rC: d\r\n\r\n"s, "Host: y\r\n\r\n"s}) {
    const auto response = refused(start + rest);
    EXPECT_EQ(response.status, 400) << rest;
    EXPECT_EQ(code_of(response), "malformed_request") << rest;
  }
  EXPECT_EQ(refused("GET /hello HTTP/1.1\r\n\r\n").status, 400) << "no Host";
  EXPECT_EQ(refused("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status,
            400);
  EXPECT_EQ(refused("GET /hello HTTP/1.1\nHost: x\n\n").status, 400) << "bare line feeds";
}

TEST_F(BadInput, CodingsOtherThanChunkedGet501) {
  for (const auto* coding : {"gzip, chunked", "identity", "chunked, identity", "xchunked"}) {
    const auto response =
        refused("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "s + coding + "\r\n\r\n");
    EXPECT_EQ(response.status, 501) << coding;
  }
}

TEST_F(BadInput, ASmuggledRequestIsNeverAnswered) {
  Client one = client();
  ASSERT_TRUE(
      one.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: "
               "chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(one.receive()->status, 400);
  EXPECT_FALSE(one.is_open());
}

TEST_F(BadInput, MalformedChunksGet400) {
  const std::string start = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& rest :
       {"zz\r\nabc\r\n"s, "3\r\nabcd\r\n0\r\n\r\n"s, "-3\r\nabc\r\n"s, "3 x\r\nabc\r\n0\r\n\r\n"s,
        "fffffffffffffffff\r\n"s, "1;"s + std::string(8000, 'x'), "0\r\nA b\r\n\r\n"s}) {
    const auto response = raw(start + rest);
    EXPECT_TRUE(response.status == 400 || response.status == 413) << rest << response.status;
    EXPECT_EQ(response.header("Connection"), "close");
  }
}

TEST_F(BadInput, PathTricksGet400AndAreNeverRoutedAround) {
  for (const auto* target :
       {"/hello/..", "/x/../hello", "/%2e%2e/hello", "//hello", "/hel%6co%2f", "/hello%00",
        "/hello%", "/%c0%ae%c0%ae/hello", "/hello%0d%0aX:y", "/a\\b", "hello"}) {
    const auto response = refused("GET "s + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(response.status, 400) << target;
  }
  EXPECT_EQ(raw("GET /hello?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n").status, 400);
  EXPECT_EQ(raw("GET /hel%6co HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
}

TEST_F(BadInput, HeadersOverTheLimitGet431) {
  const std::string start = "GET /hello HTTP/1.1\r\nHost: x\r\n";
  const auto long_value = refused(start + "A: " + std::string(33 << 10, 'a') + "\r\n\r\n");
  EXPECT_EQ(long_value.status, 431);
  EXPECT_EQ(code_of(long_value), "headers_too_large");
  std::string many = start;
  for (std::size_t i = 0; i <= kHeaderFields; ++i) many += "A: b\r\n";
  EXPECT_EQ(refused(many + "\r\n").status, 431);
  EXPECT_EQ(refused(std::string(64 << 10, 'A')).status, 431) << "an endless method";
  EXPECT_EQ(raw(start + "A: " + std::string(30 << 10, 'a') + "\r\n\r\n").status, 200);
  EXPECT_EQ(refused("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n").status, 414);
}

TEST_F(BadInput, BodiesOverTheRoutesLimitGet413BeforeTheyAreRead) {
  const auto declared = refused("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n");
  EXPECT_EQ(declared.status, 413);
  EXPECT_EQ(code_of(declared), "body_too_large");
  EXPECT_EQ(refused("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999999999\r\n\r\n")
                .status,
            413);
  EXPECT_EQ(
      raw("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x'))
          .status,
      200);
}

TEST_F(BadInput, ChunkedBodiesOverTheLimitGet413AsSoonAsTheyPassIt) {
  const std::string start = "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(refused(start + "65\r\n").status, 413) << "one chunk too large";
  const std::string chunk = "32\r\n" + std::string(50, 'x') + "\r\n";
  EXPECT_EQ(refused(start + chunk + chunk + "1\r\n").status, 413) << "their sum";
  EXPECT_EQ(raw(start + chunk + chunk + "0\r\n\r\n").body, "100");
}

TEST_F(BadInput, OtherExpectationsGet417) {
  EXPECT_EQ(refused("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\n\r\n").status, 417);
}

TEST_F(BadInput, ARefusedClientHearsWhyAlthoughItsBodyIsUnread) {
  Client one = client();
  ASSERT_TRUE(one.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n"));
  for (int i = 0; i < 3; ++i) (void)one.send(std::string(100'000, 'x'));
  const auto response = one.receive();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 413);
}

class SlowClient : public ServerTest {
 protected:
  void SetUp() override {
    ServerOptions options;
    options.limits.headers_within = 300ms;
    options.limits.body_grace = 300ms;
    options.limits.body_bytes_per_second = 1000;
    options.limits.idle = 300ms;
    options.limits.write_stall = 300ms;
    start(std::move(options), [](Router& router) {
      router.add(Method::kGet, "/large", [](const Request&) -> Result<Response> {
        return Response::text(200, std::string(64 << 20, 'l'));
      });
    });
  }

  bool everybody_left() const {
    for (int i = 0; i < 300 && server->connections() > 0; ++i) std::this_thread::sleep_for(10ms);
    return server->connections() == 0;
  }
};

TEST_F(SlowClient, OneByteAtATimeHeadersGet408) {
  Client one = client();
  ASSERT_TRUE(one.send("GET /hello HTTP/1.1\r\nHost: x\r\nA: "));
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(50ms);
    if (!one.send("a")) break;
  }
  const auto response = one.receive();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 408);
  EXPECT_EQ(code_of(*response), "request_timeout");
}

TEST_F(SlowClient, OneByteAtATimeBodyGets408) {
  Client one = client();
  ASSERT_TRUE(one.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"));
  const auto started = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    std::this_thread::sleep_for(20ms);
    if (!one.send("a")) break;
    if (std::chrono::steady_clock::now() - started > 700ms) break;
  }
  const auto response = one.receive();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 408);
}

TEST_F(SlowClient, ABodyThatKeepsItsPaceIsReadHoweverLongItTakes) {
  Client one = client();
  ASSERT_TRUE(one.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n"));
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(100ms);
    ASSERT_TRUE(one.send(std::string(300, 'x')));
  }
  const auto response = one.receive();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
}

TEST_F(SlowClient, WhoConnectsAndSaysNothingIsLetGo) {
  Client silent = client();
  ASSERT_TRUE(silent.connect());
  EXPECT_TRUE(silent.closed_by_server());
  EXPECT_TRUE(everybody_left());
}

TEST_F(SlowClient, WhoIsIdleAfterARequestIsLetGo) {
  Client one = client();
  EXPECT_EQ(one.get("/hello")->status, 200);
  EXPECT_TRUE(one.closed_by_server());
  EXPECT_TRUE(everybody_left());
}

TEST_F(SlowClient, WhoGoesAwayInTheMiddleOfARequestIsForgotten) {
  for (const auto* part :
       {"GET /hel", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"}) {
    Client one = client();
    ASSERT_TRUE(one.send(part));
    one.close();
  }
  EXPECT_TRUE(everybody_left());
}

TEST_F(SlowClient, WhoTakesNothingOfTheAnswerIsCut) {
  Client one = client();
  ASSERT_TRUE(one.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(everybody_left());
}

TEST_F(ServerTest, MakesRoomWhenAllConnectionsAreTaken) {
  ServerOptions options;
  options.limits.connections = 4;
  options.limits.idle_when_full = 100ms;
  start(std::move(options));
  std::vector<Client> idle;
  for (int i = 0; i < 4; ++i) {
    idle.push_back(client());
    EXPECT_EQ(idle.back().get("/hello")->status, 200);
  }
  const auto fifth = client().get("/hello");
  ASSERT_TRUE(fifth) << fifth.error().message;
  EXPECT_EQ(fifth->status, 200);
}

}  // namespace
}  // namespace dealog::http
