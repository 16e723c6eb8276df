// Deliveries written for the tests from the providers' rules, with values of our own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::testing_support {

inline Delivery post(std::string content_type, std::string body) {
  Delivery delivery;
  delivery.headers = {{"Content-Type", std::move(content_type)}};
  delivery.body = std::move(body);
  delivery.received_at = Timestamp::parse("2026-03-05T10:00:00Z").value();
  return delivery;
}

inline Delivery form(std::string body) {
  return post("application/x-www-form-urlencoded", std::move(body));
}

inline Delivery json_post(std::string body) { return post("application/json", std::move(body)); }

// Fields as a browser sends them with enctype multipart/form-data.
inline Delivery multipart(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    body +=
        "--XyZ\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
  return post("multipart/form-data; boundary=XyZ", body + "--XyZ--\r\n");
}

// Settings of a source; the test fails where they are wrong.
inline SourceSettings settings_of(std::string_view provider, const std::string& settings = "{}",
                                  const boost::json::value& secret = nullptr) {
  auto parsed = parse_settings(provider, boost::json::parse(settings), secret);
  if (!parsed) {
    std::string what = parsed.error().message;
    for (const auto& field : parsed.error().fields) {
      what += " " + field.pointer + ": " + field.message;
    }
    throw std::runtime_error(what);
  }
  return std::move(*parsed);
}

}  // namespace dealog::connectors::testing_support
