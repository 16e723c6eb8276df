// A real Dovecot with mailboxes of its own in a folder of the test: IMAP on a free port of
// 127.0.0.1, TLS with a certificate that a test's own authority has signed. It runs as a user
// without rights. Needs the package dovecot-imapd.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {

// Errors: std::runtime_error with the server's log. Thread: one at a time.
class Dovecot {
 public:
  static constexpr std::string_view kPassword = "correct-horse";

  struct Options {
    // Where Dovecot asks whether an access token is good; empty: passwords only.
    std::string token_check_url = {};
    bool idle = true;
  };
  Dovecot() : Dovecot(Options{}) {}
  explicit Dovecot(Options options);
  ~Dovecot();
  Dovecot(const Dovecot&) = delete;
  Dovecot& operator=(const Dovecot&) = delete;

  void start();
  void stop();

  std::uint16_t tls_port() const { return tls_port_; }
  std::uint16_t plain_port() const { return plain_port_; }
  // The certificate to be trusted, in PEM.
  std::string authority() const;

  // Lays a mail into a folder ("": INBOX) as a mail server does: whole or not at all. `age` is how
  // long ago it arrived.
  void deliver(std::string_view mail, const std::string& folder = "", std::int64_t age_seconds = 0);
  // Numbers all mails anew, as after a restore of the server. Only while it is stopped.
  void number_anew(std::uint32_t uid_validity);
  std::string log() const;

 private:
  std::filesystem::path maildir(const std::string& folder) const;
  void write_config(const Options& options) const;

  testing_support::TempFolder folder_;
  std::uint16_t tls_port_ = 0;
  std::uint16_t plain_port_ = 0;
  std::uint64_t mails_ = 0;
  pid_t pid_ = -1;
};

}  // namespace dealog::e2e
