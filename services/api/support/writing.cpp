#include "services/api/support/writing.hpp"

#include "libs/http/json_reader.hpp"

namespace dealog::api {
namespace {

namespace json = boost::json;

// Keys in order, no white space: two bodies that mean the same are the same text.
void write_canonical(const json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : *object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
    out += '{';
    for (const auto* member : members) {
      out += json::serialize(json::value(member->key())) + ":";
      write_canonical(member->value(), out);
      out += ',';
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& item : *array) {
      write_canonical(item, out);
      out += ',';
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

std::string canonical_request(const http::Request& request) {
  std::string out = std::string(method_name(request.method)) + " " + request.target + "\n";
  if (const auto body = http::parse_json(request.body)) {
    write_canonical(*body, out);
  } else {
    out += request.body;
  }
  out += "\nif-match:" + std::string(request.header("If-Match"));
  return out;
}

}  // namespace

Result<CommandRequest> command_of(const Session& session, const http::Request& request,
                                  std::string_view name, std::string_view stream, Access access) {
  CommandRequest command{.name = std::string(name),
                         .stream = std::string(stream),
                         .access = access,
                         .actor = session.principal.actor(),
                         .rights = session.principal.rights,
                         .language = session.language};
  if (auto key = TRY(http::idempotency_key(request))) {
    command.idempotency = Idempotency{.principal = session.principal.user.text(),
                                      .method = std::string(method_name(request.method)),
                                      .path = request.path,
                                      .key = *std::move(key),
                                      .canonical = canonical_request(request)};
  }
  return command;
}

Result<void> read_nothing(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request, true));
  document.object();
  return document.finish();
}

boost::asio::awaitable<Result<Outcome>> execute_plain(const Api& api, Result<CommandRequest> asked,
                                                      CommandBus::Work work) {
  CommandRequest command = CO_TRY(std::move(asked));
  co_return co_await from_callback<Result<Outcome>>([&](Callback<Result<Outcome>> done) {
    api.bus.submit(
        std::move(command), std::move(work),
        [done = std::move(done)](Result<Outcome> outcome) mutable { done(std::move(outcome)); });
  });
}

http::Response written(http::Response response, const Outcome& outcome,
                       std::optional<std::uint64_t> etag) {
  response.headers.set("Dealog-Position", std::to_string(outcome.last.value));
  if (etag) response.headers.set("ETag", http::etag_of(*etag));
  return response;
}

http::Response written(int status, const json::value& body, const Outcome& outcome,
                       std::optional<std::uint64_t> etag) {
  return written(http::Response::json(status, body), outcome, etag);
}

Result<RecordedEvent> appended_event(const Api& api, const AppendedEvent& event) {
  Result<RecordedEvent> found = fail(ErrorKind::kInternal, "event_missing",
                                     "an appended event is not in the log; run `dealog verify`");
  TRY(api.log().read(event.position, Direction::kForward, 1, [&](const StoredEvent& stored) {
    found = decode(stored.record, Open::kAll, &api.keys());
    return false;
  }));
  return found;
}

}  // namespace dealog::api
