// GET /v1/payments and GET /v1/payments/{id}
#include "services/api/endpoints/payments.hpp"
#include "services/api/endpoints/payments/show_payment.hpp"
#include "services/api/render/payment.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

Result<views::Payment> find_payment(const Reading& rows, const PaymentId& id) {
  auto payment = TRY(views::PaymentsView(rows.context()).get(id.text()));
  if (!payment) {
    return not_found(rows.language(), "payment", id.text());
  }
  return *std::move(payment);
}

// Live when nothing has come since, else the payment's own stream up to the outcome.
Result<views::Payment> read_after(const Api& api, const Session& session, const PaymentId& id,
                                  const Outcome& outcome) {
  const auto version = outcome.version_of(id.text());
  if (!outcome.existed) {
    const auto rows = TRY(read_now(api, session));
    auto payment = TRY(find_payment(*rows, id));
    if (!version || payment.version == version->value) return payment;
  }
  const auto rows =
      TRY(read_stream_as_of(api, session, id.text(), outcome.last, api.clock().now()));
  return find_payment(*rows, id);
}

}  // namespace

Answer show_payment_after(const Api& api, const Session& session, const http::Request& request,
                          PaymentId id, Outcome outcome, int status) {
  CO_TRY(co_await wait_for_position(api, outcome.last, request.deadline));
  const auto payment =
      CO_TRY(co_await on_pool(api.reads, [&] { return read_after(api, session, id, outcome); }));
  co_return written(status, render(payment), outcome);
}

Answer list_payments(const Api& api, Session session, http::Request request) {
  static constexpr std::string_view kStates[] = {"unmatched", "matched", "refunded"};
  http::QueryReader in(request);
  const views::PaymentFilter filter{in.optional_one_of("state", kStates).value_or("")};
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::PaymentsView(rows.context()).list(filter, page));
    return http::Response::json(
        200,
        json::value(render_page(found, [](const views::Payment& item) { return render(item); })));
  });
}

Answer get_payment(const Api& api, Session session, http::Request request) {
  const PaymentId id = CO_TRY(part_of_path<PaymentId>(request, "payment"));
  CO_TRY(no_parameters(request));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    return http::Response::json(200, json::value(render(TRY(find_payment(rows, id)))));
  });
}

}  // namespace dealog::api
