#include "services/webhooks/fetched_body.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/domain/file/file.hpp"

namespace dealog::webhooks {
namespace {

using connectors::ApiRequest;
using fetch::FailFetch;
using outbound::WebAnswer;

struct Arrived {
  WebAnswer answer;
  std::string url;  // after the redirects
};
using ArrivedOrNot = std::expected<Arrived, FailFetch>;

FailFetch failure_of(const Error& error) {
  const bool never = error.kind == ErrorKind::kInvalid || error.code == "answer_too_large";
  return {.code = error.code, .final = never};
}

// What is asked in a wrong way stays wrong. A recording that is not there may come to be.
bool is_final(int status) {
  const bool later =
      status == 404 || status == 408 || status == 409 || status == 425 || status == 429;
  return status >= 300 && status < 500 && !later;
}

bool is_redirect(const WebAnswer& answer) {
  return answer.status >= 300 && answer.status < 400 && !answer.location.empty();
}

ArrivedOrNot ask(outbound::WebClient& client, ApiRequest request, Timestamp now,
                 const outbound::Interrupt& stop) {
  outbound::WebRequest web{.method = std::move(request.method),
                           .url = std::move(request.url),
                           .headers = std::move(request.headers),
                           .body = std::move(request.body),
                           .answer_bytes = limits::kFileBytes,
                           .answer_timeout = kBodyTimeout,
                           .stop = &stop};
  for (int hop = 0; hop <= kRedirects; ++hop) {
    auto answer = client.send(web);
    if (!answer) return std::unexpected(failure_of(answer.error()));
    if (is_redirect(*answer)) {
      web = {.url = answer->location,
             .answer_bytes = limits::kFileBytes,
             .answer_timeout = kBodyTimeout,
             .stop = &stop};
      continue;
    }
    if (answer->status >= 200 && answer->status < 300) {
      return Arrived{*std::move(answer), std::move(web.url)};
    }
    return std::unexpected(webhooks::failure_of(*answer, is_final(answer->status), now));
  }
  return std::unexpected(FailFetch{.code = "too_many_redirects", .final = true});
}

ArrivedOrNot ask_for_file(const ConnectedSource& source, const std::string& id,
                          outbound::WebClient& client, Timestamp now,
                          const outbound::Interrupt& stop) {
  auto first = source.provider->ask_file(id, source.settings);
  if (!first) return std::unexpected(failure_of(first.error()));
  auto told = ask(client, std::move(first->request), now, stop);
  if (!told || !first->tells_where) return told;
  auto second = source.provider->file_at(id, told->answer.body, source.settings);
  if (!second) return std::unexpected(failure_of(second.error()));
  return ask(client, *std::move(second), now, stop);
}

// "https://…/photos/file_1.jpg?x" as "file_1.jpg".
std::string last_part(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return std::string(url.substr(url.find_last_of('/') + 1));
}

std::string media_type_of(const fetch::State& state, const Arrived& arrived) {
  for (const auto& told : {state.target.media_type, arrived.answer.content_type}) {
    const std::string plain = file::plain_media_type(told);
    if (!plain.ends_with("/octet-stream")) return plain;
  }
  return file::media_type_of(last_part(arrived.url));
}

// A page that says why there is none is no recording.
bool is_page(std::string_view media_type) {
  return media_type.starts_with("text/") || media_type.ends_with("/json") ||
         media_type.ends_with("/xml");
}

}  // namespace

FailFetch failure_of(const WebAnswer& answer, bool final, Timestamp now) {
  FailFetch failure{
      .code = answer.status == 429 ? "rate_limited" : fmt::format("status_{}", answer.status),
      .final = final};
  if (answer.retry_after) {
    const auto wait = std::min(*answer.retry_after, std::chrono::seconds(24 * 3600));
    failure.not_before = Timestamp{now.us + std::chrono::microseconds(wait).count()};
  }
  return failure;
}

std::expected<FetchedBody, FailFetch> fetch_body(const ConnectedSource& source,
                                                 const fetch::State& state,
                                                 outbound::WebClient& client, Timestamp now,
                                                 const outbound::Interrupt& stop) {
  if (state.id.empty()) return std::unexpected(FailFetch{.code = "person_erased", .final = true});
  auto arrived = ask_for_file(source, state.id, client, now, stop);
  if (!arrived) return std::unexpected(std::move(arrived).error());
  if (arrived->answer.body.empty()) return std::unexpected(FailFetch{.code = "empty_file"});
  FetchedBody body{.media_type = media_type_of(state, *arrived)};
  if (state.what == fetch::kRecording && is_page(body.media_type)) {
    return std::unexpected(FailFetch{.code = "not_a_recording"});
  }
  body.bytes = std::move(arrived->answer.body);
  body.name = file::with_ending(file::tidy_name(state.target.name), body.media_type);
  if (body.name.empty()) body.name = file::with_ending("file", body.media_type);
  return body;
}

}  // namespace dealog::webhooks
