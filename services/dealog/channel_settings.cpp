#include "services/dealog/channel_settings.hpp"

#include <fstream>

#include <fmt/format.h>

#include "libs/base/text.hpp"

namespace dealog {
namespace {

// The first line of a file; empty when no file is named.
Result<std::string> secret_in(const std::string& key, const std::string& file) {
  if (file.empty()) return std::string();
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  const std::string secret(trim(line));
  if (!secret.empty()) return secret;
  return fail(ErrorKind::kInvalid, "secret_unreadable",
              fmt::format("{}: the first line of {} cannot be read or is empty", key, file));
}

outbound::SmtpSecurity security_of(const std::string& name) {
  if (name == "tls") return outbound::SmtpSecurity::kTls;
  return name == "none" ? outbound::SmtpSecurity::kNone : outbound::SmtpSecurity::kStartTls;
}

}  // namespace

Result<automation::MailSettings> mail_settings(const Config& config) {
  const std::string password = TRY(secret_in("mail.password_file", config.mail_password_file));
  automation::MailSettings settings{.server = {.host = config.mail_server,
                                               .port = static_cast<int>(config.mail_port),
                                               .security = security_of(config.mail_security),
                                               .user = config.mail_user,
                                               .password = password,
                                               .ca_file = config.mail_ca_file},
                                    .from = {config.mail_from, config.mail_from_name},
                                    .reply_to = config.mail_reply_to};
  TRY(automation::check(settings));
  return settings;
}

Result<automation::TelegramSettings> telegram_settings(const Config& config) {
  return automation::TelegramSettings{
      .token = TRY(secret_in("telegram.token_file", config.telegram_token_file)),
      .api_url = config.telegram_api_url};
}

}  // namespace dealog
