// The settings of the service: a TOML file, every key of which is documented in
// deploy/dealog.toml, over defaults that suit one company on one machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/ip_network.hpp"
#include "libs/base/logging.hpp"
#include "libs/base/result.hpp"

namespace dealog {

struct Config {
  // [server]
  std::string listen = "127.0.0.1:8080";
  std::int64_t io_threads = 2;
  std::string certificate;  // PEM files; both or neither
  std::string private_key;
  std::vector<IpNetwork> trusted_proxies;
  bool access_log = true;
  std::string public_url;  // "https://crm.example.com"; empty: customers get no links
  // [log]
  LogLevel log_level = LogLevel::kInfo;
  // [commands]
  std::int64_t command_threads = 2;
  // [reads]
  std::int64_t read_threads = 2;
  // [storage]
  std::int64_t warn_below_mb = 2048;
  std::int64_t stopped_grace_s = 10;
  // [erasures]
  std::string erasures_copy;
  // [archive]
  std::string archive_folder;
  // [outbound]
  bool private_addresses = false;
  std::int64_t backlog = 500;
  // [mail]
  std::string mail_server;  // empty: no mails are sent
  std::int64_t mail_port = 587;
  std::string mail_security = "starttls";
  std::string mail_user;
  std::string mail_password_file;
  std::string mail_ca_file;
  std::string mail_from;
  std::string mail_from_name;
  std::string mail_reply_to;
  std::string bcc_domain;
  // [telegram]
  std::string telegram_token_file;  // empty: no messages are sent
  std::string telegram_api_url = "https://api.telegram.org";
  // [retention]
  std::int64_t raw_bodies_days = 365;
};

struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};

// "127.0.0.1:8080", "[::1]:0". Errors: kInvalid "invalid_listen_address".
Result<ListenAddress> parse_listen(std::string_view text);

// Errors: kInvalid "invalid_config" naming file, line, key and what was expected; unknown keys are
// errors, so that a misspelt one does not go unnoticed.
Result<Config> parse_config(std::string_view toml, std::string_view file_name);
Result<Config> load_config(const std::string& file);

}  // namespace dealog
