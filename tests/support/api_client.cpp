#include "tests/support/api_client.hpp"

#include <charconv>
#include <stdexcept>

#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "tests/support/eventually.hpp"

namespace dealog::e2e {
namespace {

// A read may wait 5 s for its position, and the machine may be busy with a build.
constexpr std::chrono::seconds kAnswersWithin{30};
constexpr std::size_t kShownBytes = 4000;

json::value parsed(const std::string& text) {
  json::error_code error;
  json::value value = json::parse(text, error);
  return error ? json::value(nullptr) : value;
}

const json::value* find(const json::value& value, std::string_view pointer) {
  json::error_code error;
  return value.find_pointer({pointer.data(), pointer.size()}, error);
}

}  // namespace

std::uint64_t Answer::position() const {
  const std::string_view header = headers.get("Dealog-Position");
  std::uint64_t value = 0;
  std::from_chars(header.data(), header.data() + header.size(), value);
  return value;
}

std::string Answer::shown() const {
  return request + " → " + std::to_string(status) + " " + text.substr(0, kShownBytes);
}

const json::value& Answer::at(std::string_view pointer) const {
  const json::value* found = find(body, pointer);
  if (found == nullptr) {
    throw std::runtime_error("no " + std::string(pointer) + " in: " + shown());
  }
  return *found;
}

std::string Answer::str(std::string_view pointer) const {
  const json::value& value = at(pointer);
  if (!value.is_string()) {
    throw std::runtime_error(std::string(pointer) + " is no text in: " + shown());
  }
  return std::string(value.as_string());
}

std::int64_t Answer::number(std::string_view pointer) const {
  return at(pointer).to_number<std::int64_t>();
}

const json::array& Answer::items(std::string_view pointer) const {
  const json::value& value = at(pointer);
  if (!value.is_array()) {
    throw std::runtime_error(std::string(pointer) + " is no array in: " + shown());
  }
  return value.as_array();
}

Answer must(Answer answer, int status) {
  if (answer.status != status) {
    throw std::runtime_error("wanted " + std::to_string(status) + ": " + answer.shown());
  }
  return answer;
}

void expect_problem(const Answer& answer, int status, std::string_view code) {
  EXPECT_EQ(answer.status, status) << answer.shown();
  EXPECT_TRUE(answer.headers.get("Content-Type").starts_with("application/problem+json"))
      << answer.headers.get("Content-Type") << " of " << answer.shown();
  for (const char* member : {"/type", "/title", "/status", "/detail", "/code"}) {
    EXPECT_TRUE(has(answer.body, member)) << member << " of " << answer.shown();
  }
  if (!has(answer.body, "/code") || !has(answer.body, "/status")) return;
  EXPECT_EQ(answer.str("/code"), code) << answer.shown();
  EXPECT_EQ(answer.number("/status"), status) << answer.shown();
}

std::vector<std::string> criteria(const json::value& unmet) {
  std::vector<std::string> codes;
  for (const auto& item : unmet.as_array()) codes.push_back(str(item, "/criterion"));
  return codes;
}

std::string str(const json::value& value, std::string_view pointer) {
  const json::value* found = find(value, pointer);
  if (found == nullptr || !found->is_string()) {
    throw std::runtime_error("no text at " + std::string(pointer) + " in " +
                             json::serialize(value));
  }
  return std::string(found->as_string());
}

bool has(const json::value& value, std::string_view pointer) {
  const json::value* found = find(value, pointer);
  return found != nullptr && !found->is_null();
}

ApiClient::ApiClient(std::uint16_t port, std::string token) : token_(std::move(token)) {
  move_to(port);
}

void ApiClient::move_to(std::uint16_t port) { client_.emplace("127.0.0.1", port, kAnswersWithin); }

Answer ApiClient::answered(std::string request, Result<http::ClientResponse> response) {
  if (!response) {
    throw std::runtime_error(request + " was not answered: " + response.error().message);
  }
  Answer answer{.request = std::move(request),
                .status = response->status,
                .headers = std::move(response->headers),
                .text = std::move(response->body),
                .body = nullptr};
  answer.body = parsed(answer.text);
  seen_ = std::max(seen_, answer.position());
  return answer;
}

Answer ApiClient::request(std::string_view method, std::string_view target, std::string_view body,
                          http::ClientHeaders headers) {
  if (!token_.empty()) headers.emplace_back("Authorization", "Bearer " + token_);
  return answered(std::string(method) + " " + std::string(target) + " " + std::string(body),
                  client_->request(method, target, body, headers));
}

Answer ApiClient::send(std::string_view method, std::string_view target, const json::value& body,
                       http::ClientHeaders headers) {
  headers.emplace_back("Content-Type", "application/json");
  return request(method, target, json::serialize(body), std::move(headers));
}

Answer ApiClient::read(std::string_view target) {
  const char join = target.find('?') == std::string_view::npos ? '?' : '&';
  return must(
      get(std::string(target) + join + "min_position=" + std::to_string(seen_) + "&settled=true"),
      200);
}

Answer ApiClient::read_until(std::string_view target, std::size_t items) {
  Answer answer;
  const bool came = testing_support::eventually([&] {
    answer = read(target);
    return answer.items().size() == items;
  });
  if (came) return answer;
  throw std::runtime_error("never had " + std::to_string(items) + " items: " + answer.shown());
}

Answer ApiClient::deliver(std::string_view hook_url, std::string_view content_type,
                          std::string_view body, http::ClientHeaders headers) {
  headers.emplace_back("Content-Type", content_type);
  return answered("delivery " + std::string(hook_url) + " " + std::string(body),
                  client_->request("POST", hook_url, body, headers));
}

std::uint64_t ApiClient::head() {
  return static_cast<std::uint64_t>(must(get("/v1/log/head"), 200).number("/position"));
}

std::string form_encoded(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    body += (body.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  }
  return body;
}

}  // namespace dealog::e2e
