#include "libs/connectors/mail/posted_attachments.hpp"

#include <utility>

#include "libs/base/text.hpp"
#include "libs/connectors/mail/header_words.hpp"
#include "libs/connectors/mail/mime_message.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors::mail {

std::string bare_content_id(std::string_view id) {
  id = trim(id);
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return is_valid_utf8(id) && id.size() <= kMessageIdBytes ? std::string(id) : std::string();
}

Result<void> add_attachment(std::vector<Attachment>& out, Attachment attachment) {
  if (out.size() == kMailAttachments) {
    return fail(ErrorKind::kTooLarge, "too_many_attachments", "the mail has too many attachments");
  }
  const bool type_is_odd = attachment.content_type.empty() ||
                           attachment.content_type.size() > kMailNameBytes ||
                           !is_valid_utf8(attachment.content_type);
  if (type_is_odd) attachment.content_type = "application/octet-stream";
  attachment.name = tidy_file_name(decode_words(attachment.name));
  attachment.content_id = bare_content_id(attachment.content_id);
  out.push_back(std::move(attachment));
  return {};
}

Result<std::vector<Attachment>> attachments_of(
    std::vector<Part> files, const std::function<std::string(const std::string&)>& content_id_of) {
  std::vector<Attachment> out;
  for (auto& file : files) {
    const auto size = file.content.size();
    TRY(add_attachment(out, {.id = {},
                             .kind = {},
                             .name = std::move(file.filename).value_or(""),
                             .content_type = std::move(file.content_type),
                             .size = size,
                             .bytes = std::move(file.content),
                             .content_id = content_id_of(file.name)}));
  }
  return out;
}

}  // namespace dealog::connectors::mail
