#include "libs/connectors/provider.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"

namespace dealog::connectors {

namespace {
constexpr std::string_view kFetched = "/fetched/";
constexpr std::string_view kExported = "/exported/";
}  // namespace

std::string_view fetched_what(const Delivery& delivery) {
  const std::string_view suffix = delivery.suffix;
  return suffix.starts_with(kFetched) ? suffix.substr(kFetched.size()) : "";
}

std::string_view exported_what(const Delivery& delivery) {
  const std::string_view suffix = delivery.suffix;
  return suffix.starts_with(kExported) ? suffix.substr(kExported.size()) : "";
}

Verdict Provider::verify(const Delivery& delivery, const SourceSettings& settings) const {
  if (delivery.suffix.starts_with(kFetched) || delivery.suffix.starts_with(kExported)) {
    return Verdict::forbidden("reserved_address");
  }
  using From = AllowedNetworks::From;
  From from = settings.networks.from;
  if (from == From::kDefault) from = checks_networks_by_default() ? From::kProvider : From::kAny;
  if (from != From::kAny) {
    const auto ip = IpAddress::parse(delivery.remote_ip);
    if (!ip) return Verdict::forbidden("remote_ip_unknown");
    const bool inside = from == From::kListed ? contains(settings.networks.listed, *ip)
                                              : contains(published_networks(), *ip);
    if (!inside) return Verdict::forbidden("network_not_allowed");
  }
  return authenticate(delivery, settings);
}

namespace {

// Which key is meant, what was given instead, and where a good one comes from.
std::string missing_secret(const SourceSettings& settings) {
  const std::string what =
      settings.signature
          ? "the key that signs deliveries (settings.signature)"
          : fmt::format("the key that deliveries carry in the {} {} (settings.auth)",
                        settings.auth.in == KeyPlace::In::kHeader ? "header" : "field",
                        quoted(settings.auth.name));
  std::string given;
  for (const auto& [name, value] : settings.secrets) {
    given += (given.empty() ? "" : ", ") + quoted(name);
  }
  return fmt::format(
      "{} is missing{}; give it as one string: take what the provider shows, or make one with "
      "`openssl rand -hex 32` and enter it there as well",
      what, given.empty() ? "" : fmt::format(" (there is only {})", given));
}

}  // namespace

std::vector<FieldError> Provider::complete_settings(SourceSettings& settings) const {
  std::vector<FieldError> errors;
  if (settings.networks.from == AllowedNetworks::From::kProvider && published_networks().empty()) {
    errors.push_back({"/settings/networks", "no_published_networks",
                      "this provider publishes no networks; list them, or say any"});
  }
  const bool needs_secret = settings.auth.in != KeyPlace::In::kNone || settings.signature;
  if (needs_secret && !settings.secret()) {
    errors.push_back({"/secret", "required", missing_secret(settings)});
  }
  return errors;
}

std::string body_key(std::string_view prefix, const Delivery& delivery) {
  const bool in_query = delivery.method == "GET" && delivery.body.empty();
  return std::string(prefix) +
         ":sha256:" + to_hex(sha256(in_query ? delivery.query : delivery.body));
}

std::vector<FieldError> require_secret(std::vector<FieldError> errors,
                                       const SourceSettings& settings, std::string_view why,
                                       std::string_view part) {
  const bool told = std::any_of(errors.begin(), errors.end(), [](const FieldError& error) {
    return error.pointer.starts_with("/secret");
  });
  if (!told && !settings.secret(part)) {
    errors.push_back(
        {part.empty() ? "/secret" : "/secret/" + std::string(part), "required", std::string(why)});
  }
  return errors;
}

std::string delivery_key(std::string_view prefix, std::string_view id) {
  std::string key = std::string(prefix) + ":" + std::string(id);
  const bool printable = is_valid_utf8(key) && std::none_of(key.begin(), key.end(), [](char c) {
                           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
                         });
  if (printable && key.size() <= kDeliveryKeyBytes) return key;
  return std::string(prefix) + ":sha256:" + to_hex(sha256(id));
}

Result<ApiRequest> Provider::ask(const FetchPlan&, const SourceSettings&) const {
  return fail(ErrorKind::kInvalid, "nothing_to_fetch",
              std::string(name()) + " announces nothing that could be asked for");
}

Result<FileRequest> Provider::ask_file(std::string_view id, const SourceSettings&) const {
  if (is_web_url(id)) return FileRequest{.request = {.url = std::string(id)}};
  return fail(ErrorKind::kInvalid, "nothing_to_fetch",
              std::string(name()) + " keeps no files that could be asked for");
}

Result<ApiRequest> Provider::file_at(std::string_view, std::string_view,
                                     const SourceSettings&) const {
  return fail(ErrorKind::kInvalid, "nothing_to_fetch",
              std::string(name()) + " does not tell where a file is");
}

Result<std::vector<Fact>> Provider::read_exported(std::string_view, const Node&,
                                                  const SourceSettings&) const {
  return fail(ErrorKind::kInvalid, "export_not_known",
              "exports of " + std::string(name()) + " cannot be imported");
}

}  // namespace dealog::connectors
