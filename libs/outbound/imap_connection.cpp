#include "libs/outbound/imap_connection.hpp"

#include <array>

#include <fmt/format.h>
#include <poll.h>

#include "libs/base/clock.hpp"
#include "libs/base/text.hpp"
#include "libs/outbound/curl_parts.hpp"

namespace dealog::outbound {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPieceBytes = 16 << 10;
constexpr milliseconds kSendTimeout{30'000};
// TCP, TLS and the login together.
constexpr long kOpenTimeoutS = 40;

std::unexpected<Error> unavailable(const char* code, const char* words) {
  return fail(ErrorKind::kUnavailable, code, words);
}

std::unexpected<Error> stopped() { return unavailable("stopped", "the waiting was ended"); }

// What opening collects; libcurl's callbacks get a pointer to it.
struct Opening {
  AddressCheck address;
  const Interrupt& stop;
  bool wants_app_password = false;
};

// The server's lines. Their words may hold the address of the user, so only a known one is kept.
std::size_t take_line(char* bytes, std::size_t, std::size_t size, void* context) {
  const std::string line = to_lower_ascii(std::string_view(bytes, size));
  if (line.contains("application-specific password") || line.contains("application password") ||
      line.contains("app password")) {
    static_cast<Opening*>(context)->wants_app_password = true;
  }
  return size;
}

int watch(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Opening*>(context)->stop.raised() ? 1 : 0;
}

std::unexpected<Error> failure_of(CURLcode code, const Opening& opening) {
  if (opening.stop.raised()) return stopped();
  if (opening.address.refused) {
    return unavailable("address_refused", "the address of the server is not a public one");
  }
  switch (code) {
    case CURLE_LOGIN_DENIED:
      return opening.wants_app_password
                 ? unavailable("app_password_required",
                               "the server wants a password made for applications")
                 : unavailable("login_refused", "the server refuses the user or the password");
    case CURLE_COULDNT_RESOLVE_HOST:
      return unavailable("server_not_found", "there is no server of that name");
    case CURLE_OPERATION_TIMEDOUT:
      return unavailable("timeout", "the server did not answer in time");
    case CURLE_PEER_FAILED_VERIFICATION:
      return unavailable("certificate_untrusted", "nobody we trust has signed the certificate");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
      return unavailable("tls_failed", "no TLS connection came to be");
    default:
      return unavailable("connection_failed", "the server could not be reached");
  }
}

// Host names and addresses only: nothing that would be another part of a URL.
bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 &&
         host.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             ".-_:") == host.npos;
}

std::string url_of(const ImapServer& server) {
  const bool tls = server.security == ImapServer::Security::kTls;
  const bool v6 = server.host.contains(':');
  return fmt::format("{}://{}{}{}:{}/", tls ? "imaps" : "imap", v6 ? "[" : "", server.host,
                     v6 ? "]" : "", server.port);
}

void set_login(CURL* curl, const ImapServer& server) {
  curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
  if (server.access_token.empty()) {
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
    // Kerberos would be tried first for a user with a domain.
    curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
  } else {
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, server.access_token.c_str());
    curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2;AUTH=OAUTHBEARER");
  }
}

void set_security(CURL* curl, const ImapServer& server) {
  if (server.security == ImapServer::Security::kStartTls) {
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  }
  if (server.authority.empty()) return;
  curl_blob authority{.data = const_cast<char*>(server.authority.data()),
                      .len = server.authority.size(),
                      .flags = CURL_BLOB_COPY};
  curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &authority);
}

}  // namespace

struct ImapConnection::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

ImapConnection::ImapConnection(std::unique_ptr<Handle> handle, int socket, const Interrupt& stop)
    : handle_(std::move(handle)), socket_(socket), stop_(stop) {}

ImapConnection::~ImapConnection() = default;

Result<std::unique_ptr<ImapConnection>> ImapConnection::open(const ImapServer& server, Reach reach,
                                                             const Interrupt& stop) {
  if (!is_host(server.host) || server.port < 1 || server.port > 65535 || server.user.empty()) {
    return fail(ErrorKind::kInvalid, "invalid_server", "host, port or user are not any");
  }
  if (server.security == ImapServer::Security::kNone && reach != Reach::kAny) {
    return unavailable("plain_refused", "without TLS only servers in the same network are read");
  }
  prepare_curl();
  auto handle = std::make_unique<Handle>();
  CURL* curl = handle->curl;
  Opening opening{.address = {.reach = reach}, .stop = stop};
  const std::string url = url_of(server);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
  curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kOpenTimeoutS);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kOpenTimeoutS);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &open_checked_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &opening.address);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_line);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &opening);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &watch);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &opening);
  set_security(curl, server);
  set_login(curl, server);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return failure_of(code, opening);
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket);
  if (socket == CURL_SOCKET_BAD) return failure_of(CURLE_COULDNT_CONNECT, opening);
  // Nothing of this stack frame is called from here on.
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, nullptr);
  return std::unique_ptr<ImapConnection>(new ImapConnection(std::move(handle), socket, stop));
}

Result<void> ImapConnection::send(std::string_view bytes) {
  const auto until = steady_now() + kSendTimeout;
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(handle_->curl, bytes.data(), bytes.size(), &sent);
    bytes.remove_prefix(sent);
    if (code == CURLE_OK) continue;
    if (code != CURLE_AGAIN) return unavailable("connection_lost", "the connection has ended");
    if (steady_now() > until) return unavailable("timeout", "the server takes nothing in");
    if (!wait_for_socket(socket_, POLLOUT, milliseconds(1000), stop_)) return stopped();
  }
  return {};
}

Result<std::string> ImapConnection::receive(milliseconds within) {
  std::array<char, kPieceBytes> piece;
  const auto until = steady_now() + within;
  for (;;) {
    if (stop_.raised()) return stopped();
    std::size_t size = 0;
    const CURLcode code = curl_easy_recv(handle_->curl, piece.data(), piece.size(), &size);
    if (code == CURLE_OK && size > 0) return std::string(piece.data(), size);
    if (code != CURLE_AGAIN) return unavailable("connection_lost", "the connection has ended");
    const auto left = std::chrono::ceil<milliseconds>(until - steady_now());
    if (left.count() <= 0) return std::string();
    wait_for_socket(socket_, POLLIN, left, stop_);
  }
}

}  // namespace dealog::outbound
