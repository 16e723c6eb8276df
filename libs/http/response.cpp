#include "libs/http/response.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace dealog::http {

Response Response::json(int status, std::string text) {
  return {.status = status, .content_type = media_type::kJson, .body = std::move(text)};
}

Response Response::json(int status, const boost::json::value& value) {
  return json(status, boost::json::serialize(value));
}

Response Response::text(int status, std::string text) {
  return {.status = status, .content_type = media_type::kText, .body = std::move(text)};
}

Response Response::bytes(std::string_view content_type, std::string body) {
  return {.content_type = content_type, .body = std::move(body)};
}

Response Response::embedded(std::string_view content_type, std::string_view body) {
  return {.content_type = content_type, .static_body = body};
}

Response Response::no_content() { return {.status = 204}; }

Response Response::events(StreamBody body) {
  return {.content_type = media_type::kEvents, .stream = std::move(body), .heartbeat = true};
}

Response Response::ndjson(StreamBody body) {
  return {.content_type = media_type::kNdjson, .stream = std::move(body)};
}

}  // namespace dealog::http
