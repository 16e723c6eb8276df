// Attachments as services hand them over.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/fact.hpp"
#include "libs/connectors/mail/posted_fields.hpp"

namespace dealog::connectors::mail {

// The files of a form. `content_id_of` tells the Content-ID of the part of a name, "" for none.
// Errors: kTooLarge "too_many_attachments".
Result<std::vector<Attachment>> attachments_of(
    std::vector<Part> files, const std::function<std::string(const std::string&)>& content_id_of);

// Adds one. Errors: kTooLarge "too_many_attachments".
Result<void> add_attachment(std::vector<Attachment>& out, Attachment attachment);

// "<cid@x>" as "cid@x".
std::string bare_content_id(std::string_view id);

}  // namespace dealog::connectors::mail
