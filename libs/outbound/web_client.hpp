// Requests to other people's servers: providers that are asked, webhooks that are called. libcurl
// inside; redirects are not followed, proxies of the environment not used.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::outbound {

class Interrupt;

enum class Reach {
  kPublic,  // https only, public addresses only
  kAny,     // http and private addresses as well: tests, and servers in the same network
};

inline constexpr std::size_t kAnswerBytes = 8 * 1024 * 1024;
inline constexpr std::chrono::seconds kConnectTimeout{10};
inline constexpr std::chrono::seconds kAnswerTimeout{30};

struct WebRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::size_t answer_bytes = kAnswerBytes;
  std::chrono::seconds answer_timeout = kAnswerTimeout;
  // Raised, it ends the request within seconds as "timeout".
  const Interrupt* stop = nullptr;
};

struct WebAnswer {
  int status = 0;
  std::string content_type;
  std::optional<std::chrono::seconds> retry_after;  // when it is given in seconds
  std::string location = {};                        // of a redirect: the whole address it names
  std::string body;
};

// Keeps connections open between requests. Thread: one at a time.
class WebClient {
 public:
  explicit WebClient(Reach reach = Reach::kPublic);
  ~WebClient();
  WebClient(const WebClient&) = delete;
  WebClient& operator=(const WebClient&) = delete;

  // Any status is an answer. Errors: kInvalid "invalid_url"; kUnavailable "address_refused" (not
  // reachable by `reach`), "connection_failed", "timeout", "tls_failed", "answer_too_large". None
  // of them quotes the URL or a header: both may hold keys.
  Result<WebAnswer> send(const WebRequest& request);
  // Whether anything of the last request went out: then the server may have acted on it, also when
  // no answer came.
  bool went_out() const { return went_out_; }

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  Reach reach_;
  bool went_out_ = false;
};

}  // namespace dealog::outbound
