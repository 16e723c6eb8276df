#include "libs/connectors/mail/mime_message.hpp"

#include <algorithm>
#include <array>
#include <mutex>

#include <gmime/gmime.h>

#include "libs/base/text.hpp"
#include "libs/connectors/mail/gmime_library.hpp"
#include "libs/connectors/mail/header_words.hpp"
#include "libs/connectors/mail/html_text.hpp"
#include "libs/connectors/mail/posted_attachments.hpp"
#include "libs/connectors/parse/charset_guess.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors::mail {

void prepare_gmime() {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
}

namespace {

// Whether a line could be a field of a header: "name:".
bool looks_like_field(std::string_view line) {
  const auto end = line.find_first_of(": \t");
  return end != line.npos && end > 0 && line[end] == ':';
}

// GMime's own work and memory grow with the lines that could be boundaries or fields, before we see
// a single part.
Result<void> check_size(std::string_view bytes) {
  if (bytes.size() > kBodyBytes) {
    return fail(ErrorKind::kTooLarge, "body_too_large", "the mail is larger than any route takes");
  }
  std::size_t dashes = 0;
  std::size_t fields = 0;
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find('\n'), bytes.size() - 1);
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (line.starts_with("--")) ++dashes;
    if (looks_like_field(line)) ++fields;
    if (dashes > kMailDashLines || fields > kMailFieldLines) {
      return fail(ErrorKind::kTooLarge, "too_many_mail_parts", "the mail has too many parts");
    }
  }
  return {};
}

std::string_view bytes_of(GMimeStream* stream) {
  const GByteArray* array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
  return {reinterpret_cast<const char*>(array->data), array->len};
}

std::string decoded_bytes(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (!content) return {};
  const GObjectPtr<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, stream.get());
  return std::string(bytes_of(stream.get()));
}

std::string own_text(const char* text) { return text ? std::string(text) : std::string(); }

std::string type_of(GMimeObject* object) {
  GMimeContentType* type = g_mime_object_get_content_type(object);
  const GText text(type ? g_mime_content_type_get_mime_type(type) : nullptr);
  std::string out = to_lower_ascii(own_text(text.get()));
  return is_valid_utf8(out) && out.size() <= kMailNameBytes ? out : "application/octet-stream";
}

bool is_blank(std::string_view text) {
  return trim(text).find_first_not_of("\r\n \t") == text.npos;
}

// What a part amounts to.
struct Content {
  std::string text;
  bool rich = false;  // made of HTML
};

class Walk {
 public:
  Result<MimeMessage> run(GMimeMessage* message, Headers headers) {
    out_.headers = std::move(headers);
    Content content;
    if (GMimeObject* root = g_mime_message_get_mime_part(message)) content = TRY(visit(root, 0));
    out_.text = tidy_text(std::move(content.text));
    return std::move(out_);
  }

 private:
  Result<Content> visit(GMimeObject* object, std::size_t depth) {
    if (depth >= kMailDepth) {
      return fail(ErrorKind::kTooLarge, "mail_too_deep",
                  "the mail has parts within parts too deep");
    }
    if (++parts_ > kMailParts) {
      return fail(ErrorKind::kTooLarge, "too_many_mail_parts", "the mail has too many parts");
    }
    if (GMIME_IS_MULTIPART(object)) return visit_multipart(GMIME_MULTIPART(object), depth);
    if (GMIME_IS_MESSAGE_PART(object)) return visit_mail(GMIME_MESSAGE_PART(object));
    if (GMIME_IS_PART(object)) return visit_part(GMIME_PART(object));
    return Content{};
  }

