// A server on a free port for one test, with handlers that tests ask for, and clients of it.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "libs/http/client.hpp"
#include "libs/http/server.hpp"

namespace dealog::http {

using namespace std::chrono_literals;

class ServerTest : public testing::Test {
 protected:
  // Starts with the routes below and those that `add` brings.
  void start(ServerOptions options = {}, const std::function<void(Router&)>& add = {}) {
    options.port = 0;
    options.access_log = false;
    Router router;
    router.add(Method::kGet, "/hello", [](const Request& request) -> Result<Response> {
      return Response::json(200, boost::json::object{{"id", request.request_id}});
    });
    router.add(Method::kPost, "/echo", [](const Request& request) -> Result<Response> {
      return Response::bytes(media_type::kText, request.body);
    });
    router.add(Method::kPost, "/small",
               [](const Request& request) -> Result<Response> {
                 return Response::text(200, std::to_string(request.body.size()));
               },
               {.body_limit = 100});
    router.add(Method::kGet, "/who", [](const Request& request) -> Result<Response> {
      return Response::text(200, request.client_address);
    });
    if (add) add(router);
    auto started = Server::start(std::move(options), std::move(router));
    ASSERT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }

  Client client(std::chrono::milliseconds timeout = 5s) const {
    return Client("127.0.0.1", server->port(), timeout);
  }

  // Sends raw bytes on a connection of their own and gives the first answer.
  ClientResponse raw(std::string_view bytes) const {
    Client one = client();
    EXPECT_TRUE(one.send(bytes));
    auto response = one.receive();
    EXPECT_TRUE(response) << response.error().message << " to " << bytes.substr(0, 200);
    return response ? std::move(*response) : ClientResponse{};
  }

  static std::string code_of(const ClientResponse& response) {
    boost::system::error_code error;
    const auto body = boost::json::parse(response.body, error);
    if (error || !body.is_object() || !body.as_object().contains("code")) return "no problem+json";
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(body.at("status"), response.status);
    return std::string(body.at("code").as_string());
  }

  std::unique_ptr<Server> server;
};

}  // namespace dealog::http
