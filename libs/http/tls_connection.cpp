#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/http/connection.hpp"

namespace dealog::http {
namespace {

namespace asio = boost::asio;

class TlsConnection final : public Connection {
 public:
  TlsConnection(asio::ip::tcp::socket socket, asio::ssl::context& context)
      : stream_(std::move(socket), context) {}

  asio::awaitable<void> handshake(error_code& error) override {
    return stream_.async_handshake(asio::ssl::stream_base::server,
                                   asio::redirect_error(asio::use_awaitable, error));
  }

  asio::awaitable<std::size_t> read_some(std::span<char> into, error_code& error) override {
    return stream_.async_read_some(asio::buffer(into.data(), into.size()),
                                   asio::redirect_error(asio::use_awaitable, error));
  }

  std::size_t write_now(std::string_view, std::string_view, error_code&) override { return 0; }

  asio::awaitable<std::size_t> write_some(std::string_view data, error_code& error) override {
    return stream_.async_write_some(asio::buffer(data),
                                    asio::redirect_error(asio::use_awaitable, error));
  }

  asio::awaitable<void> shutdown_send(error_code& error) override {
    return stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
  }

  void cancel() override {
    error_code ignored;
    stream_.next_layer().cancel(ignored);
  }

  void close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

 private:
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<Connection> tls_connection(asio::ip::tcp::socket socket,
                                           asio::ssl::context& context) {
  return std::make_unique<TlsConnection>(std::move(socket), context);
}

}  // namespace dealog::http