  Result<Content> visit_multipart(GMimeMultipart* multipart, std::size_t depth) {
    const bool alternative = type_of(GMIME_OBJECT(multipart)) == "multipart/alternative";
    Content joined;
    const int count = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count; ++i) {
      Content content = TRY(visit(g_mime_multipart_get_part(multipart, i), depth + 1));
      if (is_blank(content.text)) continue;
      if (alternative) {
        // The plain one stays; of two rich ones the later is the better.
        if (joined.text.empty() || joined.rich) joined = std::move(content);
        continue;
      }
      joined.rich = joined.text.empty() ? content.rich : joined.rich && content.rich;
      if (!joined.text.empty() && !joined.text.ends_with('\n')) joined.text += '\n';
      joined.text += content.text;
    }
    return joined;
  }

  // A mail that was attached stays whole.
  Result<Content> visit_mail(GMimeMessagePart* part) {
    GMimeMessage* inner = g_mime_message_part_get_message(part);
    if (!inner) return Content{};
    const GObjectPtr<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, stream.get());
    const std::string_view bytes = bytes_of(stream.get());
    std::string name = tidy_file_name(decode_words(Headers::parse(bytes).get("Subject")));
    if (name.empty()) name = "message";
    TRY(attach(name + ".eml", "message/rfc822", std::string(bytes), {}));
    return Content{};
  }

  Result<Content> visit_part(GMimePart* part) {
    GMimeObject* object = GMIME_OBJECT(part);
    const std::string type = type_of(object);
    const std::string disposition = to_lower_ascii(own_text(g_mime_object_get_disposition(object)));
    const std::string name = name_of(part);
    const bool html = type == "text/html";
    if ((!html && type != "text/plain") || disposition == "attachment" || !name.empty()) {
      // Copies of the text for mailers that show it their own way.
      constexpr std::array<std::string_view, 3> kCopies{"text/x-amp-html", "text/watch-html",
                                                        "text/enriched"};
      if (name.empty() && std::ranges::find(kCopies, type) != kCopies.end()) return Content{};
      TRY(attach(name, type, decoded_bytes(part), own_text(g_mime_part_get_content_id(part))));
      return Content{};
    }
    const std::string bytes = decoded_bytes(part);
    std::string charset = own_text(g_mime_object_get_content_type_parameter(object, "charset"));
    if (html && charset.empty()) charset = html_charset(bytes);
    std::string words = text_of(std::string_view(bytes), charset);
    return Content{html ? html_to_text(words) : std::move(words), html};
  }

  // As it came: GMime decodes RFC 2231, the words that have no place here are ours.
  static std::string name_of(GMimePart* part) {
    return tidy_file_name(decode_words(own_text(g_mime_part_get_filename(part))));
  }

  Result<void> attach(std::string name, std::string type, std::string bytes, std::string id) {
    const auto size = bytes.size();
    return add_attachment(out_.attachments, {.id = {},
                                             .kind = {},
                                             .name = std::move(name),
                                             .content_type = std::move(type),
                                             .size = size,
                                             .bytes = std::move(bytes),
                                             .content_id = std::move(id)});
  }

  MimeMessage out_;
  std::size_t parts_ = 0;
};

// A text file has fields of sorts, too ("Note: …"); a mail has one of these.
bool looks_like_mail(const Headers& headers) {
  constexpr std::array<std::string_view, 8> kFields{
      "From", "To", "Subject", "Date", "Message-ID", "Received", "MIME-Version", "Return-Path"};
  return std::ranges::any_of(kFields, [&](auto name) { return headers.has(name); });
}

}  // namespace

std::string tidy_text(std::string text) {
  std::string out;
  out.reserve(std::min(text.size(), kMailTextBytes));
  for (std::size_t i = 0; i < text.size() && out.size() < kMailTextBytes; ++i) {
    if (text[i] == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    } else if (text[i] != '\0') {
      out += text[i];
    }
  }
  return std::string(utf8_prefix(out, kMailTextBytes));
}

std::string tidy_file_name(std::string_view name) {
  const auto slash = name.find_last_of("/\\");
  if (slash != name.npos && slash + 1 < name.size()) name = name.substr(slash + 1);
  std::string out(trim(name));
  std::erase_if(out, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == '\\';
  });
  return std::string(utf8_prefix(out, kMailNameBytes));
}

Result<MimeMessage> parse_mime(std::string_view bytes) {
  TRY(check_size(bytes));
  // The envelope line of an mbox file.
  if (bytes.starts_with("From "))
    bytes.remove_prefix(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  while (bytes.starts_with('\r') || bytes.starts_with('\n')) bytes.remove_prefix(1);
  Headers headers = Headers::parse(bytes);
  if (!looks_like_mail(headers)) {
    return fail(ErrorKind::kInvalid, "not_a_mail", "the body does not begin with a mail's header");
  }
  prepare_gmime();
  const GObjectPtr<GMimeStream> stream(
      g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const GObjectPtr<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const GObjectPtr<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
  if (!message) {
    return fail(ErrorKind::kInvalid, "not_a_mail", "the body cannot be read as a mail");
  }
  return Walk().run(message.get(), std::move(headers));
}

}  // namespace dealog::connectors::mail
