// YooKassa's hooks are not signed: a payment is read again there before it counts.
#include <atomic>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "libs/http/server.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/dealog_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {
namespace {

// Answers a payment of 900 roubles in the state that it is told, to whoever has the key.
class FakeYooKassa {
 public:
  FakeYooKassa() {
    http::Router router;
    router.add(
        http::Method::kGet, "/v3/payments/{id}",
        http::PlainHandler([this](const http::Request& request) { return payment(request); }));
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0, .access_log = false},
                                  std::move(router))
                  .value();
  }
  std::string url() const { return server_->url() + "/v3"; }

  std::atomic<bool> paid = true;
  std::atomic<int> asked = 0;

 private:
  Result<http::Response> payment(const http::Request& request) {
    ++asked;
    if (request.headers.get("Authorization") != "Basic " + to_base64("100:key")) {
      return http::Response::json(401, {{"type", "error"}, {"code", "invalid_credentials"}});
    }
    if (request.param("id") == "unknown") {
      return http::Response::json(404, {{"type", "error"}, {"code", "not_found"}});
    }
    return http::Response::json(200, {{"id", request.param("id")},
                                      {"status", paid ? "succeeded" : "pending"},
                                      {"amount", {{"value", "900.00"}, {"currency", "RUB"}}},
                                      {"created_at", "2026-03-05T09:00:00.000Z"},
                                      {"test", false}});
  }

  std::unique_ptr<http::Server> server_;
};

class PaymentReread : public ::testing::Test {
 protected:
  PaymentReread() : server_(folder_.path() / "data", {"--config", config()}) {
    server_.start();
    api_.emplace(server_.port(), server_.owner_token());
    const Answer source = must(
        api_->post("/v1/sources", {{"provider", "yookassa"},
                                   {"name", "Shop"},
                                   {"secret", {{"api", "100:key"}}},
                                   {"settings", {{"api_url", shop_.url()}, {"networks", "any"}}}}),
        201);
    source_ = source.str("/id");
    hook_ = source.str("/hook_url");
  }
  std::string config() {
    const auto file = folder_.path() / "dealog.toml";
    std::ofstream(file) << "[outbound]\nprivate_addresses = true\n";
    return file.string();
  }
  // A hook that claims a payment of its own sum.
  void announce(std::string_view id, std::string_view sum) {
    must(api_->deliver(
             hook_, "application/json",
             fmt::format(R"({{"type":"notification","event":"payment.succeeded","object":{{"id":)"
                         R"("{}","status":"succeeded","amount":{{"value":"{}","currency":"RUB"}},)"
                         R"("created_at":"2026-03-05T09:00:00.000Z"}}}})",
                         id, sum)),
         200);
  }
  std::string fetches(std::string_view status) const {
    return fmt::format("/v1/sources/{}/fetches?status={}", source_, status);
  }

  testing_support::TempFolder folder_;
  FakeYooKassa shop_;
  DealogProcess server_;
  std::optional<ApiClient> api_;
  std::string source_, hook_;
};

constexpr std::string_view kPayments = "/v1/payments?state=unmatched";

TEST_F(PaymentReread, WhatTheShopSaysCountsNotWhatTheHookSays) {
  announce("p-1", "900000.00");
  announce("p-1", "900000.00");
  const Answer payments = api_->read_until(kPayments, 1);
  EXPECT_EQ(payments.str("/items/0/amount/amount"), "900.00");
  EXPECT_EQ(shop_.asked, 1);
}

TEST_F(PaymentReread, APaymentThatTheShopDoesNotKnowIsNone) {
  announce("unknown", "900.00");
  EXPECT_EQ(api_->read_until(fetches("given_up"), 1).str("/items/0/code"), "status_404");
  EXPECT_TRUE(api_->read(kPayments).items().empty());
}

TEST_F(PaymentReread, APaymentThatIsNotThereYetIsAskedForLater) {
  shop_.paid = false;
  announce("p-2", "900.00");
  ASSERT_TRUE(testing_support::eventually(
      [&] { return api_->read(fetches("waiting")).number("/items/0/attempts") > 0; }));
  EXPECT_EQ(api_->read(fetches("waiting")).str("/items/0/code"), "not_yet");
  EXPECT_TRUE(api_->read(kPayments).items().empty());
  shop_.paid = true;
  api_->read_until(kPayments, 1);
}

}  // namespace
}  // namespace dealog::e2e
