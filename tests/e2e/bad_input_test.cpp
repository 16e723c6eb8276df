// What strangers send: every one gets a clear answer, and the log stays as it was.
#include <thread>

#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

// One server for the whole suite: nothing here may harm it, which the last line of each test
// proves.
class BadInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    studio_ = new Studio();
    deal_ = must(studio_->api().post("/v1/deals", {{"title", "Bakery"}, {"source", "fair"}}), 201)
                .str("/id");
    hook_ = studio_->tilda_hook();
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(studio_->server.terminate(), 0) << studio_->server.errors();
    delete studio_;
    studio_ = nullptr;
  }
  void SetUp() override { head_ = api().head(); }
  void TearDown() override {
    EXPECT_EQ(api().head(), head_) << "something was written";
    EXPECT_EQ(api().get("/healthz").status, 200);
  }

  static ApiClient& api() { return studio_->api(); }
  static std::string deal(std::string_view rest = "") {
    return "/v1/deals/" + deal_ + std::string(rest);
  }

  static Answer post_raw(std::string_view target, std::string_view body) {
    return api().request("POST", target, body, {{"Content-Type", "application/json"}});
  }
  // A problem with that status and any code.
  static void expect_refused(const Answer& answer, int status) {
    ASSERT_TRUE(has(answer.body, "/code")) << answer.shown();
    expect_problem(answer, status, answer.str("/code"));
  }
  // An input error that points at the field.
  static void expect_field_error(const Answer& answer, std::string_view pointer) {
    EXPECT_TRUE(answer.status == 400 || answer.status == 422) << answer.shown();
    expect_refused(answer, answer.status);
    ASSERT_TRUE(has(answer.body, "/errors")) << answer.shown();
    for (const auto& error : answer.items("/errors")) {
      if (str(error, "/pointer") == pointer) return;
    }
    ADD_FAILURE() << "no error at " << pointer << " in " << answer.shown();
  }

  // Sends bytes as they are and reads an answer, if one comes before the connection ends.
  static std::optional<http::ClientResponse> exchange(std::string_view bytes) {
    http::Client client("127.0.0.1", studio_->server.port(), std::chrono::seconds(5));
    if (!client.send(bytes)) return std::nullopt;
    auto answer = client.receive();
    if (!answer) return std::nullopt;
    return *std::move(answer);
  }
  // Answered with one of these statuses, and the connection is not used for what came after.
  static void expect_cut(std::string_view bytes, std::vector<int> statuses) {
    http::Client client("127.0.0.1", studio_->server.port(), std::chrono::seconds(5));
    ASSERT_TRUE(client.send(bytes));
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << answer.error().message << " to " << bytes.substr(0, 100);
    EXPECT_NE(std::find(statuses.begin(), statuses.end(), answer->status), statuses.end())
        << answer->status << " to " << bytes.substr(0, 100) << "\n"
        << answer->body;
    EXPECT_TRUE(client.closed_by_server()) << bytes.substr(0, 100);
  }

  static inline Studio* studio_ = nullptr;
  static inline std::string deal_, hook_;
  std::uint64_t head_ = 0;
};

TEST_F(BadInput, JsonThatIsCutOffOrWrongIsNamedWithItsPlace) {
  for (const char* body :
       {"", "{", R"({"title")", R"({"title":)", R"({"title":"x)", R"({"title":"x"}})", "[]", "null",
        "7", "\"x\"", R"({"title":"x",})", R"({'title':'x'})", R"({"title":"x"} {"title":"y"})",
        R"({"title":nan})", R"({"title":"\ud800"})", R"({"title":"\x"})", "\xEF\xBB\xBF{}"}) {
    const Answer answer = post_raw("/v1/deals", body);
    expect_refused(answer, 400);
  }
}

