#include "tests/support/dovecot.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/dealog_process.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/usr/sbin/dovecot";
constexpr uid_t kNobody = 65534;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(socket, plain, size) != 0 || getsockname(socket, plain, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  close(socket);
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  auto address = loopback(port);
  const bool connected =
      connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(socket);
  return connected;
}

// An authority, and a certificate of 127.0.0.1 that it has signed.
void make_certificates(const fs::path& folder) {
  const auto at = [&](const char* name) { return (folder / name).string(); };
  std::ofstream(at("names")) << "subjectAltName=IP:127.0.0.1,DNS:localhost\n";
  const std::vector<std::vector<std::string>> commands{
      {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
       "-days", "2", "-subj", "/CN=Test authority", "-keyout", at("ca.key"), "-out", at("ca.pem")},
      {"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
       "/CN=localhost", "-keyout", at("server.key"), "-out", at("server.csr")},
      {"openssl", "x509", "-req", "-in", at("server.csr"), "-CA", at("ca.pem"), "-CAkey",
       at("ca.key"), "-set_serial", "1", "-days", "2", "-extfile", at("names"), "-out",
       at("server.pem")}};
  for (const auto& command : commands) {
    const auto made = run(command);
    if (made.exit_code != 0) throw std::runtime_error("openssl: " + made.errors);
  }
}

// Everything below belongs to whom the server runs as.
void give_away(const fs::path& folder) {
  if (geteuid() != 0) return;
  const auto give = [](const fs::path& path) {
    if (chown(path.c_str(), kNobody, kNobody) != 0) throw std::runtime_error("chown failed");
  };
  give(folder);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) give(entry.path());
}

[[noreturn]] void become_dovecot(const std::string& config) {
  setpgid(0, 0);
  if (geteuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) _exit(126);
  const int nowhere = open("/dev/null", O_RDWR);
  for (int stream = 0; stream < 3; ++stream) dup2(nowhere, stream);
  execl(kProgram, kProgram, "-F", "-c", config.c_str(), nullptr);
  _exit(127);
}

constexpr std::string_view kConfig = R"(
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login{mechanisms}
mail_location = maildir:{folder}/mail
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mailbox_idle_check_interval = 1 secs
imap_capability = {capability}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    special_use = \Sent
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
{passdb}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
)";

}  // namespace

Dovecot::Dovecot(Options options) : tls_port_(free_port()), plain_port_(free_port()) {
  for (const auto* name : {"run", "state", "home", "mail", "mail/new", "mail/cur", "mail/tmp"}) {
    fs::create_directories(folder_.path() / name);
  }
  make_certificates(folder_.path());
  write_config(options);
  start();
}

Dovecot::~Dovecot() { stop(); }

void Dovecot::write_config(const Options& options) const {
  const bool root = geteuid() == 0;
  const auto id = [&](auto own) { return root ? std::to_string(kNobody) : std::to_string(own); };
  const auto name = [](const std::string& command) {
    std::string words = run({"id", command}).output;
    return words.substr(0, words.find('\n'));
  };
  const std::string folder = folder_.path().string();
  const bool tokens = !options.token_check_url.empty();
  std::string passdb = fmt::format("  driver = static\n  args = password={}", kPassword);
  if (tokens) {
    passdb = fmt::format(
        "  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {}/oauth2", folder);
    std::ofstream(folder_.path() / "oauth2")
        << "introspection_mode = get\nintrospection_url = " << options.token_check_url
        << "\nusername_attribute = email\nactive_attribute = active\nactive_value = yes\n";
  }
  std::ofstream(folder_.path() / "dovecot.conf") << fmt::format(
      fmt::runtime(kConfig), fmt::arg("folder", folder),
      fmt::arg("mechanisms", tokens ? " xoauth2 oauthbearer" : ""),
      fmt::arg("user", root ? "nobody" : name("-un")),
      fmt::arg("group", root ? "nogroup" : name("-gn")),
      fmt::arg("capability", options.idle ? "" : "IMAP4rev1 UIDPLUS"),
      fmt::arg("plain_port", plain_port_), fmt::arg("tls_port", tls_port_),
      fmt::arg("passdb", passdb), fmt::arg("uid", id(getuid())), fmt::arg("gid", id(getgid())));
}

void Dovecot::start() {
  if (!fs::exists(kProgram)) {
    throw std::runtime_error("Dovecot is not installed: `deploy/dev setup` does it");
  }
  give_away(folder_.path());
  const std::string config = (folder_.path() / "dovecot.conf").string();
  pid_ = fork();
  if (pid_ == 0) become_dovecot(config);
  for (int i = 0; i < 200; ++i) {
    if (answers(tls_port_)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("Dovecot does not start: " + log());
}

void Dovecot::stop() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  // A process of one connection may outlive the master for a moment.
  ::kill(-pid_, SIGKILL);
  pid_ = -1;
}

std::string Dovecot::authority() const { return text_of(folder_.path() / "ca.pem"); }

std::string Dovecot::log() const { return text_of(folder_.path() / "dovecot.log"); }

fs::path Dovecot::maildir(const std::string& folder) const {
  return folder.empty() ? folder_.path() / "mail" : folder_.path() / "mail" / ("." + folder);
}

void Dovecot::deliver(std::string_view mail, const std::string& folder, std::int64_t age_seconds) {
  const fs::path home = maildir(folder);
  const bool fresh = !fs::exists(home);
  for (const auto* name : {"new", "cur", "tmp"}) fs::create_directories(home / name);
  if (fresh) give_away(home);
  const std::string name = fmt::format("{}.{}.test", 1'700'000'000 + ++mails_, mails_);
  std::ofstream(home / "tmp" / name) << mail;
  if (age_seconds > 0) {
    const auto then = fs::file_time_type::clock::now() - std::chrono::seconds(age_seconds);
    fs::last_write_time(home / "tmp" / name, then);
  }
  const bool root = geteuid() == 0;
  if (root && chown((home / "tmp" / name).c_str(), kNobody, kNobody) != 0) {
    throw std::runtime_error("chown failed");
  }
  fs::rename(home / "tmp" / name, home / "new" / name);
}

void Dovecot::number_anew(std::uint32_t uid_validity) {
  const fs::path list = folder_.path() / "mail" / "dovecot-uidlist";
  std::istringstream in(text_of(list));
  std::string first, rest, line;
  std::getline(in, first);
  // "3 V1700000000 N5 G…": the format, UIDVALIDITY, the next UID.
  first = fmt::format("3 V{} {}", uid_validity, first.substr(first.find(" N") + 1));
  while (std::getline(in, line)) rest += line + "\n";
  std::ofstream(list) << first << "\n" << rest;
  for (const auto& entry : fs::directory_iterator(folder_.path() / "mail")) {
    if (entry.path().filename().string().starts_with("dovecot.index")) fs::remove(entry.path());
  }
}

}  // namespace dealog::e2e
