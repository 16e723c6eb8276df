// Mails to a mail server: SMTP through libcurl (RFC 5321), blocking, for workers.
#pragma once

#include <chrono>
#include <string>

#include "libs/outbound/mail_message.hpp"

namespace dealog::outbound {

class Interrupt;

enum class SmtpSecurity {
  kStartTls,  // refuses a server that does not offer it
  kTls,       // from the first byte, port 465
  kNone,      // tests, and a server on the same machine
};

struct SmtpServer {
  std::string host;
  int port = 587;
  SmtpSecurity security = SmtpSecurity::kStartTls;
  std::string user = {};  // empty: no login
  std::string password = {};
  std::string ca_file = {};  // PEM; empty: those of the system
  std::chrono::seconds connect_timeout{15};
  std::chrono::seconds answer_timeout{60};  // to one command
  std::chrono::seconds whole_timeout{120};
  // Raised, it ends an attempt within seconds as a server would that does not answer.
  const Interrupt* stop = nullptr;
};

// How an attempt ended. Whatever is not kSent or kUnknown was not delivered.
enum class MailOutcome {
  kSent,        // the server took it over
  kRefusedNow,  // a 4xx: it may be tried again
  kRefused,     // a 5xx, or the login: trying again changes nothing
  kNotSent,     // the server was not reached, or lost before it had the whole mail
  // The whole mail was on its way and no answer came: it may have been delivered. Sent again it has
  // the same Message-ID.
  kUnknown,
};

struct MailAttempt {
  MailOutcome outcome = MailOutcome::kNotSent;
  int reply_code = 0;  // the server's last one; 0: none
  std::string reason;  // in words, without addresses or texts of the mail
};

// One mail to all of its recipients, or to none of them: a recipient that the server refuses stops
// it before the text is sent. Errors: those of mail_bytes; kInvalid "invalid_server".
Result<MailAttempt> send_mail(const SmtpServer& server, const MailMessage& message);

}  // namespace dealog::outbound
