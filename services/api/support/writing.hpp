// Running a command for a request and answering it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json.hpp>

#include "libs/async/callback.hpp"
#include "libs/http/conditional.hpp"
#include "libs/http/request.hpp"
#include "libs/http/response.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// The command of a request: principal, rights and Idempotency-Key are taken from it.
// Errors: kInvalid "invalid_idempotency_key".
Result<CommandRequest> command_of(const Session& session, const http::Request& request,
                                  std::string_view name, std::string_view stream,
                                  Access access = Access::kExclusive);

// For requests that carry nothing: no body, or an empty object. Errors: kInvalid.
Result<void> read_nothing(const http::Request& request);

// Runs `work` ((Unit&) → Result<T>) on the bus; the coroutine resumes on its own executor.
// What command_of() refused is returned as it is.
template <class F>
auto execute(const Api& api, Result<CommandRequest> asked, F work)
    -> boost::asio::awaitable<Result<Done<typename std::invoke_result_t<F&, Unit&>::value_type>>> {
  using T = typename std::invoke_result_t<F&, Unit&>::value_type;
  using Finished = Result<Done<T>>;
  CommandRequest command = CO_TRY(std::move(asked));
  co_return co_await from_callback<Finished>([&](Callback<Finished> done) {
    api.bus.submit_for<T>(
        std::move(command), std::move(work),
        [done = std::move(done)](Finished finished) mutable { done(std::move(finished)); });
  });
}
// The same for a work that returns Result<void>.
boost::asio::awaitable<Result<Outcome>> execute_plain(const Api& api, Result<CommandRequest> asked,
                                                      CommandBus::Work work);

// Adds `Dealog-Position` (and the ETag) of a write to its answer.
http::Response written(http::Response response, const Outcome& outcome,
                       std::optional<std::uint64_t> etag = std::nullopt);
http::Response written(int status, const boost::json::value& body, const Outcome& outcome,
                       std::optional<std::uint64_t> etag = std::nullopt);

// The events of a command's append, read back and opened: what an answer is rendered from, the
// first time and every time the same request comes again.
Result<RecordedEvent> appended_event(const Api& api, const AppendedEvent& event);

// The first event of a type, opened. Errors: kInternal "event_missing" when there is none.
template <class M>
Result<RecordedEvent> appended(const Api& api, const Outcome& outcome) {
  const AppendedEvent* event = outcome.find<M>();
  if (event == nullptr) {
    return fail(ErrorKind::kInternal, "event_missing",
                "the command appended no " + M::descriptor()->name());
  }
  return appended_event(api, *event);
}

}  // namespace dealog::api
