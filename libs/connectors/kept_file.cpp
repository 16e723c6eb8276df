#include "libs/connectors/kept_file.hpp"

#include <boost/url.hpp>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"

namespace dealog::connectors {
namespace {

struct Place {
  std::string scheme, host, port;
  bool operator==(const Place&) const = default;
};

// Nothing for what is no address, and for one that names a user: "https://api.twilio.com@evil".
std::optional<Place> place_of(std::string_view text) {
  const auto url = boost::urls::parse_absolute_uri({text.data(), text.size()});
  if (!url || url->has_userinfo()) return std::nullopt;
  return Place{.scheme = to_lower_ascii(std::string(url->scheme())),
               .host = to_lower_ascii(std::string(url->encoded_host())),
               .port = std::string(url->port())};
}

}  // namespace

bool is_host_of(std::string_view url, std::string_view domain, const SourceSettings& settings) {
  const auto place = place_of(url);
  if (!place) return false;
  if (!settings.api_url.empty() && place == place_of(settings.api_url)) return true;
  if (place->scheme != "https" || (!place->port.empty() && place->port != "443")) return false;
  return place->host == domain || place->host.ends_with("." + std::string(domain));
}

std::unexpected<Error> not_theirs() {
  return fail(
      ErrorKind::kInvalid, "address_not_theirs",
      "the delivery names an address that is not the provider's; its key is not sent there");
}

std::pair<std::string, std::string> basic_auth(std::string_view user_and_password) {
  return {"Authorization", "Basic " + to_base64(user_and_password)};
}

}  // namespace dealog::connectors
