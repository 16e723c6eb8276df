#include "libs/connectors/source_settings.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "libs/base/json_pointer.hpp"
#include "libs/base/text.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/connectors/arrival_settings.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/connectors/signature/digest.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;

constexpr std::size_t kSecretBytes = 4096;
constexpr std::size_t kSecretParts = 10;
constexpr std::size_t kSettingBytes = 2048;
constexpr std::size_t kNetworks = 100;
constexpr std::size_t kOrigins = 50;
constexpr std::size_t kCovers = 20;
constexpr std::size_t kColumns = 200;
// Long enough to send an archive of signed deliveries again.
constexpr std::int64_t kMaxToleranceS = std::numeric_limits<std::int32_t>::max();

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 100 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) ||
                  std::string_view("!#$%&'*+-.^_`|~").contains(static_cast<char>(c));
         });
}

using Scheme = BodySignature::Scheme;
constexpr std::array<std::pair<std::string_view, Scheme>, 6> kSchemes{{
    {"body", Scheme::kBody},
    {"github", Scheme::kGithub},
    {"slack", Scheme::kSlack},
    {"stripe", Scheme::kStripe},
    {"standard-webhooks", Scheme::kStandardWebhooks},
    {"rfc9421", Scheme::kRfc9421},
}};

std::optional<Scheme> scheme_named(std::string_view name) {
  for (const auto& [known, scheme] : kSchemes) {
    if (known == name) return scheme;
  }
  return std::nullopt;
}

json::object signature_json(const BodySignature& signature) {
  json::object out;
  for (const auto& [name, scheme] : kSchemes) {
    if (scheme == signature.scheme) out["scheme"] = name;
  }
  const bool hex = signature.encoding == BodySignature::Encoding::kHex;
  if (signature.scheme == Scheme::kBody) out["encoding"] = hex ? "hex" : "base64";
  for (const auto& [name, text] : {std::pair{"header", &signature.header},
                                   {"prefix", &signature.prefix},
                                   {"algorithm", &signature.algorithm}}) {
    if (!text->empty()) out[name] = *text;
  }
  if (!signature.covers.empty()) out["covers"] = json::value_from(signature.covers);
  return out;
}

// Reads one member after the other and collects what is wrong.
class Reader {
 public:
  explicit Reader(SourceSettings& out) : out_(out) {}

  void settings(const json::value& value) {
    if (value.is_null()) return;
    if (!value.is_object()) return wrong("", "not_an_object", "settings is an object");
    for (const auto& [key, member] : value.get_object()) {
      if (!member.is_null()) read_member(key, member);
    }
  }

  void secret(const json::value& value) {
    if (value.is_null()) return;
    if (value.is_string()) return secret_part("/secret", "", value);
    if (!value.is_object() || value.get_object().empty() ||
        value.get_object().size() > kSecretParts) {
      return add("/secret", "invalid_secret", "a secret is a string or an object of strings");
    }
    for (const auto& [key, part] : value.get_object()) {
      secret_part("/secret" + pointer_step(key), std::string(key), part);
    }
  }

  void add(std::string pointer, std::string code, std::string message) {
    errors_.push_back({std::move(pointer), std::move(code), std::move(message)});
  }
  std::vector<FieldError> take() { return std::move(errors_); }

 private:
  void wrong(std::string_view name, std::string code, std::string message) {
    add("/settings" + (name.empty() ? "" : "/" + std::string(name)), std::move(code),
        std::move(message));
  }

