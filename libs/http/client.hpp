// A small blocking HTTP/1.1 client over plain TCP: tests, the tour of the README, the load
// generator. For what Dealog sends to others, connectors have libcurl.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/http/chunk_decoder.hpp"
#include "libs/http/headers.hpp"

namespace dealog::http {

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;

  std::string_view header(std::string_view name) const { return headers.get(name); }
};

using ClientHeaders = std::vector<std::pair<std::string, std::string>>;

// One kept-alive connection, opened when needed and again after it was closed.
// Thread: one at a time.
class Client {
 public:
  // `timeout` bounds each wait for the network.
  Client(std::string address, std::uint16_t port,
         std::chrono::milliseconds timeout = std::chrono::seconds(10));
  ~Client();
  Client(Client&&) noexcept;

  // Sent with every request, e.g. {"Authorization", "Bearer …"}.
  void always(std::string name, std::string value);

  // Sends and reads the whole answer; Content-Length is added. A kept connection that the server
  // closed before answering is opened once more, for a GET or HEAD only.
  // Errors: kUnavailable "connection_failed" | "connection_closed" | "timeout", kInvalid
  // "invalid_response".
  Result<ClientResponse> request(std::string_view method, std::string_view target,
                                 std::string_view body = "", const ClientHeaders& headers = {});
  Result<ClientResponse> get(std::string_view target, const ClientHeaders& headers = {}) {
    return request("GET", target, "", headers);
  }
  // With Content-Type: application/json.
  Result<ClientResponse> post_json(std::string_view target, std::string_view body,
                                   ClientHeaders headers = {});

  // Raw bytes, for bad input and pipelining.
  Result<void> send(std::string_view bytes);
  // The next answer; `head_only` after HEAD. 100 Continue is an answer of its own.
  Result<ClientResponse> receive(bool head_only = false);
  // Sends a request and reads only the head of its answer; read_piece() reads on.
  Result<ClientResponse> open_stream(std::string_view method, std::string_view target,
                                     const ClientHeaders& headers = {});
  // The next bytes of a streamed body, decoded; nothing at its end.
  Result<std::optional<std::string>> read_piece();
  // Whether the server closes without sending more, within the timeout.
  bool closed_by_server();
  void close();
  bool is_open() const { return socket_ >= 0; }
  // Opens the connection when it is not.
  Result<void> connect();

 private:
  std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                           const ClientHeaders& headers) const;
  Result<std::size_t> read_more();  // 0 at the end of the stream
  Result<void> read_head(bool head_only);
  Result<bool> take_body();

  std::string address_;
  std::uint16_t port_;
  std::chrono::milliseconds timeout_;
  ClientHeaders always_;
  int socket_ = -1;
  std::string input_;  // read and not parsed
  // Of the answer that is being read.
  ClientResponse response_;
  bool keep_alive_ = false;
  std::optional<ChunkDecoder> chunks_;
  std::uint64_t left_ = 0;  // of a body that is not chunked; UINT64_MAX: until the end
};

}  // namespace dealog::http
