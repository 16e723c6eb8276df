// One server that gives out recordings and attachments as each provider documents it, and counts.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/connectors/parse/urlencoded.hpp"
#include "libs/http/server.hpp"
#include "tests/support/api_client.hpp"

namespace dealog::e2e {

// Bytes that no text of the log can be taken for.
inline const std::string kVoice = std::string("ID3\x03\0\0", 6) + "voice of Zykov-Quasar";

// Thread: any.
class FakeProviders {
 public:
  FakeProviders() {
    http::Router router;
    add_telephony(router);
    add_messengers(router);
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0, .access_log = false},
                                  std::move(router))
                  .value();
  }
  ~FakeProviders() { hangs = false; }
  std::string url() const { return server_->url(); }

  std::atomic<int> given = 0;       // bodies that were sent
  std::atomic<int> refused = 0;     // requests without the right key
  std::atomic<int> status = 200;    // of /link: what it answers instead of the body
  std::atomic<bool> hangs = false;  // bodies are not answered while it is true
  std::atomic<int> hanging = 0;     // requests that met that

 private:
  using Request = http::Request;
  using Answered = Result<http::Response>;

  static std::string auth(const Request& request) {
    return std::string(request.headers.get("Authorization"));
  }
  Answered if_key(bool right, const std::function<http::Response()>& answer) {
    if (right) return answer();
    ++refused;
    return http::Response::json(401, json::object{{"message", "no"}});
  }
  http::Response body(std::string_view content_type) {
    if (hangs) ++hanging;
    while (hangs) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (status != 200) return http::Response::text(status, "no");
    ++given;
    return http::Response::bytes(content_type, kVoice);
  }
  http::Response moved(std::string location) const {
    return http::Response{.status = 302}.with("Location", url() + location);
  }
  static void on(http::Router& router, http::Method method, std::string_view path,
                 std::function<Answered(const Request&)> handler) {
    router.add(method, path, http::PlainHandler(std::move(handler)));
  }

  // vpbx_api_key, sign and json: signed as Mango's own deliveries are.
  static bool is_signed_form(const Request& request) {
    std::string key, sign, json;
    for (const auto& [name, value] : connectors::parse_urlencoded(request.body).value()) {
      (name == "vpbx_api_key" ? key : name == "sign" ? sign : json) = value;
    }
    return key == "mango-key" && sign == to_hex(sha256("mango-key" + json + "mango-salt")) &&
           json.find("download") != std::string::npos;
  }

  void add_telephony(http::Router& router) {
    const auto get = http::Method::kGet;
    on(router, http::Method::kPost, "/queries/recording/post", [this](const Request& request) {
      return if_key(is_signed_form(request), [this] { return moved("/link/mango.mp3"); });
    });
    // The link answers whoever has it, and nobody's key belongs there.
    on(router, get, "/link/{name}", [this](const Request& request) {
      return if_key(auth(request).empty(), [this] { return body("audio/mpeg"); });
    });
    on(router, get, "/v1/pbx/record/{what...}", [this](const Request& request) {
      return if_key(auth(request).starts_with("zd-key:"), [this] {
        return http::Response::json(
            200, json::object{{"status", "success"}, {"link", url() + "/link/zadarma.mp3"}});
      });
    });
    on(router, get, "/2010-04-01/Accounts/{account}/Recordings/{recording}",
       [this](const Request& request) {
         const bool right = auth(request) == "Basic " + to_base64("AC1:twilio-token") &&
                            request.param("recording") == "RE7.mp3";
         return if_key(right, [this] { return moved("/link/twilio.mp3"); });
       });
    on(router, get, "/recordings/stored/{name}/file", [this](const Request& request) {
      return if_key(auth(request) == "Basic " + to_base64("ari:hush"),
                    [this] { return body("audio/wav"); });
    });
  }

  void add_messengers(http::Router& router) {
    const auto get = http::Method::kGet;
    on(router, get, "/bot42:AA/getFile", [](const Request&) -> Answered {
      return http::Response::json(
          200,
          json::object{{"ok", true}, {"result", json::object{{"file_path", "photos/file_1.jpg"}}}});
    });
    on(router, get, "/file/bot42:AA/photos/file_1.jpg",
       [this](const Request&) -> Answered { return body("application/octet-stream"); });
    on(router, get, "/medium/{id}", [this](const Request& request) {
      return if_key(auth(request) == "Bearer wa-token", [this] { return body("image/jpeg"); });
    });
    on(router, get, "/1037", [this](const Request& request) {
      return if_key(auth(request) == "Bearer wa-token", [this] {
        return http::Response::json(200,
                                    json::object{{"id", "1037"}, {"url", url() + "/medium/1037"}});
      });
    });
    on(router, get, "/v3/domains/mg/messages/key/attachments/{n}", [this](const Request& request) {
      return if_key(auth(request) == "Basic " + to_base64("api:mg-private"),
                    [this] { return body("application/pdf"); });
    });
  }

  std::unique_ptr<http::Server> server_;
};

}  // namespace dealog::e2e
