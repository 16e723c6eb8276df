#include "libs/outbound/mail_message.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include <fmt/format.h>
#include <gmime/gmime.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"

namespace dealog::outbound {
namespace {

struct GUnref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using GPtr = std::unique_ptr<T, GUnref>;

constexpr std::size_t kBoundaryDigits = 32;

std::unexpected<Error> invalid(std::string_view what) {
  return fail(ErrorKind::kInvalid, "invalid_mail", fmt::format("{} of the mail is not one", what));
}

// Nothing that could end a header or a command.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F && c != '<' && c != '>';
  });
}

bool is_message_id(std::string_view id) {
  return id.size() <= 250 && id.find('@') != std::string_view::npos && is_plain(id);
}

Result<void> check(const MailMessage& message) {
  if (!is_message_id(message.message_id)) return invalid("the message id");
  if (!message.in_reply_to.empty() && !is_message_id(message.in_reply_to)) {
    return invalid("the id of what it answers");
  }
  if (!normalise_email(message.from.address)) return invalid("the sender's address");
  if (!message.reply_to.empty() && !normalise_email(message.reply_to)) {
    return invalid("the address for answers");
  }
  if (message.to.empty() || message.to.size() > kMailRecipients) return invalid("the recipients");
  for (const Mailbox& to : message.to) {
    if (!normalise_email(to.address) || !is_plain(to.address)) {
      return invalid("a recipient's address");
    }
  }
  std::size_t bytes = message.text.size();
  for (const MailAttachment& attachment : message.attachments) {
    const auto slash = attachment.media_type.find('/');
    if (slash == std::string::npos || !is_plain(attachment.media_type)) {
      return invalid("an attachment's media type");
    }
    bytes += attachment.bytes.size() / 3 * 4 + 4;
  }
  if (bytes > kMailBytes) {
    return fail(ErrorKind::kTooLarge, "mail_too_large",
                fmt::format("a mail has at most {} bytes", kMailBytes));
  }
  return {};
}

// Headers are one line each; GMime folds and encodes what stands in them.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return out;
}

GPtr<GMimeDataWrapper> content_of(const std::string& bytes) {
  const GPtr<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  return GPtr<GMimeDataWrapper>(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
}

GPtr<GMimeObject> text_part(const std::string& text) {
  GMimeTextPart* part = g_mime_text_part_new_with_subtype("plain");
  g_mime_text_part_set_charset(part, "utf-8");
  g_mime_text_part_set_text(part, text.c_str());
  // Of eight bits and long lines every server makes the same.
  g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return GPtr<GMimeObject>(GMIME_OBJECT(part));
}

GPtr<GMimeObject> attachment_part(const MailAttachment& attachment) {
  const auto slash = attachment.media_type.find('/');
  GMimePart* part = g_mime_part_new_with_type(attachment.media_type.substr(0, slash).c_str(),
                                              attachment.media_type.substr(slash + 1).c_str());
  g_mime_part_set_content(part, content_of(attachment.bytes).get());
  g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
  g_mime_part_set_filename(part, one_line(attachment.name).c_str());
  return GPtr<GMimeObject>(GMIME_OBJECT(part));
}

GPtr<GMimeObject> body_of(const MailMessage& message) {
  if (message.attachments.empty()) return text_part(message.text);
  GMimeMultipart* parts = g_mime_multipart_new_with_subtype("mixed");
  // Of the id, not of chance: the same mail has the same bytes.
  const std::string boundary = "=_" + to_hex(sha256(message.message_id)).substr(0, kBoundaryDigits);
  g_mime_multipart_set_boundary(parts, boundary.c_str());
  g_mime_multipart_add(parts, text_part(message.text).get());
  for (const MailAttachment& attachment : message.attachments) {
    g_mime_multipart_add(parts, attachment_part(attachment).get());
  }
  return GPtr<GMimeObject>(GMIME_OBJECT(parts));
}

void add_mailbox(GMimeMessage* mail, GMimeAddressType type, const Mailbox& mailbox) {
  const std::string name = one_line(mailbox.name);
  g_mime_message_add_mailbox(mail, type, name.empty() ? nullptr : name.c_str(),
                             mailbox.address.c_str());
}

void set_headers(GMimeMessage* mail, const MailMessage& message) {
  add_mailbox(mail, GMIME_ADDRESS_TYPE_FROM, message.from);
  for (const Mailbox& to : message.to) add_mailbox(mail, GMIME_ADDRESS_TYPE_TO, to);
  if (!message.reply_to.empty()) {
    add_mailbox(mail, GMIME_ADDRESS_TYPE_REPLY_TO, {message.reply_to});
  }
  g_mime_message_set_subject(mail, one_line(message.subject).c_str(), "utf-8");
  g_mime_message_set_message_id(mail, message.message_id.c_str());
  GDateTime* date = g_date_time_new_from_unix_utc(message.date.us / 1'000'000);
  g_mime_message_set_date(mail, date);
  g_date_time_unref(date);
  if (!message.in_reply_to.empty()) {
    const std::string id = "<" + message.in_reply_to + ">";
    g_mime_object_set_header(GMIME_OBJECT(mail), "In-Reply-To", id.c_str(), "utf-8");
    g_mime_object_set_header(GMIME_OBJECT(mail), "References", id.c_str(), "utf-8");
  }
}

}  // namespace

Result<std::string> mail_bytes(const MailMessage& message) {
  TRY(check(message));
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
  const GPtr<GMimeMessage> mail(g_mime_message_new(TRUE));
  set_headers(mail.get(), message);
  g_mime_message_set_mime_part(mail.get(), body_of(message).get());
  GMimeFormatOptions* options = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
  char* text = g_mime_object_to_string(GMIME_OBJECT(mail.get()), options);
  g_mime_format_options_free(options);
  std::string bytes(text);
  g_free(text);
  return bytes;
}

}  // namespace dealog::outbound