  void read_member(std::string_view key, const json::value& value) {
    struct Text {
      std::string_view name;
      std::string SourceSettings::* member;
      bool (*valid)(std::string_view);
      std::string_view expected;
    };
    static constexpr auto any = [](std::string_view) { return true; };
    static constexpr auto country = [](std::string_view text) {
      return text.size() == 2 &&
             std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    };
    static constexpr auto zone = [](std::string_view t) { return check_time_zone(t).has_value(); };
    static constexpr auto currency = [](std::string_view t) {
      return Currency::parse(t).has_value();
    };
    static const std::vector<Text> kTexts{
        {"account", &SourceSettings::account, any, "a short public name"},
        {"country", &SourceSettings::country, country, "an ISO 3166 code such as RU"},
        {"time_zone", &SourceSettings::time_zone, zone, "an IANA zone such as Europe/Moscow"},
        {"currency", &SourceSettings::currency, currency, "an ISO 4217 code such as RUB"},
        {"pipeline", &SourceSettings::pipeline, any, "the code of a pipeline"},
        {"owner", &SourceSettings::owner, any, "the id of a user"},
        {"public_url", &SourceSettings::public_url, is_web_url, "a whole http(s) URL"},
        {"api_url", &SourceSettings::api_url, is_web_url, "a whole http(s) URL"},
        {"crm_account", &SourceSettings::crm_account, any, "the id of our account there"},
        {"thank_you_url", &SourceSettings::thank_you_url, is_web_url, "a whole http(s) URL"},
        {"honeypot", &SourceSettings::honeypot, any, "the name of a field"},
        {"charset", &SourceSettings::charset, is_token, "a charset such as windows-1251"}};
    for (const auto& text : kTexts) {
      if (text.name != key) continue;
      if (!value.is_string() || value.get_string().empty() ||
          value.get_string().size() > kSettingBytes ||
          !text.valid(std::string_view(value.get_string()))) {
        return wrong(key, "invalid_value", "expected " + std::string(text.expected));
      }
      out_.*text.member = std::string(value.get_string());
      return;
    }
    read_structure(key, value);
  }

  void read_structure(std::string_view key, const json::value& value) {
    if (is_arrival_setting(key)) {
      auto expected = read_arrival_setting(key, value, out_.arrivals);
      if (!expected.empty()) wrong(key, "invalid_value", "expected " + expected);
      return;
    }
    if (key == "auth") return auth(value);
    if (key == "signature") return signature(value);
    if (key == "mailbox") {
      out_.mailbox = read_mailbox(value, errors_);
      return;
    }
    if (key == "networks") return networks(value);
    if (key == "origins") return origins(value);
    if (key == "tolerance_s") {
      if (!value.is_int64() || value.get_int64() < 1 || value.get_int64() > kMaxToleranceS) {
        return wrong(key, "invalid_value", "expected whole seconds, 1 to 2147483647");
      }
      out_.tolerance_s = static_cast<int>(value.get_int64());
      return;
    }
    if (key == "columns") {
      if (!read_columns(value)) {
        wrong(key, "invalid_value", "expected an object from names of columns to what they are");
      }
      return;
    }
    if (key == "fields") {
      auto mapping = FieldMapping::parse(value, "/settings/fields");
      if (mapping) {
        out_.fields = std::move(*mapping);
      } else {
        std::move(mapping.error().fields.begin(), mapping.error().fields.end(),
                  std::back_inserter(errors_));
      }
      return;
    }
    wrong(utf8_prefix(key, 80), "unknown_setting", "there is no such setting");
  }

