// One request as a handler sees it: read whole, within limits, path and query decoded.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/http/headers.hpp"
#include "libs/http/language.hpp"

namespace dealog::http {

// kOther is a method that no route takes.
enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

// "GET"; "OTHER" for kOther.
std::string_view method_name(Method method);
// Methods are case-sensitive (RFC 9110, 9.1).
Method parse_method(std::string_view name);

// Decoded query parameters in the order they came; a name may be there several times.
class Query {
 public:
  void add(std::string name, std::string value) {
    items_.emplace_back(std::move(name), std::move(value));
  }
  // The first value of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }
  bool empty() const { return items_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

struct Request {
  Method method = Method::kGet;  // HEAD reaches a GET handler as kHead
  std::string target;            // as sent: "/v1/deals/deal_0190?x=%20"
  std::string path;              // decoded, without the query; checked (see target.hpp)
  Query query;
  Headers headers;
  std::string body;            // at most the route's limit
  std::string remote_address;  // of the peer: "10.0.0.7"
  std::string client_address;  // the peer's, or X-Forwarded-For's when the peer is a trusted proxy
  std::string request_id;      // X-Request-Id when well-formed, else made here
  std::string_view route;      // the pattern that matched; lives as long as the server
  std::vector<std::pair<std::string_view, std::string>>
      params;  // name in the pattern, decoded value
  // By when the handler should have answered; waits inside it are cut to this.
  std::chrono::steady_clock::time_point deadline{};
  bool tls = false;

  // Value of "{name}" of the pattern. A name that the pattern lacks is a bug and aborts.
  std::string_view param(std::string_view name) const;
  std::string_view header(std::string_view name) const { return headers.get(name); }
  std::optional<std::string_view> query_value(std::string_view name) const {
    return query.find(name);
  }
  // The query as sent, without "?"; for signatures over it.
  std::string_view raw_query() const;
  Language language() const { return preferred_language(headers.get("Accept-Language")); }
};

}  // namespace dealog::http
