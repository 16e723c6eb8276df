#include "libs/connectors/mailbox_settings.hpp"

#include <algorithm>
#include <array>

#include "libs/base/text.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using Security = MailboxSettings::Security;

constexpr std::size_t kTextBytes = 500;
constexpr std::size_t kFolders = 20;
constexpr std::size_t kAuthorityBytes = 16 << 10;
constexpr int kPlainPort = 143;

constexpr std::array<std::pair<std::string_view, Security>, 3> kSecurities{
    {{"tls", Security::kTls}, {"starttls", Security::kStartTls}, {"none", Security::kNone}}};

bool is_line(std::string_view text) {
  return !text.empty() && text.size() <= kTextBytes && is_valid_utf8(text) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_host(std::string_view text) {
  return text.size() <= 253 && is_line(text) &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             ".-_:") == text.npos;
}

class Reader {
 public:
  Reader(MailboxSettings& out, std::vector<FieldError>& errors) : out_(out), errors_(errors) {}

  void read(const json::object& object) {
    for (const auto& [key, value] : object) {
      if (!value.is_null()) read_member(std::string_view(key), value);
    }
    if (!object.contains("port") && out_.security != Security::kTls) out_.port = kPlainPort;
    require("host", out_.host, "the server's name, as imap.example.ru");
    require("user", out_.user, "the name to log in with, mostly the address");
    if (out_.login == MailboxSettings::Login::kOauth2) {
      require("token_url", out_.token_url, "where access tokens are got, https");
    }
  }

 private:
  static std::string_view text_of(const json::value& value) {
    return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
  }

  void wrong(std::string_view name, std::string message) {
    errors_.push_back(
        {"/settings/mailbox/" + std::string(name), "invalid_value", "expected " + message});
  }
  void require(std::string_view name, const std::string& value, std::string_view what) {
    const std::string pointer = "/settings/mailbox/" + std::string(name);
    const bool told = std::ranges::any_of(
        errors_, [&](const FieldError& error) { return error.pointer == pointer; });
    if (value.empty() && !told) errors_.push_back({pointer, "required", std::string(what)});
  }

  void line(std::string_view name, const json::value& value, std::string& out) {
    if (!is_line(text_of(value))) return wrong(name, "one line of text");
    out = text_of(value);
  }

  void read_member(std::string_view name, const json::value& value) {
    const std::string_view text = text_of(value);
    if (name == "host") {
      if (!is_host(text)) return wrong(name, "a host name without https:// and port");
      out_.host = text;
    } else if (name == "port") {
      if (!value.is_int64() || value.get_int64() < 1 || value.get_int64() > 65535) {
        return wrong(name, "a port, mostly 993");
      }
      out_.port = static_cast<int>(value.get_int64());
    } else if (name == "tls") {
      const auto* known =
          std::ranges::find(kSecurities, text, [](const auto& p) { return p.first; });
      if (known == kSecurities.end()) return wrong(name, "tls, starttls or none");
      out_.security = known->second;
    } else if (name == "login") {
      if (text != "password" && text != "oauth2") return wrong(name, "password or oauth2");
      using Login = MailboxSettings::Login;
      out_.login = text == "oauth2" ? Login::kOauth2 : Login::kPassword;
    } else if (name == "user") {
      line(name, value, out_.user);
    } else if (name == "sent") {
      line(name, value, out_.sent);
    } else {
      read_rest(name, value, text);
    }
  }

  void read_rest(std::string_view name, const json::value& value, std::string_view text) {
    if (name == "token_url") {
      if (!is_web_url(text) || text.size() > kTextBytes) return wrong(name, "a whole URL");
      out_.token_url = text;
    } else if (name == "folders") {
      read_folders(value);
    } else if (name == "since") {
      const auto day = Date::parse(text);
      if (!day) return wrong(name, "a day such as 2026-03-01");
      out_.since = *day;
    } else if (name == "authority") {
      if (!text.starts_with("-----BEGIN CERTIFICATE-----") || text.size() > kAuthorityBytes) {
        return wrong(name, "a certificate in PEM, at most 16 KB");
      }
      out_.authority = text;
    } else {
      errors_.push_back({"/settings/mailbox/" + std::string(utf8_prefix(name, 80)),
                         "unknown_setting", "there is no such setting of a mailbox"});
    }
  }

  void read_folders(const json::value& value) {
    const bool list =
        value.is_array() && !value.get_array().empty() && value.get_array().size() <= kFolders;
    if (!list || !std::ranges::all_of(value.get_array(), [](const json::value& name) {
          return is_line(text_of(name));
        })) {
      return wrong("folders", "1 to 20 names of folders");
    }
    out_.folders.clear();
    for (const auto& name : value.get_array()) {
      const std::string folder(text_of(name));
      const bool known = std::ranges::find(out_.folders, folder) != out_.folders.end();
      if (!known) out_.folders.push_back(folder);
    }
  }

  MailboxSettings& out_;
  std::vector<FieldError>& errors_;
};

}  // namespace

MailboxSettings read_mailbox(const json::value& value, std::vector<FieldError>& errors) {
  MailboxSettings out;
  if (!value.is_object()) {
    errors.push_back({"/settings/mailbox", "not_an_object", "expected {\"host\", \"user\", …}"});
    return out;
  }
  Reader(out, errors).read(value.get_object());
  return out;
}

json::object to_json(const MailboxSettings& settings) {
  const MailboxSettings usual;
  json::object out{{"host", settings.host}, {"port", settings.port}, {"user", settings.user}};
  for (const auto& [name, security] : kSecurities) {
    if (security == settings.security) out["tls"] = name;
  }
  if (settings.login == MailboxSettings::Login::kOauth2) out["login"] = "oauth2";
  if (!settings.token_url.empty()) out["token_url"] = settings.token_url;
  if (settings.folders != usual.folders) out["folders"] = json::value_from(settings.folders);
  if (settings.sent != usual.sent) out["sent"] = settings.sent;
  if (settings.since) out["since"] = settings.since->text();
  if (!settings.authority.empty()) out["authority"] = settings.authority;
  return out;
}

}  // namespace dealog::connectors
