#include "libs/connectors/signature/message_signature.hpp"

#include <algorithm>
#include <map>

#include <boost/url/parse.hpp>

#include "libs/base/crypto.hpp"
#include "libs/base/ed25519.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/parse/urlencoded.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "libs/connectors/signature/schemes.hpp"

namespace dealog::connectors {
namespace {

constexpr std::size_t kMembers = 10;     // signatures of one message
constexpr std::size_t kComponents = 64;  // of one signature

// `text` cut at `separator` where it stands outside of quotes and parentheses.
std::vector<std::string_view> split_outside(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  std::size_t start = 0;
  int depth = 0;
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_quotes) {
      if (c == '\\') ++i;
      if (c == '"') in_quotes = false;
      continue;
    }
    if (c == '"') in_quotes = true;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == separator && depth == 0) {
      out.push_back(trim(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  out.push_back(trim(text.substr(std::min(start, text.size()))));
  return out;
}

// A dictionary of RFC 8941 as far as these headers use it: name → value as written.
std::map<std::string, std::string, std::less<>> dictionary(std::string_view text) {
  std::map<std::string, std::string, std::less<>> out;
  for (const auto member : split_outside(text, ',')) {
    const auto equals = member.find('=');
    if (equals == std::string_view::npos || out.size() == kMembers) continue;
    out[std::string(trim(member.substr(0, equals)))] = trim(member.substr(equals + 1));
  }
  return out;
}

// All values of a header joined as one, as HTTP has it; nothing when there is none.
std::optional<std::string> joined_header(const Delivery& delivery, std::string_view name) {
  std::optional<std::string> out;
  for (const auto& [own, value] : delivery.headers) {
    if (!equals_ignoring_case_ascii(own, name)) continue;
    out = (out ? *out + ", " : std::string()) + std::string(trim(value));
  }
  return out;
}

// ":cHhx…:" is a byte sequence of RFC 8941.
std::optional<std::string> byte_sequence(std::string_view text) {
  if (text.size() < 2 || text.front() != ':' || text.back() != ':') return std::nullopt;
  const auto bytes = from_base64(text.substr(1, text.size() - 2));
  // Only the one spelling that the bytes have.
  if (!bytes || to_base64(*bytes) != text.substr(1, text.size() - 2)) return std::nullopt;
  return *bytes;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

// ("date" "@query-param";name="Pet");created=1;keyid="k"
struct Input {
  std::string text;                     // as written, the value of @signature-params
  std::vector<std::string> components;  // each as written
  std::map<std::string, std::string, std::less<>> parameters;

  std::string parameter(std::string_view name) const {
    const auto it = parameters.find(name);
    return it == parameters.end() ? std::string() : it->second;
  }
  bool covers(std::string_view component) const {
    const std::string wanted = "\"" + to_lower_ascii(component) + "\"";
    return std::find(components.begin(), components.end(), wanted) != components.end();
  }
};

std::optional<Input> parse_input(std::string_view text) {
  Input out{std::string(text), {}, {}};
  // The end of the list is the last parenthesis outside of quotes.
  const auto parts = split_outside(text, ';');
  if (parts.empty() || !parts[0].starts_with('(') || !parts[0].ends_with(')')) return std::nullopt;
  const auto list = parts[0].substr(1, parts[0].size() - 2);
  for (const auto component : split_outside(list, ' ')) {
    if (component.empty()) continue;
    if (!component.starts_with('"') || out.components.size() == kComponents) return std::nullopt;
    out.components.emplace_back(component);
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = std::min(parts[i].find('='), parts[i].size());
    const auto value = parts[i].substr(std::min(equals + 1, parts[i].size()));
    out.parameters[std::string(parts[i].substr(0, equals))] = unquoted(value);
  }
  return out;
}

// What the sender called, as it saw it.
struct Target {
  std::string scheme = "https", authority, path, query;  // query without its mark
};

Target target_of(const Delivery& delivery, const SourceSettings& settings) {
  Target out;
  out.query = delivery.query;
  out.path = delivery.path;
  if (const auto host = joined_header(delivery, "host")) out.authority = to_lower_ascii(*host);
  if (const auto url = boost::urls::parse_uri(settings.public_url); url) {
    out.scheme = to_lower_ascii(std::string_view(url->scheme()));
    out.authority = to_lower_ascii(std::string_view(url->encoded_host_and_port()));
    out.path = std::string_view(url->encoded_path());
    if (out.query.empty()) out.query = std::string_view(url->encoded_query());
  }
  const std::string_view port = out.scheme == "http" ? ":80" : ":443";
  if (out.authority.ends_with(port)) out.authority.resize(out.authority.size() - port.size());
  if (out.path.empty()) out.path = "/";
  return out;
}

std::optional<std::string> query_parameter(const Target& target, std::string_view name) {
  const auto fields = parse_urlencoded(target.query);
  std::optional<std::string> out;
  if (!fields) return out;
  for (const auto& field : *fields) {
    if (field.name != name) continue;
    if (out) return std::nullopt;  // of several nobody knows which one was signed
    out = percent_encode(field.value);
  }
  return out;
}

std::optional<std::string> derived_value(std::string_view name, std::string_view parameter,
                                         const Delivery& delivery, const Target& target) {
  if (name == "@query-param") {
    constexpr std::string_view kName = ";name=";
    if (!parameter.starts_with(kName)) return std::nullopt;
    const auto wanted = percent_decode(unquoted(parameter.substr(kName.size())), false);
    return wanted ? query_parameter(target, *wanted) : std::nullopt;
  }
  if (!parameter.empty()) return std::nullopt;
  if (name == "@method") return delivery.method;
  if (name == "@authority") return target.authority;
  if (name == "@scheme") return target.scheme;
  if (name == "@path") return target.path;
  if (name == "@query") return "?" + target.query;
  const std::string tail = target.query.empty() ? "" : "?" + target.query;
  if (name == "@request-target") return target.path + tail;
  if (name == "@target-uri") return target.scheme + "://" + target.authority + target.path + tail;
  return std::nullopt;
}

// The text that is signed; nothing when a component is missing or of a kind we do not know.
std::optional<std::string> signature_base(const Input& input, const Delivery& delivery,
                                          const Target& target) {
  std::string out;
  std::vector<std::string_view> seen;
  for (const auto& component : input.components) {
    if (std::find(seen.begin(), seen.end(), component) != seen.end()) return std::nullopt;
    seen.push_back(component);
    const auto close = component.find('"', 1);
    if (close == std::string::npos) return std::nullopt;
    const std::string name = component.substr(1, close - 1);
    const std::string parameter = component.substr(close + 1);
    std::optional<std::string> value;
    if (name.starts_with('@')) {
      value = derived_value(name, parameter, delivery, target);
    } else if (parameter.empty()) {
      value = joined_header(delivery, name);
    }
    if (!value) return std::nullopt;
    out += component + ": " + *value + "\n";
  }
  return out + "\"@signature-params\": " + input.text;
}

// The key that the secret holds: an Ed25519 public key, or none.
std::optional<std::string> public_key(std::string_view secret) {
  constexpr std::string_view kRaw = "ed25519:", kBegin = "-----BEGIN PUBLIC KEY-----",
                             kEnd = "-----END PUBLIC KEY-----";
  // What a SubjectPublicKeyInfo of Ed25519 begins with (RFC 8410).
  constexpr std::string_view kDer("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);
  const bool raw = secret.starts_with(kRaw);
  if (raw) secret.remove_prefix(kRaw.size());
  std::string text(secret);
  if (const auto begin = text.find(kBegin); begin != std::string::npos) {
    const auto end = text.find(kEnd, begin);
    if (end == std::string::npos) return std::nullopt;
    text = text.substr(begin + kBegin.size(), end - begin - kBegin.size());
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  }
  const auto bytes = from_base64(text);
  if (!bytes) return std::nullopt;
  const bool der = bytes->size() == kDer.size() + kEd25519PublicBytes && bytes->starts_with(kDer);
  if (der) return bytes->substr(kDer.size());
  if (raw && bytes->size() == kEd25519PublicBytes) return *bytes;
  return std::nullopt;
}

bool verifies(const std::string& secret, const Input& input, const std::string& base,
              const std::string& signature) {
  const std::string algorithm = input.parameter("alg");
  // A public key is known to everybody and must never serve as a shared one.
  if (const auto key = public_key(secret)) {
    return (algorithm.empty() || algorithm == "ed25519") && ed25519_verify(*key, base, signature);
  }
  if (!algorithm.empty() && algorithm != "hmac-sha256") return false;
  const auto decoded = from_base64(secret);
  const bool as_text = equal_constant_time(hmac_sha256(secret, base), signature);
  const bool as_bytes = decoded && equal_constant_time(hmac_sha256(*decoded, base), signature);
  return as_text || as_bytes;
}

std::vector<std::string> keys_for(const Input& input, const SourceSettings& settings) {
  const std::string id = input.parameter("keyid");
  const std::string* named = id.empty() ? nullptr : settings.secret(id);
  return named ? std::vector{*named} : signing_secrets(settings);
}

Verdict check_digest(const Delivery& delivery) {
  const auto header = joined_header(delivery, "content-digest");
  if (!header) {
    return delivery.body.empty() ? Verdict::accepted() : Verdict::unauthorised("digest_missing");
  }
  int known = 0;
  for (const auto& [name, value] : dictionary(*header)) {
    const bool is_sha512 = name == "sha-512";
    if (!is_sha512 && name != "sha-256") continue;
    ++known;
    const auto given = byte_sequence(value);
    const auto ours = digest(is_sha512 ? Hash::kSha512 : Hash::kSha256, delivery.body);
    if (!given || !equal_constant_time(*given, ours)) return Verdict::unauthorised("digest_wrong");
  }
  return known > 0 ? Verdict::accepted() : Verdict::unauthorised("digest_missing");
}

std::optional<Timestamp> seconds_of(std::string_view text) {
  const auto time = parse_unix_time(text);
  return time ? std::optional(*time) : std::nullopt;
}

Verdict check_one(const Input& input, const std::string& signature, const Delivery& delivery,
                  const SourceSettings& settings, const Target& target) {
  if (settings.signature) {
    for (const auto& component : settings.signature->covers) {
      if (!input.covers(component)) return Verdict::unauthorised("component_not_covered");
    }
  }
  const auto base = signature_base(input, delivery, target);
  bool same = false;
  for (const auto& secret : keys_for(input, settings)) {
    same = (base && verifies(secret, input, *base, signature)) || same;
  }
  if (!same) return Verdict::unauthorised("signature_wrong");
  const std::string created = input.parameter("created"), expires = input.parameter("expires");
  const bool too_old = settings.tolerance_s && !is_recent(created, delivery, settings);
  const auto end = expires.empty() ? std::optional<Timestamp>() : seconds_of(expires);
  const bool expired = !expires.empty() && (!end || *end < delivery.received_at);
  if (too_old || expired) return Verdict::unauthorised("timestamp_out_of_range");
  return Verdict::accepted();
}

}  // namespace

Verdict check_message_signature(const Delivery& delivery, const SourceSettings& settings) {
  if (settings.secrets.empty()) return Verdict::unauthorised("secret_not_set");
  const auto inputs = joined_header(delivery, "signature-input");
  const auto signatures = joined_header(delivery, "signature");
  if (!inputs || !signatures) return Verdict::unauthorised("signature_missing");
  const Target target = target_of(delivery, settings);
  const auto given = dictionary(*signatures);
  Verdict verdict = Verdict::unauthorised("signature_missing");
  for (const auto& [label, text] : dictionary(*inputs)) {
    const auto found = given.find(label);
    if (found == given.end()) continue;
    const auto signature = byte_sequence(found->second);
    const auto input = parse_input(text);
    verdict = signature && input ? check_one(*input, *signature, delivery, settings, target)
                                 : Verdict::unauthorised("signature_wrong");
    if (verdict.ok()) return check_digest(delivery);
  }
  return verdict;
}

}  // namespace dealog::connectors
