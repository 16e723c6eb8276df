// Dealog's HTTP API as a test sees it: JSON in and out, one token, reads that know what was
// written before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "libs/http/client.hpp"

namespace dealog::e2e {

namespace json = boost::json;

struct Answer {
  std::string request;  // method and target, for messages
  int status = 0;
  http::Headers headers;
  std::string text;
  json::value body;  // null when the text is no JSON

  std::uint64_t position() const;  // Dealog-Position; 0 when there is none
  std::string etag() const { return std::string(headers.get("ETag")); }
  // By JSON pointer: throws std::runtime_error with the whole answer when it is not there.
  const json::value& at(std::string_view pointer) const;
  std::string str(std::string_view pointer) const;
  std::int64_t number(std::string_view pointer) const;
  const json::array& items(std::string_view pointer = "/items") const;
  std::string shown() const;  // for messages: request, status, text
};

// Throws std::runtime_error with the answer shown unless it has that status.
Answer must(Answer answer, int status);
// Checks by EXPECT_…: problem+json with all members, its status and its code.
void expect_problem(const Answer& answer, int status, std::string_view code);
// `unmet` of a refusal or of an option: the criteria's codes.
std::vector<std::string> criteria(const json::value& unmet);
// One text of a JSON value by pointer, and whether there is something there.
std::string str(const json::value& value, std::string_view pointer);
bool has(const json::value& value, std::string_view pointer);

// Remembers the highest position that it was answered, also for hooks, so that read() sees what
// was written through it. One kept connection. Thread: one at a time.
class ApiClient {
 public:
  ApiClient(std::uint16_t port, std::string token);

  // After a restart of the server: another port, the same knowledge.
  void move_to(std::uint16_t port);
  std::uint64_t seen() const { return seen_; }
  http::Client& http() { return *client_; }

  Answer request(std::string_view method, std::string_view target, std::string_view body,
                 http::ClientHeaders headers = {});
  Answer send(std::string_view method, std::string_view target, const json::value& body,
              http::ClientHeaders headers = {});
  Answer post(std::string_view target, const json::value& body = json::object(),
              http::ClientHeaders headers = {}) {
    return send("POST", target, body, std::move(headers));
  }
  Answer patch(std::string_view target, const json::value& body, http::ClientHeaders headers = {}) {
    return send("PATCH", target, body, std::move(headers));
  }
  Answer put(std::string_view target, const json::value& body) { return send("PUT", target, body); }
  Answer del(std::string_view target) { return request("DELETE", target, ""); }
  Answer get(std::string_view target, http::ClientHeaders headers = {}) {
    return request("GET", target, "", std::move(headers));
  }
  // GET with min_position of what was seen and settled=true; a 200 or it throws.
  Answer read(std::string_view target);
  // read() again and again until there are so many items, for what the service does by itself;
  // throws after 20 s.
  Answer read_until(std::string_view target, std::size_t items);
  // A delivery as its provider sends it: no token.
  Answer deliver(std::string_view hook_url, std::string_view content_type, std::string_view body,
                 http::ClientHeaders headers = {});

  std::uint64_t head();  // position of GET /v1/log/head

 private:
  Answer answered(std::string request, Result<http::ClientResponse> response);

  std::string token_;
  std::optional<http::Client> client_;
  std::uint64_t seen_ = 0;
};

// "name=value&…", percent-encoded.
std::string form_encoded(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace dealog::e2e
