// Reading views for a request: one snapshot, now or of the past, off the I/O threads.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "libs/async/on_pool.hpp"
#include "libs/http/request.hpp"
#include "libs/http/response.hpp"
#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/view_context.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// What `as_of` means: the present, or a position of the past with the instant it stands for.
struct Moment {
  bool past = false;
  // Of the past; the end of the append that the request names a part of, since what was written
  // together is one change.
  Position position;
  Timestamp at;  // by which overdue, today and stuck are judged
};
// A position beyond the log's end is refused, and a time more than five minutes ahead (clocks
// differ): nobody knows yet what will have been. Errors: kInvalid "invalid_input".
Result<Moment> moment_of(const Api& api, const http::Request& request);

// One consistent look at the views.
class Reading {
 public:
  Reading(const Api& api, const Session& session, std::unique_ptr<ViewSnapshot> rows, Timestamp at)
      : api_(api),
        language_(session.language),
        rows_(std::move(rows)),
        context_{*rows_, api.keys(), session.personal(), at} {}
  Reading(const Reading&) = delete;

  const ViewContext& context() const { return context_; }
  Position position() const { return rows_->position(); }
  const Api& api() const { return api_; }
  Language language() const { return language_; }

 private:
  const Api& api_;
  Language language_;
  std::unique_ptr<ViewSnapshot> rows_;
  ViewContext context_;
};

// Views as they are now.
Result<std::unique_ptr<Reading>> read_now(const Api& api, const Session& session);
// Views of one stream alone (a deal, a payment, a person) as of a position.
Result<std::unique_ptr<Reading>> read_stream_as_of(const Api& api, const Session& session,
                                                   std::string_view stream, Position position,
                                                   Timestamp at);
// Views of the request's `as_of`. Of the past only those that these projectors write are there:
// the log up to then is projected in memory, which costs by the projector.
using ViewNames = std::initializer_list<std::string_view>;
Result<std::unique_ptr<Reading>> read_moment(const Api& api, const Session& session,
                                             const Moment& moment, ViewNames views);

// Runs `render` ((Reading&) → Result<http::Response>) over the views as they are now.
template <class F>
boost::asio::awaitable<Result<http::Response>> reading(const Api& api, const Session& session,
                                                       F render) {
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto rows = TRY(read_now(api, session));
    return render(*rows);
  });
}

}  // namespace dealog::api
