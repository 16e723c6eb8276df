#include "libs/outbound/smtp_client.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <sys/socket.h>

#include "libs/outbound/curl_parts.hpp"

namespace dealog::outbound {
namespace {

struct EasyCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What libcurl reads from. `handed_over`: it has asked for more than there is, so the server may
// have the whole mail.
struct Body {
  std::string bytes;
  std::size_t at = 0;
  bool handed_over = false;
};

std::size_t give_body(char* out, std::size_t size, std::size_t count, void* context) {
  auto& body = *static_cast<Body*>(context);
  const std::size_t part = std::min(size * count, body.bytes.size() - body.at);
  if (part == 0) {
    body.handed_over = true;
    return 0;
  }
  std::memcpy(out, body.bytes.data() + body.at, part);
  body.at += part;
  return part;
}

std::size_t drop_answer(char*, std::size_t size, std::size_t count, void*) { return size * count; }

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  });
}

std::string bracketed(const std::string& text) { return "<" + text + ">"; }

void set_server(CURL* curl, const SmtpServer& server) {
  const bool tls = server.security == SmtpSecurity::kTls;
  const std::string url =
      fmt::format("{}://{}:{}", tls ? "smtps" : "smtp", server.host, server.port);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(
      curl, CURLOPT_USE_SSL,
      static_cast<long>(server.security == SmtpSecurity::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!server.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, server.ca_file.c_str());
  }
  if (!server.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(server.connect_timeout.count() * 1000));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(server.whole_timeout.count() * 1000));
  // Of the answer to each command, QUIT included, which is sent after the time above.
  curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                   static_cast<long>(server.answer_timeout.count()));
}

MailAttempt attempt_of(CURLcode code, long reply, const Body& body) {
  MailAttempt attempt{.outcome = MailOutcome::kNotSent,
                      .reply_code = static_cast<int>(reply),
                      .reason = curl_easy_strerror(code)};
  if (code == CURLE_OK) {
    attempt.outcome = MailOutcome::kSent;
    attempt.reason = "accepted";
  } else if (code == CURLE_LOGIN_DENIED) {
    attempt.outcome =
        reply >= 400 && reply < 500 ? MailOutcome::kRefusedNow : MailOutcome::kRefused;
  } else if (reply >= 500) {
    attempt.outcome = MailOutcome::kRefused;
  } else if (reply >= 400) {
    attempt.outcome = MailOutcome::kRefusedNow;
  } else if (body.handed_over) {
    attempt.outcome = MailOutcome::kUnknown;
  }
  if (reply >= 400) attempt.reason = fmt::format("the server answered {}", reply);
  return attempt;
}

// libcurl would still say QUIT, and wait for the answer of a server that does not answer.
void end_connection(CURL* curl) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK) return;
  if (socket != CURL_SOCKET_BAD) shutdown(socket, SHUT_RDWR);
}

}  // namespace

Result<MailAttempt> send_mail(const SmtpServer& server, const MailMessage& message) {
  if (!is_host(server.host) || server.port < 1 || server.port > 65535) {
    return fail(ErrorKind::kInvalid, "invalid_server", "the mail server's address is not one");
  }
  Body body{.bytes = TRY(mail_bytes(message))};
  prepare_curl();
  const std::unique_ptr<CURL, EasyCleanup> curl(curl_easy_init());
  if (!curl) return fail(ErrorKind::kInternal, "curl_failed", "libcurl could not be started");
  set_server(curl.get(), server);
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, bracketed(message.from.address).c_str());
  std::unique_ptr<curl_slist, ListFree> recipients;
  for (const Mailbox& to : message.to) {
    // The list keeps its head, so the pointer that owns it stays the same after the first.
    curl_slist* grown = curl_slist_append(recipients.get(), bracketed(to.address).c_str());
    if (!recipients) recipients.reset(grown);
  }
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, &give_body);
  curl_easy_setopt(curl.get(), CURLOPT_READDATA, &body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &drop_answer);
  StopWatch stop(server.stop);
  stop.watch(curl.get());
  const CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_ABORTED_BY_CALLBACK) end_connection(curl.get());
  long reply = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply);
  return attempt_of(code, reply, body);
}

}  // namespace dealog::outbound
