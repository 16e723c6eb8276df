// The TLS settings of a server.
#pragma once

#include <memory>

#include "libs/base/result.hpp"
#include "libs/http/server.hpp"

namespace boost::asio::ssl {
class context;
}

namespace dealog::http {

// TLS 1.2 and 1.3, forward-secret suites with authenticated encryption, ALPN "http/1.1".
// Errors: kInvalid "invalid_tls_files" naming the file and what OpenSSL says.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsFiles& files);

}  // namespace dealog::http
