// GET /v1/events: a page of the log as JSON or NDJSON, or the log as it grows as server-sent events

#include "libs/base/number.hpp"
#include "libs/eventlog/record_fields.hpp"
#include "libs/http/sse.hpp"
#include "services/api/endpoints/audit.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"

namespace dealog::api {
namespace {

using boost::asio::awaitable;

// Events looked at for one page: one of a rare type is not empty because of what lies between, and
// yet a request holds a thread for a fraction of a second only (about 1 µs an event). A page that
// ends here has a cursor like any other.
constexpr std::size_t kScannedPerPage = 200'000;
constexpr std::size_t kEventsPerPiece = 100;
constexpr std::chrono::hours kStreamLook{1};

struct Asked {
  std::uint64_t after = 0;
  std::size_t limit = limits::kDefaultPageItems;
  std::string stream;
  std::string type;
};

struct Scanned {
  std::vector<json::object> events;
  Position last;     // looked at
  bool end = false;  // of the log
};

// The cursor of a page is the position to go on after.
Result<std::uint64_t> position_of_cursor(const std::string& cursor) {
  const auto position = parse_number<std::uint64_t>(cursor);
  if (!position || *position == UINT64_MAX) {
    return fail(ErrorKind::kInvalid, "invalid_cursor",
                "the cursor is not one that a page of events gave");
  }
  return *position;
}

Result<Asked> read_query(const http::Request& request) {
  http::QueryReader in(request);
  Asked asked;
  asked.after = in.optional_unsigned("after", UINT64_MAX - 1).value_or(0);
  const PageRequest page = page_of(in);
  asked.limit = page.limit;
  if (!page.cursor.empty()) asked.after = TRY(position_of_cursor(page.cursor));
  asked.stream = text_of(in, "stream");
  asked.type = text_of(in, "type");
  if (!asked.type.empty() && find_event_type(asked.type) == nullptr) {
    in.error("type", "unknown_event_type", "такого события нет; см. proto/CATALOGUE.md",
             "there is no such event; see proto/CATALOGUE.md");
  }
  finish_waiting(in);
  TRY(in.finish());
  if (const auto id = request.header("Last-Event-ID"); !id.empty()) {
    asked.after = std::strtoull(std::string(id).c_str(), nullptr, 10);
  }
  return asked;
}

// Looks at records from `after` on and keeps those that are asked for.
class Scan {
 public:
  Scan(const Api& api, PersonalView personal, const Asked& asked, std::uint64_t after,
       std::size_t limit)
      : api_(api), personal_(personal), after_(after), limit_(limit), out_{.last = {after}} {
    const EventType* type = asked.type.empty() ? nullptr : find_event_type(asked.type);
    if (type != nullptr) type_ = type->number;
  }

  // False at the page's end.
  bool visit(const StoredEvent& stored) {
    if (stored.position.value <= after_) return true;
    if (out_.events.size() >= limit_ || seen_++ >= kScannedPerPage) return full();
    if (const auto kept = keep(stored.record); !kept) {
      broken_ = kept;
      return false;
    }
    out_.last = stored.position;
    return true;
  }

  Result<Scanned> result() && {
    if (!broken_) return fail(std::move(broken_).error());
    out_.end = !full_;
    return std::move(out_);
  }

 private:
  bool full() {
    full_ = true;
    return false;
  }
  // Most of the log is passed over when one type is asked for: its number is read and no more.
  Result<void> keep(std::string_view record) {
    if (type_ && TRY(parse_record_fields(record)).type != *type_) return {};
    const RecordedEvent event = TRY(decode(record, Open::kAll, &api_.keys()));
    out_.events.push_back(to_json(event, personal_));
    return {};
  }

  const Api& api_;
  PersonalView personal_;
  std::uint64_t after_;
  std::size_t limit_;
  std::optional<std::uint32_t> type_;
  std::size_t seen_ = 0;
  bool full_ = false;
  Result<void> broken_;
  Scanned out_;
};

// Up to `limit` events that are asked for, after `after`.
Result<Scanned> scan(const Api& api, PersonalView personal, const Asked& asked, std::uint64_t after,
                     std::size_t limit) {
  Scan scanning(api, personal, asked, after, limit);
  const auto visit = [&](const StoredEvent& stored) { return scanning.visit(stored); };
  if (asked.stream.empty()) {
    TRY(api.log().read({after + 1}, Direction::kForward, SIZE_MAX, visit));
  } else {
    TRY(api.log().read_stream(asked.stream, {1}, Direction::kForward, SIZE_MAX, visit));
  }
  return std::move(scanning).result();
}

awaitable<void> write_stream(const Api& api, PersonalView personal, Asked asked,
                             http::StreamWriter& writer) {
  std::uint64_t after = asked.after;
  while (writer.open()) {
    const auto seen = api.projected.count();
    const auto scanned = co_await on_pool(
        api.reads, [&] { return scan(api, personal, asked, after, kEventsPerPiece); });
    if (!scanned) co_return;
    std::string piece;
    for (const auto& event : scanned->events) {
      piece += http::sse_event(std::to_string(event.at("position").to_number<std::uint64_t>()),
                               event.at("type").as_string(), json::serialize(event));
    }
    if (!piece.empty() && !co_await writer.write(std::move(piece))) co_return;
    const bool moved = scanned->last.value > after;
    after = std::max(after, scanned->last.value);
    // At the end: the views move on after the log has, which is when there is something new.
    if (scanned->end && !moved) co_await api.projected.wait(seen, steady_now() + kStreamLook);
  }
}

http::Response stream_events(const Api& api, const Session& session, Asked asked) {
  const PersonalView personal = session.personal();
  return http::Response::events([&api, personal, asked](http::StreamWriter& writer) {
    return write_stream(api, personal, asked, writer);
  });
}

Result<http::Response> page_of_events(const Api& api, const Session& session, const Asked& asked,
                                      bool ndjson) {
  Scanned scanned = TRY(scan(api, session.personal(), asked, asked.after, asked.limit));
  if (ndjson) {
    std::string lines;
    for (const auto& event : scanned.events) lines += json::serialize(event) + "\n";
    return http::Response::bytes(http::media_type::kNdjson, std::move(lines));
  }
  json::array items;
  for (auto& event : scanned.events) items.push_back(std::move(event));
  return http::Response::json(
      200,
      json::object{{"items", std::move(items)},
                   {"next_cursor",
                    scanned.end ? json::value(nullptr)
                                : json::value(json::string(std::to_string(scanned.last.value)))},
                   {"head", api.log().head().value}});
}

}  // namespace

Answer list_events(const Api& api, Session session, http::Request request) {
  const Asked asked = CO_TRY(read_query(request));
  const std::string_view accept = request.header("Accept");
  if (accept.find(http::media_type::kEvents) != std::string_view::npos) {
    co_return stream_events(api, session, asked);
  }
  const bool ndjson = accept.find(http::media_type::kNdjson) != std::string_view::npos;
  co_return co_await on_pool(api.reads,
                             [&] { return page_of_events(api, session, asked, ndjson); });
}

}  // namespace dealog::api