TEST_F(BadInput, WrongTypesAreNamedWithTheirPointers) {
  expect_field_error(post_raw("/v1/deals", R"({"title":7})"), "/title");
  expect_field_error(post_raw("/v1/deals", R"({"title":{"x":1}})"), "/title");
  expect_field_error(post_raw("/v1/deals", R"({"title":""})"), "/title");
  expect_field_error(post_raw("/v1/deals", R"({"title":"x","person":7})"), "/person");
  expect_field_error(post_raw("/v1/deals", R"({"title":"x","owner":"per_1"})"), "/owner");
  expect_field_error(post_raw("/v1/deals", R"({"title":"x","unknown_key":1})"), "/unknown_key");
  expect_field_error(post_raw("/v1/deals", R"({"title":"x","custom":{"a":[1]}})"), "/custom");
  expect_field_error(
      post_raw(deal("/touches"), R"({"kind":"dance","direction":"out","outcome":"held"})"),
      "/kind");
}

TEST_F(BadInput, BodiesOverTheLimitAreRefusedBeforeTheyAreRead) {
  const std::string big = R"({"title":")" + std::string((1 << 20) + 1, 'x') + "\"}";
  expect_refused(post_raw("/v1/deals", big), 413);
  expect_refused(
      api().deliver(hook_, "application/x-www-form-urlencoded", big, Studio::tilda_key()), 413);
  // Announced, never sent.
  const std::string head =
      "POST /v1/deals HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
  expect_cut(head, {413});
  expect_cut("POST /v1/events:import HTTP/1.1\r\nHost: x\r\nContent-Length: 8388609\r\n\r\n",
             {413});
  expect_cut(
      "POST /v1/deals HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
      {400, 413});
}

TEST_F(BadInput, DepthTenThousandIsRefused) {
  const std::string arrays =
      R"({"title":)" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
  expect_refused(post_raw("/v1/deals", arrays), 400);
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += R"({"a":)";
  expect_refused(post_raw("/v1/deals", objects), 400);
  std::string field = "a";
  for (int i = 0; i < 10'000; ++i) field += "[x]";
  const Answer form = api().deliver(hook_, "application/x-www-form-urlencoded", field + "=1",
                                    Studio::tilda_key("wrong"));
  expect_refused(form, 401);
}

TEST_F(BadInput, InvalidUtf8NulAndRepeatedKeysAreRefused) {
  for (const std::string& body :
       {std::string("{\"title\":\"\xff\xfe\"}"), std::string("{\"title\":\"\xc0\xaf\"}"),
        std::string("{\"title\":\"\xed\xa0\x80\"}"), std::string("{\"title\":\"a\0b\"}", 15),
        std::string(R"({"title":"a\u0000b"})"), std::string(R"({"title":"a","title":"b"})"),
        std::string(R"({"title":"a","custom":{"x":1,"x":2}})")}) {
    expect_refused(post_raw("/v1/deals", body), 400);
  }
}

TEST_F(BadInput, AmountsMustBeDecimalTextsOfAKnownCurrencyInRange) {
  for (const char* amount :
       {R"({"amount":"-1.00","currency":"RUB"})", R"({"amount":"1e9","currency":"RUB"})",
        R"({"amount":"99999999999999999999.00","currency":"RUB"})",
        R"({"amount":"9223372036854775808","currency":"RUB"})",
        R"({"amount":"1.001","currency":"RUB"})", R"({"amount":1.5,"currency":"RUB"})",
        R"({"amount":"NaN","currency":"RUB"})", R"({"amount":"","currency":"RUB"})",
        R"({"amount":"1.00","currency":"XXQ"})", R"({"amount":"1.00","currency":"rub "})",
        R"({"amount":"1.00"})", R"({"currency":"RUB"})", R"("1.00 RUB")", "[]"}) {
    const Answer answer =
        post_raw("/v1/deals", R"({"title":"x","amount":)" + std::string(amount) + "}");
    EXPECT_TRUE(answer.status == 400 || answer.status == 422) << answer.shown();
    expect_refused(answer, answer.status);
    EXPECT_TRUE(str(answer.items("/errors").at(0), "/pointer").starts_with("/amount"))
        << answer.shown();
  }
  const Answer payment = post_raw(
      "/v1/payments",
      R"({"provider":"bank","external_id":"1","amount":{"amount":"0.00","currency":"RUB"}})");
  EXPECT_EQ(str(payment.items("/errors").at(0), "/pointer").substr(0, 7), "/amount");
  // Each line in range, their sum is not.
  const std::string line = R"({"title":"x","quantity":"1000000000",)"
                           R"("unit_price":{"amount":"9000000000000000","currency":"RUB"}})";
  const Answer quote = post_raw(deal("/quotes"), R"({"lines":[)" + line + "," + line + "]}");
  EXPECT_TRUE(quote.status == 400 || quote.status == 422) << quote.shown();
}

TEST_F(BadInput, DatesOutsideTheCalendarAreRefused) {
  for (const char* date : {"0000-01-01", "10000-01-01", "2026-02-30", "2026-13-01", "26-01-01",
                           "2026-01-01T00:00:00Z", "tomorrow", "-001-01-01"}) {
    expect_field_error(post_raw("/v1/deals", R"({"title":"x","expected_close_date":")" +
                                                 std::string(date) + "\"}"),
                       "/expected_close_date");
  }
  for (const char* at :
       {"0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-01-01", "2026-01-01T25:00:00Z",
        "2026-01-01T00:00:00", "9999-12-31T23:59:59Z", "1e99", "2026-01-01T00:00:00+99:00"}) {
    expect_field_error(
        post_raw(deal("/touches"),
                 R"({"kind":"call","direction":"out","outcome":"connected","occurred_at":")" +
                     std::string(at) + "\"}"),
        "/occurred_at");
  }
  const Answer ahead =
      post_raw(deal("/touches"), R"({"kind":"call","direction":"out","outcome":"connected",)"
                                 R"("occurred_at":"2990-01-01T00:00:00Z"})");
  EXPECT_TRUE(ahead.status == 400 || ahead.status == 422) << ahead.shown();
  for (const char* as_of : {"0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "yesterday", "-1",
                            "1.5", "", "99999999999999999999999"}) {
    expect_refused(api().get(deal("?as_of=") + as_of), 400);
  }
}

