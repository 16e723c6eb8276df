#include "services/dealog/config.hpp"

#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "libs/base/text.hpp"

namespace dealog {
namespace {

constexpr std::int64_t kMaxThreads = 64;
constexpr std::int64_t kMaxMegabytes = std::int64_t{1} << 40;
constexpr std::int64_t kMaxGraceSeconds = 3600;
constexpr std::int64_t kMaxDays = 36'500;
constexpr std::int64_t kMaxPort = 65'535;
constexpr std::int64_t kMaxBacklog = 1'000'000;

using Setter = std::function<Result<void>(const toml::node&, Config&)>;

std::unexpected<Error> expected(std::string_view what) {
  return fail(ErrorKind::kInvalid, "invalid_config", fmt::format("expected {}", what));
}

Setter text(std::string Config::* member) {
  return [member](const toml::node& node, Config& config) -> Result<void> {
    const auto value = node.value<std::string>();
    if (!node.is_string() || !value) return expected("a string");
    config.*member = *value;
    return {};
  };
}

Setter flag(bool Config::* member) {
  return [member](const toml::node& node, Config& config) -> Result<void> {
    if (!node.is_boolean()) return expected("true or false");
    config.*member = *node.value<bool>();
    return {};
  };
}

Setter threads(std::int64_t Config::* member) {
  return [member](const toml::node& node, Config& config) -> Result<void> {
    const auto value = node.is_integer() ? *node.value<std::int64_t>() : 0;
    if (value < 1 || value > kMaxThreads) {
      return expected(fmt::format("a number of threads from 1 to {}", kMaxThreads));
    }
    config.*member = value;
    return {};
  };
}

Setter number(std::int64_t Config::* member, std::int64_t max) {
  return [member, max](const toml::node& node, Config& config) -> Result<void> {
    const auto value = node.is_integer() ? *node.value<std::int64_t>() : -1;
    if (value < 0 || value > max) return expected(fmt::format("a number from 0 to {}", max));
    config.*member = value;
    return {};
  };
}

Result<void> set_listen(const toml::node& node, Config& config) {
  const auto value = node.value<std::string>();
  if (!node.is_string() || !value) return expected("a string such as \"127.0.0.1:8080\"");
  TRY(parse_listen(*value));
  config.listen = *value;
  return {};
}

Result<void> set_proxies(const toml::node& node, Config& config) {
  const auto* array = node.as_array();
  if (array == nullptr) return expected("a list of networks such as [\"10.0.0.0/8\"]");
  for (const toml::node& item : *array) {
    const auto value = item.value<std::string>();
    if (!value) return expected("a list of networks such as [\"10.0.0.0/8\"]");
    config.trusted_proxies.push_back(TRY(IpNetwork::parse(*value)));
  }
  return {};
}

Result<void> set_public_url(const toml::node& node, Config& config) {
  auto value = node.value_or(std::string());
  while (value.ends_with('/')) value.pop_back();
  const bool is_url = value.starts_with("https://") || value.starts_with("http://");
  if (!node.is_string() || (!value.empty() && !is_url)) {
    return expected("an address such as \"https://crm.example.com\"");
  }
  config.public_url = std::move(value);
  return {};
}

Result<void> set_security(const toml::node& node, Config& config) {
  const auto value = node.value_or(std::string());
  if (value != "starttls" && value != "tls" && value != "none") {
    return expected("starttls, tls or none");
  }
  config.mail_security = value;
  return {};
}

Result<void> set_domain(const toml::node& node, Config& config) {
  const auto value = node.value<std::string>();
  const bool usable =
      value && value->size() <= 253 &&
      value->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos;
  if (!usable) return expected("a domain such as \"in.example.ru\", without @");
  config.bcc_domain = *value;
  return {};
}

Result<void> set_level(const toml::node& node, Config& config) {
  const std::map<std::string, LogLevel> levels = {{"debug", LogLevel::kDebug},
                                                  {"info", LogLevel::kInfo},
                                                  {"warning", LogLevel::kWarning},
                                                  {"error", LogLevel::kError}};
  const auto found = levels.find(node.value_or(std::string()));
  if (found == levels.end()) return expected("debug, info, warning or error");
  config.log_level = found->second;
  return {};
}

const std::map<std::string, Setter, std::less<>>& setters() {
  static const std::map<std::string, Setter, std::less<>> table = {
      {"server.listen", set_listen},
      {"server.io_threads", threads(&Config::io_threads)},
      {"server.certificate", text(&Config::certificate)},
      {"server.private_key", text(&Config::private_key)},
      {"server.trusted_proxies", set_proxies},
      {"server.access_log", flag(&Config::access_log)},
      {"server.public_url", set_public_url},
      {"log.level", set_level},
      {"commands.threads", threads(&Config::command_threads)},
      {"reads.threads", threads(&Config::read_threads)},
      {"storage.warn_below_mb", number(&Config::warn_below_mb, kMaxMegabytes)},
      {"storage.stopped_grace_s", number(&Config::stopped_grace_s, kMaxGraceSeconds)},
      {"erasures.copy", text(&Config::erasures_copy)},
      {"archive.folder", text(&Config::archive_folder)},
      {"outbound.private_addresses", flag(&Config::private_addresses)},
      {"outbound.backlog", number(&Config::backlog, kMaxBacklog)},
      {"mail.server", text(&Config::mail_server)},
      {"mail.port", number(&Config::mail_port, kMaxPort)},
      {"mail.security", set_security},
      {"mail.user", text(&Config::mail_user)},
      {"mail.password_file", text(&Config::mail_password_file)},
      {"mail.ca_file", text(&Config::mail_ca_file)},
      {"mail.from", text(&Config::mail_from)},
      {"mail.from_name", text(&Config::mail_from_name)},
      {"mail.reply_to", text(&Config::mail_reply_to)},
      {"mail.bcc_domain", set_domain},
      {"telegram.token_file", text(&Config::telegram_token_file)},
      {"telegram.api_url", text(&Config::telegram_api_url)},
      {"retention.raw_bodies_days", number(&Config::raw_bodies_days, kMaxDays)},
  };
  return table;
}

std::unexpected<Error> invalid(std::string_view file, const toml::source_region& where,
                               std::string_view what) {
  return fail(ErrorKind::kInvalid, "invalid_config",
              fmt::format("{}:{}:{}: {}", file, where.begin.line, where.begin.column, what));
}

Result<void> apply(const toml::table& section, const std::string& prefix, std::string_view file,
                   Config& config) {
  for (const auto& [key, node] : section) {
    const std::string path = prefix + std::string(key.str());
    if (const auto* nested = node.as_table()) {
      TRY(apply(*nested, path + ".", file, config));
      continue;
    }
    const auto setter = setters().find(path);
    if (setter == setters().end()) {
      return invalid(file, node.source(), fmt::format("unknown key '{}'", path));
    }
    if (auto result = setter->second(node, config); !result) {
      return invalid(file, node.source(), fmt::format("{}: {}", path, result.error().message));
    }
  }
  return {};
}

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorKind::kInvalid, "invalid_listen_address",
                quoted(text) + " is not an address and a port such as 127.0.0.1:8080 or [::1]:0");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong();
  std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (port.empty() || port.size() > 5 || !IpAddress::parse(host)) return wrong();
  std::uint32_t number = 0;
  for (char c : port) {
    if (c < '0' || c > '9') return wrong();
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (number > 65535) return wrong();
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(number)};
}

Result<Config> parse_config(std::string_view toml, std::string_view file_name) {
  Config config;
  try {
    const toml::table table = toml::parse(toml, file_name);
    TRY(apply(table, "", file_name, config));
  } catch (const toml::parse_error& error) {
    return invalid(file_name, error.source(), error.description());
  }
  if (config.certificate.empty() != config.private_key.empty()) {
    return fail(ErrorKind::kInvalid, "invalid_config",
                fmt::format("{}: server.certificate and server.private_key are given both or not "
                            "at all",
                            file_name));
  }
  return config;
}

Result<Config> load_config(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) {
    return fail(ErrorKind::kInvalid, "invalid_config",
                fmt::format("cannot read the configuration file {}", file));
  }
  return parse_config(text.str(), file);
}

}  // namespace dealog
