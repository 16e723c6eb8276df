#include "libs/connectors/imap/oauth.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/connectors/parse/json.hpp"

namespace dealog::connectors::imap {
namespace {

// Of one that does not say how long it lasts; servers mostly give an hour.
constexpr std::chrono::seconds kUsualLife{600};
constexpr std::int64_t kLongestLifeS = 24 * 3600;
constexpr std::size_t kTokenBytes = 8 << 10;

void add_field(std::string& form, std::string_view name, const std::string* value) {
  if (value == nullptr) return;
  if (!form.empty()) form += '&';
  form += std::string(name) + "=" + percent_encode(*value);
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= kTokenBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::unexpected<Error> failed() {
  return fail(ErrorKind::kUnavailable, "token_server_failed",
              "the server that gives out access tokens did not give one");
}

}  // namespace

ApiRequest token_request(const SourceSettings& settings) {
  std::string form = "grant_type=refresh_token";
  for (const auto part : {kRefreshToken, kClientId, kClientSecret}) {
    add_field(form, part, settings.secret(part));
  }
  return {.method = "POST",
          .url = settings.mailbox->token_url,
          .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                      {"Accept", "application/json"}},
          .body = std::move(form)};
}

Result<AccessToken> read_token(int status, std::string_view body) {
  if (status == 400 || status == 401 || status == 403) {
    return fail(ErrorKind::kUnavailable, "token_refused",
                "the refresh token is refused: the access to the mailbox has to be allowed again");
  }
  const auto answer = parse_json(body);
  if (status != 200 || !answer) return failed();
  AccessToken token{.text = answer->text_of("access_token").value_or(""),
                    .lasts = kUsualLife,
                    .refresh_token = answer->text_of("refresh_token").value_or("")};
  if (!is_token(token.text)) return failed();
  if (!is_token(token.refresh_token)) token.refresh_token.clear();
  const std::string life = answer->text_of("expires_in").value_or("");
  if (!life.empty() && life.size() < 10 && life.find_first_not_of("0123456789") == life.npos) {
    token.lasts = std::chrono::seconds(std::min<std::int64_t>(std::stoll(life), kLongestLifeS));
  }
  return token;
}

}  // namespace dealog::connectors::imap
