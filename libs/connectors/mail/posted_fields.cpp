#include "libs/connectors/mail/posted_fields.hpp"

#include <algorithm>
#include <ranges>

#include "libs/connectors/parse/charset_guess.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/urlencoded.hpp"

namespace dealog::connectors::mail {

const Part* PostedFields::find(std::string_view name) const {
  for (const auto* parts : {&fields, &files}) {
    for (const auto& part : *parts | std::views::reverse) {
      if (part.name == name) return &part;
    }
  }
  return nullptr;
}

std::string PostedFields::text(std::string_view name, std::string_view charset) const {
  const Part* part = find(name);
  return part ? text_of(part->content, charset.empty() ? part->charset : charset) : std::string();
}

Node PostedFields::json(std::string_view name) const {
  const Part* part = find(name);
  auto node = part ? parse_json(part->content) : fail({});
  return node ? *std::move(node) : Node{};
}

Result<PostedFields> read_posted_fields(const Delivery& delivery) {
  if (delivery.body.size() > kBodyBytes) {
    return fail(ErrorKind::kTooLarge, "body_too_large", "the body is larger than any route takes");
  }
  PostedFields out;
  const HeaderValue type = parse_header_value(delivery.content_type());
  if (type.value == "application/x-www-form-urlencoded") {
    for (auto& field : TRY(parse_urlencoded(delivery.body))) {
      out.fields.push_back({.name = std::move(field.name),
                            .filename = {},
                            .content_type = {},
                            .charset = type.parameter("charset"),
                            .content = std::move(field.value)});
    }
    return out;
  }
  if (type.value != "multipart/form-data") {
    return fail(ErrorKind::kInvalid, "unsupported_media_type", "the body is no form");
  }
  for (auto& part : TRY(parse_multipart(delivery.body, type.parameter("boundary")))) {
    if (!part.filename) {
      out.fields.push_back(std::move(part));
    } else if (!part.filename->empty() || !part.content.empty()) {
      out.files.push_back(std::move(part));
    }
  }
  return out;
}

}  // namespace dealog::connectors::mail
