// What all sources of mail have in common: from a header and a text to a fact.
#pragma once

#include <string>
#include <string_view>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/mail/mail_headers.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::mail {

// Fills what `mail` lacks from the header: who wrote, to whom, the subject, the thread, whether a
// program wrote it. Its identity is the Message-ID, else `fallback_id` ("sha256:…"); its time is
// the Date, if that is one. Thread: any.
Fact mail_fact(MailFact mail, const Headers& headers, const std::string& fallback_id,
               const SourceSettings& settings);

// "sha256:<hex>".
std::string content_id_of(std::string_view bytes);

// The person of one mailbox.
Contact person_of(const Mailbox& mailbox, const SourceSettings& settings);

// The fact of a raw mail. Errors: those of parse_mime.
Result<Fact> fact_of_raw(std::string_view bytes, const std::string& fallback_id,
                         const SourceSettings& settings);

}  // namespace dealog::connectors::mail
