// Settings of the channels by which effects leave, with the secrets that lie in files.
#pragma once

#include "services/automation/mail_channel.hpp"
#include "services/automation/telegram_channel.hpp"
#include "services/dealog/config.hpp"

namespace dealog {

// Errors: kInvalid "secret_unreadable" naming the file; kInvalid "invalid_mail_settings".
Result<automation::MailSettings> mail_settings(const Config& config);
Result<automation::TelegramSettings> telegram_settings(const Config& config);

}  // namespace dealog
