#include "libs/connectors/lead/utm.hpp"

#include <string>

#include "libs/base/text.hpp"
#include "libs/connectors/parse/urlencoded.hpp"

namespace dealog::connectors {
namespace {

constexpr std::size_t kMostUtm = 20;

// Some campaigns are encoded twice; a text that does not become UTF-8 stays as it is.
std::string decoded(std::string_view text) {
  std::string out = decode_component(text, false);
  return is_valid_utf8(out) ? out : std::string(text);
}

}  // namespace

NamedTexts utm_of_cookies(std::string_view cookies) {
  constexpr std::string_view kName = "TILDAUTM=";
  NamedTexts out;
  for (std::string_view cookie : split(cookies, ';')) {
    cookie = trim(cookie);
    if (!cookie.starts_with(kName)) continue;
    const std::string marks = decoded(cookie.substr(kName.size()));
    std::string_view rest = marks;
    while (!rest.empty() && out.size() < kMostUtm) {
      const auto end = rest.find("|||");
      const std::string_view mark = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 3);
      const auto equals = mark.find('=');
      if (equals == std::string_view::npos || !mark.starts_with("utm_")) continue;
      out.emplace_back(std::string(mark.substr(0, equals)), decoded(mark.substr(equals + 1)));
    }
  }
  return out;
}

}  // namespace dealog::connectors
