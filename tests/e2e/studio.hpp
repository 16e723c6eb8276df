// A web studio with an empty data folder, its server and its owner's client: what most end-to-end
// tests start from.
#pragma once

#include <string>

#include "tests/support/api_client.hpp"
#include "tests/support/dealog_process.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {

class Studio {
 public:
  Studio() : server(folder_.path() / "data") {
    server.start();
    owner.emplace(server.port(), server.owner_token());
  }

  ApiClient& api() { return *owner; }

  // The views have caught up when it returns: they may have lost what was not yet durable.
  void kill_and_restart() {
    server.kill_and_restart();
    owner->move_to(server.port());
    owner->read("/v1/deals");
  }
  // By SIGTERM, as an operator does.
  int restart_gracefully() {
    const int code = server.terminate();
    server.start();
    owner->move_to(server.port());
    return code;
  }

  // A client of a new user with these rights.
  ApiClient user_with(json::array rights, std::string_view role = "seller") {
    return ApiClient(server.port(), token_with(std::move(rights), role));
  }
  std::string token_with(json::array rights, std::string_view role = "seller") {
    const std::string user =
        must(api().post("/v1/users", {{"name", "Somebody"}, {"role", role}, {"rights", rights}}),
             201)
            .str("/id");
    return must(api().post("/v1/tokens", {{"user", user}, {"rights", std::move(rights)}}), 201)
        .str("/token");
  }

  // Its hook's address.
  std::string tilda_hook(std::string_view key = "form-key-7f3a") {
    return must(
               api().post("/v1/sources", {{"provider", "tilda"},
                                          {"name", "Site"},
                                          {"secret", key},
                                          {"settings",
                                           {{"country", "RU"},
                                            {"time_zone", "Europe/Moscow"},
                                            {"currency", "RUB"},
                                            {"pipeline", "web-studio"},
                                            {"auth", {{"in", "header"}, {"name", "X-Api-Key"}}}}}}),
               201)
        .str("/hook_url");
  }
  static http::ClientHeaders tilda_key(std::string_view key = "form-key-7f3a") {
    return {{"X-Api-Key", std::string(key)}};
  }

 private:
  testing_support::TempFolder folder_;

 public:
  DealogProcess server;
  std::optional<ApiClient> owner;
};

// "/v1/sources?…" counts of one source: received = the sum of the five others.
inline std::int64_t counted(const json::value& source, std::string_view counter) {
  return source.at("deliveries")
      .at(json::string_view(counter.data(), counter.size()))
      .to_number<std::int64_t>();
}

}  // namespace dealog::e2e
