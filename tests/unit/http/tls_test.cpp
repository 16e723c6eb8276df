// TLS with a certificate that the test makes for itself.
#include <cstdio>
#include <filesystem>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tests/unit/http/server_fixture.hpp"

namespace dealog::http {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

// A key and a self-signed certificate for it, as PEM files.
void make_certificate(const fs::path& certificate, const fs::path& key) {
  EVP_PKEY* pair = EVP_EC_gen("P-256");
  X509* made = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  X509_set_pubkey(made, pair);
  X509_NAME* name = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(made, name);
  ASSERT_GT(X509_sign(made, pair, EVP_sha256()), 0);
  FILE* file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(file, made);
  std::fclose(file);
  file = std::fopen(key.c_str(), "w");
  PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(made);
  EVP_PKEY_free(pair);
}

class Tls : public ServerTest {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "dealog-tls-XXXXXX").string();
    ASSERT_TRUE(mkdtemp(pattern.data()));
    folder = pattern;
    make_certificate(folder / "cert.pem", folder / "key.pem");
    make_certificate(folder / "other.pem", folder / "other-key.pem");
    ServerOptions options;
    options.tls = TlsFiles{folder / "cert.pem", folder / "key.pem"};
    options.limits.headers_within = 500ms;
    start(std::move(options));
  }
  void TearDown() override {
    server.reset();
    fs::remove_all(folder);
  }

  using Stream = asio::ssl::stream<asio::ip::tcp::socket>;

  // A client of the given protocol range; its handshake's result.
  boost::system::error_code connect(Stream& stream) const {
    boost::system::error_code error;
    stream.next_layer().connect({asio::ip::address_v4::loopback(), server->port()}, error);
    stream.handshake(asio::ssl::stream_base::client, error);
    return error;
  }
  static asio::ssl::context context(int min, int max) {
    asio::ssl::context made(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(made.native_handle(), min);
    SSL_CTX_set_max_proto_version(made.native_handle(), max);
    return made;
  }
  static std::string exchange(Stream& stream, const std::string& request) {
    asio::write(stream, asio::buffer(request));
    std::string answer;
    boost::system::error_code error;
    asio::read(stream, asio::dynamic_buffer(answer), error);
    return answer;
  }

  fs::path folder;
  asio::io_context loop;
};

TEST_F(Tls, AnswersOverTls13AndTls12) {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    auto settings = context(version, version);
    Stream stream(loop, settings);
    ASSERT_FALSE(connect(stream));
    const auto answer =
        exchange(stream, "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("Strict-Transport-Security"), std::string::npos);
  }
  EXPECT_TRUE(server->url().starts_with("https://"));
}

TEST_F(Tls, CarriesLargeBodiesBothWays) {
  auto settings = context(TLS1_2_VERSION, TLS1_3_VERSION);
  Stream stream(loop, settings);
  ASSERT_FALSE(connect(stream));
  const std::string body(1'000'000, 'b');
  const auto answer = exchange(
      stream,
      "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n" +
          body);
  EXPECT_TRUE(answer.ends_with(body));
}

TEST_F(Tls, RefusesOldProtocols) {
  auto settings = context(TLS1_VERSION, TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(settings.native_handle(), "ALL:@SECLEVEL=0");
  Stream stream(loop, settings);
  EXPECT_TRUE(connect(stream));
}

TEST_F(Tls, ChoosesHttp11ByAlpn) {
  auto settings = context(TLS1_2_VERSION, TLS1_3_VERSION);
  static constexpr unsigned char kOffered[] = "\x02h2\x08http/1.1";
  Stream stream(loop, settings);
  SSL_set_alpn_protos(stream.native_handle(), kOffered, sizeof kOffered - 1);
  ASSERT_FALSE(connect(stream));
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(stream.native_handle(), &chosen, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
}

TEST_F(Tls, LetsGoOfClientsThatNeverShakeHands) {
  Client silent = client();
  ASSERT_TRUE(silent.connect());
  EXPECT_TRUE(silent.closed_by_server());
  Client plain = client();
  ASSERT_TRUE(plain.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_FALSE(plain.receive());
}

TEST_F(Tls, SaysWhichFileIsWrong) {
  const auto start_with = [&](const char* certificate, const char* key) {
    return Server::start({.port = 0, .tls = TlsFiles{folder / certificate, folder / key}}, Router())
        .error();
  };
  EXPECT_NE(start_with("none.pem", "key.pem").message.find("none.pem"), std::string::npos);
  EXPECT_NE(start_with("cert.pem", "none.pem").message.find("none.pem"), std::string::npos);
  EXPECT_EQ(start_with("cert.pem", "other-key.pem").code, "invalid_tls_files");
}

}  // namespace
}  // namespace dealog::http