TEST_F(BadInput, TokensThatAreForgedCutOrOfSomebodyElseOpenNothing) {
  const std::string token = studio_->server.owner_token();
  std::string flipped = token;
  flipped.back() = flipped.back() == 'A' ? 'B' : 'A';
  const auto parts = token.find_last_of("._");
  std::vector<std::string> forged{"",
                                  "x",
                                  token.substr(0, token.size() - 1),
                                  token + "A",
                                  flipped,
                                  token.substr(1),
                                  std::string(10'000, 'a'),
                                  token + "\xff",
                                  token + " " + token};
  if (parts != std::string::npos) forged.push_back(token.substr(0, parts));
  for (const std::string& bearer : forged) {
    ApiClient client(studio_->server.port(), "");
    const Answer answer = client.get("/v1/deals", {{"Authorization", "Bearer " + bearer}});
    expect_refused(answer, 401);
    EXPECT_TRUE(answer.headers.has("WWW-Authenticate"));
  }
  ApiClient nobody(studio_->server.port(), "");
  expect_problem(nobody.get("/v1/deals"), 401, "token_missing");
  expect_problem(nobody.get("/v1/deals", {{"Authorization", "Basic " + token}}), 401,
                 "token_missing");
  expect_problem(nobody.post("/v1/deals", {{"title", "x"}}), 401, "token_missing");
  EXPECT_EQ(nobody.get("/v1/log/head").status, 401);
}

TEST_F(BadInput, HooksWithoutTheRightAddressAreNotFound) {
  const auto cut = hook_.rfind('/');
  for (const std::string& address :
       {hook_ + "x", hook_.substr(0, hook_.size() - 1), hook_.substr(0, cut + 1) + "x",
        std::string("/hooks/src_00000000000000000000000000000000/") + hook_.substr(cut + 1),
        std::string("/hooks/x/y")}) {
    expect_refused(api().deliver(address, "application/json", "{}"), 404);
  }
}

TEST_F(BadInput, PathTricksReachNothing) {
  for (const char* path :
       {"/v1/%2e%2e/healthz", "/v1/../healthz", "/%2e%2e/%2e%2e/etc/passwd", "//v1/deals",
        "/v1//deals", "/v1/deals/", "/v1/deals%00", "/v1/deals/%00", "/v1%2Fdeals",
        "/v1/deals/deal_x%2f..%2f..", "/v1/deals/%zz", "/v1/deals/%", "/v1/deals/..;/x",
        "/V1/deals", "/v1/deals/%c0%ae", "/docs/../openapi.yaml", "/docs/..%2fmain.cpp"}) {
    const Answer answer = api().get(path);
    EXPECT_TRUE(answer.status == 404 || answer.status == 400) << answer.shown();
    expect_refused(answer, answer.status);
  }
  expect_refused(api().get("/v1/deals/" + std::string(7000, 'a')), 404);
  const Answer longest = api().get("/v1/deals/" + std::string(20'000, 'a'));
  EXPECT_TRUE(longest.status == 414 || longest.status == 431 || longest.status == 400)
      << longest.shown();
  std::string deep = "/v1";
  for (int i = 0; i < 200; ++i) deep += "/a";
  const Answer nested = api().get(deep);
  EXPECT_TRUE(nested.status == 404 || nested.status == 400) << nested.shown();
}

TEST_F(BadInput, UnknownMethodsAndParametersAreNamed) {
  expect_refused(api().request("DELETE", "/v1/deals", ""), 405);
  const Answer strange = api().request("BREW", "/v1/deals", "");
  EXPECT_TRUE(strange.status == 405 || strange.status == 501) << strange.shown();
  for (const char* target :
       {"/v1/deals?nonsense=1", "/v1/deals?limit=0", "/v1/deals?limit=501", "/v1/deals?limit=x",
        "/v1/deals?outcome=maybe", "/v1/deals?cursor=%ff", "/v1/deals?limit=1&limit=2",
        "/v1/deals?min_position=x", "/v1/deals?min_position=-1", "/v1/events?type=Nothing",
        "/v1/events?after=-1", "/v1/events?after=x", "/v1/tasks?due=never", "/v1/deals?q=%"}) {
    expect_refused(api().get(target), 400);
  }
  expect_refused(api().get(deal("?nonsense=1")), 400);
}

TEST_F(BadInput, APositionThatNobodyHasReachedIsWaitedForAndThenRefused) {
  const Answer answer = api().get("/v1/deals?min_position=999999999");
  expect_problem(answer, 503, "position_not_reached");
  EXPECT_TRUE(answer.headers.has("Retry-After"));
}

TEST_F(BadInput, HeadersOverTheLimitAreRefused) {
  const Answer answer = api().get("/v1/deals", {{"X-Big", std::string(40'000, 'x')}});
  expect_refused(answer, 431);
  http::ClientHeaders many;
  for (int i = 0; i < 500; ++i) many.emplace_back("X-" + std::to_string(i), "1");
  expect_refused(api().get("/v1/deals", many), 431);
  expect_refused(
      api().post("/v1/deals", {{"title", "x"}}, {{"Idempotency-Key", std::string(300, 'k')}}), 400);
  expect_refused(api().patch(deal(), {{"title", "x"}}, {{"If-Match", "nonsense"}}), 400);
}

TEST_F(BadInput, AnotherContentTypeIsRefused) {
  const Answer answer =
      api().request("POST", "/v1/deals", "<deal/>", {{"Content-Type", "text/xml"}});
  EXPECT_TRUE(answer.status == 415 || answer.status == 400) << answer.shown();
}

TEST_F(BadInput, WhatIsNoHttpIsCut) {
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello tls\r\n\r\n", 25),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET\r\n\r\n"),
        std::string("GET /v1/deals HTTP/1.1\r\n\r\n"),  // no Host
        std::string("GET /v1/deals HTTP/1.1\nHost: x\n\n"),
        std::string("POST /v1/deals HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n{}"),
        std::string("POST /v1/deals HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                    "Content-Length: 3\r\n\r\n{}"),
        std::string("POST /v1/deals HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        std::string("GET /v1/deals HTTP/1.1\r\nHost : x\r\n\r\n")}) {
    expect_cut(bytes, {400, 501, 505});
  }
}

TEST_F(BadInput, PipelinedGarbageAfterAGoodRequestIsCut) {
  http::Client client("127.0.0.1", studio_->server.port(), std::chrono::seconds(5));
  ASSERT_TRUE(
      client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n\x01\x02garbage\r\n\r\n"
                  "POST /v1/deals HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto good = client.receive();
  ASSERT_TRUE(good);
  EXPECT_EQ(good->status, 200);
  const auto bad = client.receive();
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->status, 400);
  EXPECT_TRUE(client.closed_by_server());
}

// Half-open and slow ones at once, so that the test waits only once for the server's patience.
TEST_F(BadInput, SlowAndHalfOpenConnectionsAreCutWhileOthersAreServed) {
  const std::string request = "POST /v1/deals HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{";
  const auto open = [](std::string_view bytes) {
    auto client = std::make_unique<http::Client>("127.0.0.1", studio_->server.port(),
                                                 std::chrono::seconds(14));
    EXPECT_TRUE(client->send(bytes));
    return client;
  };
  auto silent = open(""), slow_head = open("GET /v1/deals HTTP/1.1\r\nX-"),
       slow_body = open(request);
  EXPECT_TRUE(silent->connect());
  std::vector<std::unique_ptr<http::Client>> half_open;
  for (int i = 0; i < 50; ++i) half_open.push_back(open("POST /v1/deals HTTP/1.1\r\nHost:"));
  // One byte a second: never idle, never done.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(11);
  while (std::chrono::steady_clock::now() < until) {
    if (slow_head->is_open()) (void)slow_head->send("a");
    if (slow_body->is_open()) (void)slow_body->send(" ");
    EXPECT_EQ(api().get("/healthz").status, 200);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  for (auto* client :
       {slow_head.get(), slow_body.get(), half_open.front().get(), half_open.back().get()}) {
    const auto answer = client->receive();
    if (answer) {
      EXPECT_EQ(answer->status, 408) << answer->body;
    } else {
      EXPECT_NE(answer.error().code, "timeout") << "the connection is still open";
    }
  }
  EXPECT_TRUE(silent->closed_by_server());
}

TEST_F(BadInput, ManyConnectionsThatGoAwayInTheMiddleDoNoHarm) {
  for (int i = 0; i < 100; ++i) {
    http::Client client("127.0.0.1", studio_->server.port(), std::chrono::seconds(5));
    ASSERT_TRUE(client.send("POST /v1/deals HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                            studio_->server.owner_token() +
                            "\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
                            R"({"title":"cut)"));
    client.close();
  }
  EXPECT_EQ(must(api().get("/v1/deals"), 200).items().size(), 1u);
}

TEST_F(BadInput, IdsOfOtherThingsNameNothing) {
  for (const char* target :
       {"/v1/deals/per_00000000000000000000000000000000", "/v1/deals/deal_", "/v1/deals/x",
        "/v1/deals/deal_00000000000000000000000000000000", "/v1/people/x", "/v1/companies/x",
        "/v1/quotes/x", "/v1/invoices/x", "/v1/payments/x", "/v1/deliveries/x", "/v1/events/x/why",
        "/v1/pipelines/x", "/v1/reports/leaks/x"}) {
    expect_refused(api().get(target), 404);
  }
  expect_refused(api().post("/v1/tasks/tsk_00000000000000000000000000000000/complete"), 404);
}

}  // namespace
}  // namespace dealog::e2e
