// One accepted byte stream, TCP or TLS. Virtual instead of a template, so that the session and all
// its coroutines are compiled once.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

namespace boost::asio::ssl {
class context;
}

namespace dealog::http {

// Thread: the one of the socket's event loop.
class Connection {
 public:
  using error_code = boost::system::error_code;

  virtual ~Connection() = default;
  virtual boost::asio::awaitable<void> handshake(error_code& error) = 0;
  virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> into,
                                                        error_code& error) = 0;
  // What can be sent at once without waiting; 0 when nothing can, which is no error.
  virtual std::size_t write_now(std::string_view first, std::string_view second,
                                error_code& error) = 0;
  // Waits until some of the bytes are sent. `data` is not empty.
  virtual boost::asio::awaitable<std::size_t> write_some(std::string_view data,
                                                         error_code& error) = 0;
  // Says that nothing more will be sent.
  virtual boost::asio::awaitable<void> shutdown_send(error_code& error) = 0;
  // Pending operations end with operation_aborted.
  virtual void cancel() = 0;
  virtual void close() = 0;
};

std::unique_ptr<Connection> tcp_connection(boost::asio::ip::tcp::socket socket);
std::unique_ptr<Connection> tls_connection(boost::asio::ip::tcp::socket socket,
                                           boost::asio::ssl::context& context);

}  // namespace dealog::http