  // Text member of a nested object; empty when absent or not text.
  static std::string member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  }

  bool read_columns(const json::value& value) {
    if (!value.is_object() || value.get_object().size() > kColumns) return false;
    for (const auto& [name, meaning] : value.get_object()) {
      if (!meaning.is_string() || name.size() > kSettingBytes) return false;
      out_.columns[fold_case(name)] = std::string(meaning.get_string());
    }
    return true;
  }

  void auth(const json::value& value) {
    if (!value.is_object()) return wrong("auth", "not_an_object", "expected {\"in\", \"name\"}");
    const std::string in = member(value.get_object(), "in");
    const std::string name = member(value.get_object(), "name");
    if (in == "none") return;
    if (in != "header" && in != "field") {
      return wrong("auth/in", "invalid_value", "expected header, field or none");
    }
    const bool header = in == "header";
    if (header ? !is_token(name) : (name.empty() || name.size() > 200)) {
      return wrong("auth/name", "invalid_value",
                   "expected the name of the header or field that carries the key");
    }
    out_.auth = {header ? KeyPlace::In::kHeader : KeyPlace::In::kField, name};
  }

  void signature(const json::value& value) {
    if (!value.is_object()) {
      return wrong(
          "signature", "not_an_object",
          "expected {\"scheme\"?, \"header\"?, \"encoding\"?, \"prefix\"?, \"algorithm\"?}");
    }
    BodySignature out;
    const std::string scheme = member(value.get_object(), "scheme");
    const std::string encoding = member(value.get_object(), "encoding");
    out.header = member(value.get_object(), "header");
    out.prefix = member(value.get_object(), "prefix");
    out.algorithm = member(value.get_object(), "algorithm");
    if (const auto known = scheme_named(scheme)) {
      out.scheme = *known;
    } else if (!scheme.empty()) {
      return wrong("signature/scheme", "invalid_value",
                   "expected body, github, slack, stripe, standard-webhooks or rfc9421");
    }
    const bool names_header = out.scheme != BodySignature::Scheme::kBody || !out.algorithm.empty();
    if (out.header.empty() ? !names_header : !is_token(out.header)) {
      return wrong("signature/header", "invalid_value", "expected the name of a header");
    }
    if (!out.algorithm.empty() && !hash_named(out.algorithm)) {
      return wrong("signature/algorithm", "invalid_value",
                   "expected sha256, sha512, sha384, sha1, md5 or ripemd160");
    }
    if (!encoding.empty() && encoding != "hex" && encoding != "base64") {
      return wrong("signature/encoding", "invalid_value", "expected hex or base64");
    }
    if (encoding == "base64") out.encoding = BodySignature::Encoding::kBase64;
    if (const json::value* covers = value.get_object().if_contains("covers")) {
      if (!read_covers(*covers, out.covers)) {
        return wrong("signature/covers", "invalid_value",
                     "expected a list of header names and @method, @path, @authority …");
      }
    }
    out_.signature = std::move(out);
  }

  static bool read_covers(const json::value& value, std::vector<std::string>& out) {
    if (!value.is_array() || value.get_array().size() > kCovers) return false;
    for (const auto& item : value.get_array()) {
      std::string_view name = item.is_string() ? std::string_view(item.get_string()) : "";
      const std::string text = to_lower_ascii(name);
      if (name.starts_with('@')) name.remove_prefix(1);
      if (!is_token(name)) return false;
      out.push_back(text);
    }
    return true;
  }

  void networks(const json::value& value) {
    if (value == "any") {
      out_.networks.from = AllowedNetworks::From::kAny;
      return;
    }
    if (value == "provider") {
      out_.networks.from = AllowedNetworks::From::kProvider;
      return;
    }
    if (!value.is_array() || value.get_array().empty() || value.get_array().size() > kNetworks) {
      return wrong("networks", "invalid_value", "expected provider, any, or a list of networks");
    }
    out_.networks.from = AllowedNetworks::From::kListed;
    for (std::size_t i = 0; i < value.get_array().size(); ++i) {
      const auto& item = value.get_array()[i];
      const std::string text(item.is_string() ? std::string_view(item.get_string()) : "");
      const auto network = IpNetwork::parse(text);
      if (!network) {
        wrong("networks/" + std::to_string(i), network.error().code, network.error().message);
        continue;
      }
      out_.networks.listed.push_back(*network);
      out_.networks.listed_text.push_back(text);
    }
  }

  void origins(const json::value& value) {
    if (!value.is_array() || value.get_array().size() > kOrigins) {
      return wrong("origins", "invalid_value", "expected a list of https://site");
    }
    for (std::size_t i = 0; i < value.get_array().size(); ++i) {
      const auto& item = value.get_array()[i];
      std::string text(item.is_string() ? std::string_view(item.get_string()) : "");
      if (text.ends_with('/')) text.pop_back();
      // Scheme, host and port: browsers send no path.
      const auto host = text.find("://");
      if (!is_web_url(text) || text.find_first_of("/?#@", host + 3) != std::string::npos) {
        wrong("origins/" + std::to_string(i), "invalid_value", "expected https://site");
      }
      out_.origins.push_back(to_lower_ascii(text));
    }
  }

  void secret_part(std::string pointer, std::string name, const json::value& value) {
    if (!value.is_string() || value.get_string().empty() ||
        value.get_string().size() > kSecretBytes) {
      return add(std::move(pointer), "invalid_secret", "expected 1 to 4096 bytes of text");
    }
    out_.secrets[std::move(name)] = std::string(value.get_string());
  }

  SourceSettings& out_;
  std::vector<FieldError> errors_;
};

