#include "services/api/support/reading.hpp"

#include <charconv>

#include "projections/all_projectors.hpp"

namespace dealog::api {

Result<Moment> moment_of(const Api& api, const http::Request& request) {
  const auto text = request.query_value("as_of");
  if (!text) return Moment{.at = api.clock().now()};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error == std::errc() && end == text->data() + text->size()) {
    Position position{std::min(number, api.log().head().value)};
    Timestamp at;
    TRY(api.log().read(position, Direction::kForward, 1, [&](const StoredEvent& stored) {
      if (const auto event = decode(stored.record, Open::kNothing, nullptr)) {
        at = event->recorded;
        position.value += event->append_count - 1 - event->append_index;
      }
      return false;
    }));
    return Moment{.past = true, .position = position, .at = at};
  }
  const auto at = Timestamp::parse(*text);
  if (!at) {
    return fail(Error{.kind = ErrorKind::kInvalid,
                      .code = "invalid_as_of",
                      .message = "as_of is an RFC 3339 time or a log position",
                      .fields = {{"?as_of", at.error().code, at.error().message}}});
  }
  return Moment{.past = true, .position = TRY(api.log().position_at(*at)), .at = *at};
}

Result<std::unique_ptr<Reading>> read_now(const Api& api, const Session& session) {
  return std::make_unique<Reading>(api, session, TRY(api.views.snapshot()), api.clock().now());
}

Result<std::unique_ptr<Reading>> read_stream_as_of(const Api& api, const Session& session,
                                                   std::string_view stream, Position position,
                                                   Timestamp at) {
  MemoryViewStore rows;
  TRY(project_stream(api.log(), stream, position, all_projectors(api.keys()), rows));
  return std::make_unique<Reading>(api, session, TRY(rows.snapshot()), at);
}

Result<std::unique_ptr<Reading>> read_all_as_of(const Api& api, const Session& session,
                                                const Moment& moment) {
  MemoryViewStore rows;
  TRY(project_until(api.log(), moment.position, all_projectors(api.keys()), rows));
  return std::make_unique<Reading>(api, session, TRY(rows.snapshot()), moment.at);
}

Result<std::unique_ptr<Reading>> read_moment(const Api& api, const Session& session,
                                             const Moment& moment) {
  return moment.past ? read_all_as_of(api, session, moment) : read_now(api, session);
}

}  // namespace dealog::api
