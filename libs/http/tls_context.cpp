#include "libs/http/tls_context.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <openssl/ssl.h>

namespace dealog::http {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

std::unexpected<Error> refused(const std::string& file, const error_code& error) {
  return fail(ErrorKind::kInvalid, "invalid_tls_files",
              "cannot use the TLS file " + file + ": " + error.message());
}

// RFC 7301. A client that offers only h2 gets no protocol back and may still speak HTTP/1.1.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_tls_context(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) return refused(files.certificate, error);
  context->use_private_key_file(files.private_key, ssl::context::pem, error);
  if (error) return refused(files.private_key, error);
  if (SSL_CTX_check_private_key(native) != 1) {
    return fail(ErrorKind::kInvalid, "invalid_tls_files",
                "the key in " + files.private_key + " does not belong to the certificate in " +
                    files.certificate);
  }
  return context;
}

}  // namespace dealog::http
