// A connection to a mail server, logged in: libcurl connects, checks the certificate, starts TLS
// and authenticates; IMAP itself is spoken over it by imap/session.hpp.
#pragma once

#include <memory>
#include <string>

#include "libs/outbound/byte_stream.hpp"
#include "libs/outbound/interrupt.hpp"
#include "libs/outbound/web_client.hpp"

namespace dealog::outbound {

struct ImapServer {
  enum class Security {
    kTls,       // from the first byte, port 993
    kStartTls,  // before anything is said, port 143
    kNone,      // only where private addresses may be called
  };
  std::string host;
  int port = 993;
  Security security = Security::kTls;
  std::string user;
  std::string password;      // or
  std::string access_token;  // of OAuth 2: XOAUTH2, OAUTHBEARER
  std::string authority;     // PEM of who signs its certificate, where that is nobody public
};

// Thread: one at a time.
class ImapConnection final : public ByteStream {
 public:
  // Errors: kInvalid "invalid_server"; kUnavailable "address_refused" (not reachable by `reach`),
  // "plain_refused" (kNone without Reach::kAny), "server_not_found", "connection_failed",
  // "timeout", "certificate_untrusted", "tls_failed", "login_refused", "app_password_required" (the
  // server says so), "stopped". None of them quotes the user, the password or the server's words.
  static Result<std::unique_ptr<ImapConnection>> open(const ImapServer& server, Reach reach,
                                                      const Interrupt& stop);
  ~ImapConnection() override;

  Result<void> send(std::string_view bytes) override;
  Result<std::string> receive(std::chrono::milliseconds within) override;

 private:
  struct Handle;
  ImapConnection(std::unique_ptr<Handle> handle, int socket, const Interrupt& stop);

  std::unique_ptr<Handle> handle_;
  int socket_;
  const Interrupt& stop_;
};

}  // namespace dealog::outbound
