#include "libs/connectors/twilio/twilio_signature.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/url/parse.hpp>

#include "libs/base/crypto.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/urlencoded.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "libs/connectors/signature/schemes.hpp"

namespace dealog::connectors::twilio {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

void add(std::vector<std::string>& urls, std::string url) {
  if (std::find(urls.begin(), urls.end(), url) == urls.end()) urls.push_back(std::move(url));
}

// As it is, without a port, with the usual port of its scheme.
void add_with_ports(std::vector<std::string>& urls, const std::string& scheme,
                    std::string_view authority, const std::string& rest) {
  const auto colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && !authority.ends_with(']');
  const std::string host(has_port ? authority.substr(0, colon) : authority);
  add(urls, scheme + "://" + std::string(authority) + rest);
  add(urls, scheme + "://" + host + rest);
  add(urls, scheme + "://" + host + (scheme == "http" ? ":80" : ":443") + rest);
}

// Fields by name; of equal ones with equal values one counts.
std::string sorted_fields(const std::vector<FormField>& fields) {
  std::map<std::string, std::set<std::string>> sorted;
  for (const auto& [name, value] : fields) sorted[name].insert(value);
  std::string out;
  for (const auto& [name, values] : sorted) {
    for (const auto& value : values) out += name + value;
  }
  return out;
}

std::optional<std::string> body_digest(const Delivery& delivery) {
  const auto query = parse_urlencoded(delivery.query);
  if (!query) return std::nullopt;
  for (const auto& [name, value] : *query) {
    if (name == "bodySHA256") return value;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> signed_urls(const Delivery& delivery, const SourceSettings& settings) {
  std::vector<std::string> urls;
  const std::string query = delivery.query.empty() ? "" : "?" + delivery.query;
  if (const auto url = boost::urls::parse_uri(settings.public_url)) {
    const std::string scheme = to_lower_ascii(std::string_view(url->scheme()));
    const std::string_view authority = url->encoded_host_and_port();
    const std::string path(std::string_view(url->encoded_path()));
    add_with_ports(urls, scheme, authority, path + query);
    if (!path.ends_with(delivery.suffix)) {
      add_with_ports(urls, scheme, authority, path + delivery.suffix + query);
    }
    if (!delivery.path.empty()) add_with_ports(urls, scheme, authority, delivery.path + query);
  }
  if (const std::string* host = delivery.header("host"); host && !delivery.path.empty()) {
    add_with_ports(urls, "https", trim(*host), delivery.path + query);
    add_with_ports(urls, "http", trim(*host), delivery.path + query);
  }
  return urls;
}

Verdict check_twilio_signature(const Delivery& delivery, const SourceSettings& settings) {
  const auto secrets = signing_secrets(settings);
  if (secrets.empty()) return Verdict::unauthorised("secret_not_set");
  const std::string* given = delivery.header("x-twilio-signature");
  if (!given) return Verdict::unauthorised("signature_missing");
  std::string fields;
  if (const auto digest = body_digest(delivery)) {
    if (!is_hex_of(*digest, sha256(delivery.body))) return Verdict::unauthorised("digest_wrong");
  } else if (!delivery.body.empty()) {
    const std::string type = parse_header_value(delivery.content_type()).value;
    if (!type.empty() && type != kForm) return Verdict::unauthorised("body_not_signed");
    const auto form = parse_urlencoded(delivery.body);
    if (!form) return Verdict::unauthorised("body_unreadable");
    fields = sorted_fields(*form);
  }
  bool same = false;
  for (const auto& url : signed_urls(delivery, settings)) {
    for (const auto& secret : secrets) {
      same = is_base64_of(trim(*given), hmac_sha1(secret, url + fields)) || same;
    }
  }
  return same ? Verdict::accepted() : Verdict::unauthorised("signature_wrong");
}

}  // namespace dealog::connectors::twilio