json::value networks_json(const AllowedNetworks& networks) {
  using From = AllowedNetworks::From;
  if (networks.from == From::kAny) return "any";
  if (networks.from == From::kProvider) return "provider";
  json::array list;
  for (const auto& text : networks.listed_text) list.emplace_back(text);
  return list;
}

}  // namespace

bool is_web_url(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  using boost::urls::scheme;
  return url && (url->scheme_id() == scheme::https || url->scheme_id() == scheme::http) &&
         !url->host().empty();
}

const std::string* SourceSettings::secret(std::string_view part) const {
  const auto it = secrets.find(std::string(part));
  return it == secrets.end() ? nullptr : &it->second;
}

Result<SourceSettings> parse_settings(std::string_view provider_name, const json::value& settings,
                                      const json::value& secret) {
  SourceSettings out;
  Reader reader(out);
  const Provider* provider = find_provider(provider_name);
  if (!provider) {
    reader.add("/provider", "unknown_provider", "there is no such provider");
  } else {
    out.provider = provider->name();
  }
  reader.settings(settings);
  reader.secret(secret);
  std::vector<FieldError> errors = reader.take();
  // A provider judges only what could be read.
  if (provider && errors.empty()) errors = provider->complete_settings(out);
  if (provider && out.mailbox && !provider->reads_mailbox()) {
    errors.push_back({"/settings/mailbox", "not_supported", "this provider reads no mailbox"});
  }
  if (errors.empty()) return out;
  return fail(Error{ErrorKind::kInvalid, "invalid_settings",
                    "the settings of the source have mistakes", std::move(errors)});
}

Result<SourceSettings> stored_settings(std::string_view provider, std::string_view settings_json,
                                       const std::map<std::string, std::string>& secrets,
                                       std::string_view account) {
  const auto unusable = [&](std::string_view why) {
    return fail(ErrorKind::kInternal, "source_unusable",
                fmt::format("source {} cannot be used: {}", account, why));
  };
  json::error_code error;
  const json::value stored = json::parse(settings_json, error);
  if (error) return unusable("its stored settings are no JSON");
  json::value secret;
  if (secrets.size() == 1 && secrets.begin()->first.empty()) {
    secret = json::string(secrets.begin()->second);  // it was given as a single text
  } else if (!secrets.empty()) {
    json::object parts;
    for (const auto& [name, value] : secrets) parts[name] = value;
    secret = std::move(parts);
  }
  auto settings = parse_settings(provider, stored, secret);
  if (!settings) return unusable(settings.error().message);
  if (settings->account.empty()) settings->account = account;
  return settings;
}

json::object to_json(const SourceSettings& settings) {
  json::object out{{"country", settings.country},
                   {"time_zone", settings.time_zone},
                   {"currency", settings.currency}};
  const auto text = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  text("account", settings.account);
  text("pipeline", settings.pipeline);
  text("owner", settings.owner);
  text("public_url", settings.public_url);
  text("api_url", settings.api_url);
  text("crm_account", settings.crm_account);
  text("thank_you_url", settings.thank_you_url);
  text("honeypot", settings.honeypot);
  text("charset", settings.charset);
  if (settings.auth.in != KeyPlace::In::kNone) {
    out["auth"] = {{"in", settings.auth.in == KeyPlace::In::kHeader ? "header" : "field"},
                   {"name", settings.auth.name}};
  }
  if (settings.signature) out["signature"] = signature_json(*settings.signature);
  if (settings.networks.from != AllowedNetworks::From::kDefault) {
    out["networks"] = networks_json(settings.networks);
  }
  if (settings.tolerance_s) out["tolerance_s"] = *settings.tolerance_s;
  if (!settings.origins.empty()) {
    json::array origins;
    for (const auto& origin : settings.origins) origins.emplace_back(origin);
    out["origins"] = std::move(origins);
  }
  if (!settings.columns.empty()) out["columns"] = json::value_from(settings.columns);
  if (settings.mailbox) out["mailbox"] = to_json(*settings.mailbox);
  add_arrival_settings(out, settings.arrivals);
  if (!settings.fields.rules.empty()) out["fields"] = settings.fields.to_json();
  return out;
}

}  // namespace dealog::connectors
