// One message or status of a WhatsApp notification.
#pragma once

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::whatsapp_cloud {

// `value` is what holds the message: its `contacts` name people. `echo`: written by us in the
// WhatsApp Business app. Errors: kInvalid "field_missing", "invalid_time".
Result<Fact> read_message(const Node& message, const Node& value, const SourceSettings& settings,
                          bool echo);
Result<Fact> read_status(const Node& status, const Node& value, const SourceSettings& settings);

}  // namespace dealog::connectors::whatsapp_cloud
