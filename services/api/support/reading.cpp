#include "services/api/support/reading.hpp"

#include <fmt/format.h>

#include "libs/base/invalid_input.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/number.hpp"
#include "projections/all_projectors.hpp"

namespace dealog::api {

namespace {

std::unexpected<Error> wrong_as_of(Language language, std::string_view ru, std::string_view en) {
  return fail(invalid_input(
      language,
      FieldError{"?as_of", "invalid_as_of", std::string(language == Language::kRu ? ru : en)}));
}

Result<Moment> moment_at(const Api& api, std::uint64_t number, Language language) {
  Position position{number};
  if (const Position head = api.log().head(); position > head) {
    return wrong_as_of(language, fmt::format("журнал кончается на позиции {}", head.value),
                       fmt::format("the log ends at position {}", head.value));
  }
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

}  // namespace

Result<Moment> moment_of(const Api& api, const http::Request& request) {
  const auto text = request.query_value("as_of");
  if (!text) return Moment{.at = api.clock().now()};
  const Language language = request.language();
  if (const auto position = parse_number<std::uint64_t>(*text)) {
    return moment_at(api, *position, language);
  }
  const auto at = Timestamp::parse(*text);
  if (!at) {
    return wrong_as_of(language, "нужно время RFC 3339 или позиция журнала",
                       "this must be an RFC 3339 time or a position of the log");
  }
  if (*at > api.clock().now() + Duration(limits::kOccurredAhead)) {
    return wrong_as_of(language, "это время ещё не наступило", "this time has not come yet");
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

Result<std::unique_ptr<Reading>> read_moment(const Api& api, const Session& session,
                                             const Moment& moment, ViewNames views) {
  if (!moment.past) return read_now(api, session);
  MemoryViewStore rows;
  TRY(project_until(api.log(), moment.position, projectors_named(api.keys(), views), rows));
  return std::make_unique<Reading>(api, session, TRY(rows.snapshot()), moment.at);
}

}  // namespace dealog::api
