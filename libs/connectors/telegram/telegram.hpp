// Telegram: what people write to a bot, or to a business account that a bot serves.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::telegram {

// Known by the header X-Telegram-Bot-Api-Secret-Token, which setWebhook was given. Delivery key:
// telegram:<bot>:<update_id>; the bot is what follows the token in the address ("/bot1"), else the
// source. A message is <chat id>:<message id>. Answer: 200 without a body.
const Provider& provider();

}  // namespace dealog::connectors::telegram
