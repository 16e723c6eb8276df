// The setting `mailbox` of a source that is read by IMAP instead of being posted to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::connectors {

struct MailboxSettings {
  enum class Security { kTls, kStartTls, kNone };
  enum class Login { kPassword, kOauth2 };

  std::string host;
  int port = 993;
  Security security = Security::kTls;
  std::string user;
  Login login = Login::kPassword;
  std::string token_url;  // of kOauth2: where a refresh token is turned into an access token
  std::vector<std::string> folders = {"INBOX"};
  // The folder of what we have written: a name, "auto" (the one that the server marks), "none".
  std::string sent = "auto";
  std::optional<Date> since;  // nothing: from the first look on
  std::string authority;      // PEM of a certificate authority of our own

  bool operator==(const MailboxSettings&) const = default;
};

// Everything wrong is added to `errors` with pointers of the request body. Thread: any.
MailboxSettings read_mailbox(const boost::json::value& value, std::vector<FieldError>& errors);

// What read_mailbox reads back.
boost::json::object to_json(const MailboxSettings& settings);

}  // namespace dealog::connectors
