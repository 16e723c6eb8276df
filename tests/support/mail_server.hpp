// A real mail server (aiosmtpd, Debian's python3-aiosmtpd) as a child process, which behaves as a
// test asks for: see tests/unit/outbound/smtp_server.py for its modes.
#pragma once

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"

namespace dealog::testing_support {

// Ends with the object. Errors: std::runtime_error when the package is missing. Thread: one.
class MailServer {
 public:
  explicit MailServer(const std::string& mode)
      : folder_(std::filesystem::temp_directory_path() / ("smtp-" + to_hex(random_bytes(8)))) {
    std::filesystem::create_directories(folder_);
    if (mode == "starttls" || mode == "login" || mode == "tls") make_certificate();
    start(mode);
  }
  ~MailServer() {
    if (input_ >= 0) close(input_);
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  int port() const { return port_; }
  std::string ca_file() const { return (folder_ / "cert.pem").string(); }
  // The mails that it was given, counted from 1; empty: there is none such.
  std::string received(int number = 1) const { return file(std::to_string(number) + ".eml"); }
  // Of the first one: sender and recipients, with spaces between.
  std::string envelope() const { return file("1.envelope"); }

 private:
  std::string file(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }

  void make_certificate() const {
    const std::string at = folder_.string();
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=localhost "
        "-addext subjectAltName=DNS:localhost -keyout " +
        at + "/key.pem -out " + at + "/cert.pem 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl failed");
  }

  void start(const std::string& mode) {
    const char* source = std::getenv("DEALOG_SOURCE_DIR");
    const std::string script =
        std::string(source != nullptr ? source : ".") + "/tests/unit/outbound/smtp_server.py";
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) throw std::runtime_error("no pipes are left");
    child_ = fork();
    if (child_ == 0) {
      dup2(in[0], 0);
      dup2(out[1], 1);
      for (const int end : {in[0], in[1], out[0], out[1]}) close(end);
      // Debian's own, which has the package.
      execl("/usr/bin/python3", "python3", script.c_str(), folder_.c_str(), mode.c_str(), nullptr);
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    input_ = in[1];
    std::FILE* told = fdopen(out[0], "r");
    const bool started = std::fscanf(told, "%d", &port_) == 1;
    std::fclose(told);
    if (!started) throw std::runtime_error("the package python3-aiosmtpd is missing");
  }

  std::filesystem::path folder_;
  pid_t child_ = -1;
  int input_ = -1;
  int port_ = 0;
};

}  // namespace dealog::testing_support
