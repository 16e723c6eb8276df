#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/http/connection.hpp"

namespace dealog::http {
namespace {

namespace asio = boost::asio;

class TcpConnection final : public Connection {
 public:
  explicit TcpConnection(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;  // a broken socket shows itself at the first read
    socket_.non_blocking(true, ignored);
  }

  asio::awaitable<void> handshake(error_code&) override { co_return; }

  asio::awaitable<std::size_t> read_some(std::span<char> into, error_code& error) override {
    return socket_.async_read_some(asio::buffer(into.data(), into.size()),
                                   asio::redirect_error(asio::use_awaitable, error));
  }

  std::size_t write_now(std::string_view first, std::string_view second,
                        error_code& error) override {
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(first), asio::buffer(second)};
    const std::size_t sent = socket_.write_some(buffers, error);
    if (error == asio::error::would_block) error.clear();
    return sent;
  }

  asio::awaitable<std::size_t> write_some(std::string_view data, error_code& error) override {
    return socket_.async_write_some(asio::buffer(data),
                                    asio::redirect_error(asio::use_awaitable, error));
  }

  asio::awaitable<void> shutdown_send(error_code& error) override {
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    co_return;
  }

  void cancel() override {
    error_code ignored;
    socket_.cancel(ignored);
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  asio::ip::tcp::socket socket_;
};

}  // namespace

std::unique_ptr<Connection> tcp_connection(asio::ip::tcp::socket socket) {
  return std::make_unique<TcpConnection>(std::move(socket));
}

}  // namespace dealog::http
