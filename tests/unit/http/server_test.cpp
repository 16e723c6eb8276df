// What a well-behaved client sees.
#include <gmock/gmock.h>

#include "libs/async/deadline.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace dealog::http {
namespace {

TEST_F(ServerTest, AnswersOverAKeptConnection) {
  start();
  Client one = client();
  for (int i = 0; i < 3; ++i) {
    const auto response = one.get("/hello");
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->header("Content-Type"), "application/json");
    EXPECT_TRUE(one.is_open());
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(ServerTest, ClosesWhenTheClientAsksForIt) {
  start();
  Client one = client();
  const auto response = one.get("/hello", {{"Connection", "close"}});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("Connection"), "close");
  EXPECT_FALSE(one.is_open());
}

TEST_F(ServerTest, SpeaksHttp10) {
  start();
  Client one = client();
  ASSERT_TRUE(one.send("GET /hello HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(one.receive()->header("Connection"), "close");
  ASSERT_TRUE(one.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_EQ(one.receive()->header("Connection"), "keep-alive");
  EXPECT_TRUE(one.is_open());
}

TEST_F(ServerTest, HasSecurityHeadersUnlessTheHandlerSetsThem) {
  start({}, [](Router& router) {
    router.add(Method::kGet, "/page", [](const Request&) -> Result<Response> {
      return Response::bytes(media_type::kHtml, "<p>")
          .with("Content-Security-Policy", "default-src 'self'")
          .with("Cache-Control", "max-age=60");
    });
  });
  Client one = client();
  const auto api = one.get("/hello");
  EXPECT_EQ(api->header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(api->header("X-Frame-Options"), "DENY");
  EXPECT_EQ(api->header("Cache-Control"), "no-store");
  EXPECT_EQ(api->header("Referrer-Policy"), "no-referrer");
  EXPECT_NE(api->header("Content-Security-Policy").find("default-src 'none'"),
            std::string_view::npos);
  const auto page = one.get("/page");
  EXPECT_EQ(page->headers.count("Content-Security-Policy"), 1u);
  EXPECT_EQ(page->header("Content-Security-Policy"), "default-src 'self'");
  EXPECT_EQ(page->header("Cache-Control"), "max-age=60");
}

TEST_F(ServerTest, HonoursAWellFormedRequestIdAndMakesOneOtherwise) {
  start();
  Client one = client();
  const auto honoured = one.get("/hello", {{"X-Request-Id", "abc.DEF_1-2"}});
  EXPECT_EQ(honoured->header("X-Request-Id"), "abc.DEF_1-2");
  EXPECT_NE(honoured->body.find("abc.DEF_1-2"), std::string::npos);
  for (const auto& bad : {std::string("a b"), std::string(65, 'a'), std::string("<x>")}) {
    const auto made = one.get("/hello", {{"X-Request-Id", bad}});
    EXPECT_NE(made->header("X-Request-Id"), bad);
    EXPECT_FALSE(made->header("X-Request-Id").empty());
  }
  EXPECT_NE(one.get("/hello")->header("X-Request-Id"), one.get("/hello")->header("X-Request-Id"));
}

TEST_F(ServerTest, AnswersUnknownAddressesAndMethodsAsProblems) {
  start();
  Client one = client();
  const auto missing = one.get("/nothing");
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(code_of(*missing), "no_such_address");
  const auto method = one.request("DELETE", "/hello");
  EXPECT_EQ(method->status, 405);
  EXPECT_EQ(method->header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(code_of(*method), "method_not_allowed");
  EXPECT_EQ(one.request("BREW", "/hello")->status, 405);
  EXPECT_EQ(one.post_json("/nothing", "{}")->status, 404);
  EXPECT_TRUE(one.is_open()) << "the body of a refused request was read";
}

TEST_F(ServerTest, RefusesInTheLanguageOfTheClient) {
  start();
  Client one = client();
  one.always("Accept-Language", "ru");
  EXPECT_NE(one.get("/nothing")->body.find("по этому адресу ничего нет"), std::string::npos);
  EXPECT_NE(one.request("DELETE", "/hello")->body.find("этот адрес принимает GET"),
            std::string::npos);
  EXPECT_NE(one.request("POST", "/small", std::string(101, 'x'))->body.find("тело запроса больше"),
            std::string::npos);
}

TEST_F(ServerTest, AnswersHeadAndOptions) {
  start();
  Client one = client();
  const auto head = one.request("HEAD", "/hello", "", {{"X-Request-Id", "r1"}});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->header("Content-Length"), "11");
  EXPECT_TRUE(head->body.empty());
  const auto options = one.request("OPTIONS", "/echo");
  EXPECT_EQ(options->status, 204);
  EXPECT_EQ(options->header("Allow"), "POST, OPTIONS");
  EXPECT_FALSE(options->headers.has("Content-Length"));
  EXPECT_EQ(one.request("OPTIONS", "*")->status, 204);
}

TEST_F(ServerTest, ReadsBodiesWholeAndInPieces) {
  start();
  Client one = client();
  const std::string large(900'000, 'x');
  EXPECT_EQ(one.request("POST", "/echo", large)->body, large);
  ASSERT_TRUE(
      one.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5;ext=1\r\nhello\r\n"));
  std::this_thread::sleep_for(20ms);
  ASSERT_TRUE(one.send("6\r\n world\r\n0\r\nTrailer: dropped\r\n\r\n"));
  const auto chunked = one.receive();
  ASSERT_TRUE(chunked);
  EXPECT_EQ(chunked->body, "hello world");
}

TEST_F(ServerTest, ReadsARequestThatComesByteByByte) {
  start();
  Client one = client();
  for (const char c :
       std::string("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok")) {
    ASSERT_TRUE(one.send({&c, 1}));
  }
  EXPECT_EQ(one.receive()->body, "ok");
}

// Beast 1.81's own chunk parser stops the process here.
TEST_F(ServerTest, ReadsAChunkedBodyThatComesByteByByte) {
  start();
  Client one = client();
  for (const char c :
       std::string("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "2\r\nok\r\n3;a=\"b\"\r\n!!!\r\n0\r\nA: b\r\n\r\n")) {
    ASSERT_TRUE(one.send({&c, 1}));
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(one.receive()->body, "ok!!!");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  Client one = client();
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string body = "body " + std::to_string(i);
    all += "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  ASSERT_TRUE(one.send(all));
  for (int i = 0; i < 50; ++i) {
    const auto response = one.receive();
    ASSERT_TRUE(response) << i;
    EXPECT_EQ(response->body, "body " + std::to_string(i));
  }
}

TEST_F(ServerTest, AsksForTheBodyOnlyWhenItWouldTakeIt) {
  start();
  Client one = client();
  const std::string head = "POST /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
  ASSERT_TRUE(one.send(head + "Content-Length: 3\r\n\r\n"));
  EXPECT_EQ(one.receive()->status, 100);
  ASSERT_TRUE(one.send("abc"));
  EXPECT_EQ(one.receive()->body, "3");
  ASSERT_TRUE(one.send(head + "Content-Length: 101\r\n\r\n"));
  EXPECT_EQ(one.receive()->status, 413);
}

TEST_F(ServerTest, SendsLargeAndEmbeddedBodies) {
  static const std::string file(3 << 20, 'f');
  start({}, [](Router& router) {
    router.add(Method::kGet, "/file", [](const Request&) -> Result<Response> {
      return Response::embedded(media_type::kText, file);
    });
    router.add(Method::kGet, "/large", [](const Request&) -> Result<Response> {
      return Response::text(200, std::string(5 << 20, 'l'));
    });
  });
  Client one = client();
  EXPECT_EQ(one.get("/file")->body, file);
  EXPECT_EQ(one.get("/large")->body.size(), std::size_t{5} << 20);
}

TEST_F(ServerTest, KeepsAResponseFromBeingSplit) {
  start({}, [](Router& router) {
    router.add(Method::kGet, "/redirect", [](const Request&) -> Result<Response> {
      Response response{.status = 303};
      response.headers.set("Location", "/x\r\nSet-Cookie: a=b");
      response.headers.set("Content-Length", "77");
      return response;
    });
  });
  const auto response = client().get("/redirect");
  ASSERT_TRUE(response);
  EXPECT_FALSE(response->headers.has("Set-Cookie"));
  EXPECT_EQ(response->header("Content-Length"), "0");
}

TEST_F(ServerTest, TurnsAThrowingHandlerIntoA500AndGoesOn) {
  start({}, [](Router& router) {
    router.add(Method::kGet, "/throws", Handler([](Request) -> boost::asio::awaitable<Response> {
                 throw std::runtime_error("secret detail");
                 co_return Response();
               }));
  });
  Client one = client();
  const auto response = one.get("/throws");
  EXPECT_EQ(response->status, 500);
  EXPECT_EQ(code_of(*response), "internal_error");
  EXPECT_EQ(response->body.find("secret detail"), std::string::npos);
  EXPECT_EQ(one.get("/hello")->status, 200);
}

TEST_F(ServerTest, TellsTheObserverRouteStatusAndDuration) {
  std::mutex mutex;
  std::vector<std::string> seen;
  ServerOptions options;
  options.on_request = [&](std::string_view route, Method method, int status,
                           std::chrono::steady_clock::duration duration) {
    const std::lock_guard lock(mutex);
    EXPECT_GT(duration.count(), 0);
    seen.push_back(fmt::format("{} {} {}", method_name(method), route, status));
  };
  start(std::move(options), [](Router& router) {
    router.add(Method::kGet, "/deals/{id}", [](const Request& request) -> Result<Response> {
      return Response::text(200, std::string(request.param("id")));
    });
  });
  EXPECT_EQ(client().get("/deals/deal_1?token=secret")->body, "deal_1");
  EXPECT_EQ(client().get("/none/of/this")->status, 404);
  raw("GET / HTTP/1.1\r\n\r\n");
  server->stop();
  const std::lock_guard lock(mutex);
  EXPECT_THAT(seen, testing::UnorderedElementsAre("GET /deals/{id} 200", "GET  404", "GET  400"));
}

TEST_F(ServerTest, BelievesForwardedAddressesOnlyOfTrustedProxies) {
  start();
  EXPECT_EQ(client().get("/who", {{"X-Forwarded-For", "1.2.3.4"}})->body, "127.0.0.1");
  server.reset();
  start({.trusted_proxies = {*IpNetwork::parse("127.0.0.0/8")}});
  EXPECT_EQ(client().get("/who", {{"X-Forwarded-For", "1.2.3.4"}})->body, "1.2.3.4");
  EXPECT_EQ(client().get("/who")->body, "127.0.0.1");
  EXPECT_EQ(
      client().get("/who", {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "1.2.3.4"}})->body,
      "1.2.3.4");
}

TEST_F(ServerTest, ServesManyConnectionsAtOnce) {
  start();
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      std::vector<Client> clients;
      for (int c = 0; c < 16; ++c) clients.push_back(client());
      for (int i = 0; i < 20; ++i) {
        for (auto& one : clients) answered += one.get("/hello").value().status == 200 ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 8 * 16 * 20);
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
  start();
  ServerOptions taken{.port = server->port()};
  EXPECT_EQ(Server::start(taken, Router()).error().code, "cannot_listen");
  EXPECT_EQ(Server::start({.address = "nowhere"}, Router()).error().code, "invalid_address");
  EXPECT_EQ(
      Server::start({.port = 0, .tls = TlsFiles{"/no/cert", "/no/key"}}, Router()).error().code,
      "invalid_tls_files");
}

}  // namespace
}  // namespace dealog::http
