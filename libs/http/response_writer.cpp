#include "libs/http/response_writer.hpp"

#include <ctime>

#include "libs/base/text.hpp"

namespace dealog::http {
namespace {

struct Default {
  std::string_view name;
  std::string_view line;
};

// What a JSON API wants; pages and files loosen it for themselves.
constexpr Default kDefaults[] = {
    {"X-Content-Type-Options", "X-Content-Type-Options: nosniff\r\n"},
    {"X-Frame-Options", "X-Frame-Options: DENY\r\n"},
    {"Referrer-Policy", "Referrer-Policy: no-referrer\r\n"},
    {"Content-Security-Policy",
     "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"},
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy: same-origin\r\n"},
    {"Cache-Control", "Cache-Control: no-store\r\n"},
};

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

bool is_framing(std::string_view name) {
  for (const std::string_view own :
       {"Content-Length", "Transfer-Encoding", "Connection", "Date", "X-Request-Id"}) {
    if (equals_ignoring_case_ascii(name, own)) return true;
  }
  return false;
}

void put_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const std::size_t start = out.size();
  out.append(value);
  for (std::size_t i = start; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) out[i] = ' ';
  }
  out.append("\r\n");
}

void put_defaults(std::string& out, const Response& response) {
  for (const Default& standard : kDefaults) {
    if (response.headers.size() > 0 && response.headers.has(standard.name)) continue;
    out.append(standard.line);
  }
}

void put_framing(std::string& out, const HeadContext& context) {
  if (context.content_length) {
    out.append("Content-Length: ").append(std::to_string(*context.content_length)).append("\r\n");
  }
  if (context.chunked) out.append("Transfer-Encoding: chunked\r\n");
  if (!context.keep_alive)
    out.append("Connection: close\r\n");
  else if (!context.http11)
    out.append("Connection: keep-alive\r\n");
}

}  // namespace

std::string http_date(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm utc{};
  gmtime_r(&time, &utc);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[utc.tm_wday], utc.tm_mday,
                     kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

void write_head(std::string& out, const Response& response, const HeadContext& context) {
  out.append(context.http11 ? "HTTP/1.1 " : "HTTP/1.0 ");
  out.append(std::to_string(response.status)).append(" ").append(reason(response.status));
  out.append("\r\n");
  put_line(out, "Date", context.date);
  put_line(out, "X-Request-Id", context.request_id);
  if (!response.content_type.empty() && !response.headers.has("Content-Type")) {
    put_line(out, "Content-Type", response.content_type);
  }
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    if (is_framing(response.headers.name(i))) continue;
    put_line(out, response.headers.name(i), response.headers.value(i));
  }
  put_defaults(out, response);
  if (context.tls) out.append("Strict-Transport-Security: max-age=31536000\r\n");
  put_framing(out, context);
  out.append("\r\n");
}

}  // namespace dealog::http
