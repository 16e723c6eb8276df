#include "libs/domain/deal/quote_state.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "libs/base/assert.hpp"

namespace dealog::deal {
namespace {

struct StateWords {
  std::string_view state, ru, en;
};
constexpr StateWords kStateWords[] = {
    {"draft", "это КП — ещё черновик", "this quote is a draft still"},
    {"submitted", "это КП уже ждёт утверждения", "this quote waits for its approval already"},
    {"approved", "это КП уже утверждено", "this quote is approved already"},
    {"sent", "это КП уже отправлено клиенту", "this quote was sent to the customer already"},
    {"accepted", "это КП уже принято клиентом", "the customer has accepted this quote already"},
    {"rejected", "клиент отказался от этого КП; измените его, чтобы предложить снова",
     "the customer refused this quote; revise it to offer it again"},
    {"replaced", "вместо этого КП принято другое", "another quote was accepted in its place"},
    {"declined", "скидку в этом КП не согласовали; измените его",
     "the discount of this quote was declined; revise it"}};

}  // namespace

std::unexpected<Error> wrong_quote_state(std::string_view state, const Context& context) {
  const auto* words = std::ranges::find(kStateWords, state, &StateWords::state);
  DEALOG_ASSERT(words != std::end(kStateWords));
  return refuse(context, ErrorKind::kConflict, fmt::format("quote_{}", state), words->ru,
                words->en);
}

Result<const Quote*> find_quote(const State& state, const QuoteId& id, const Context& context) {
  TRY(require_open(state, context));
  if (const Quote* quote = state.quote(id)) return quote;
  return refuse(context, ErrorKind::kNotFound, "quote_not_found", "у сделки нет такого КП",
                "the deal has no such quote");
}

Result<const Quote*> find_quote_in_force(const State& state, const QuoteId& id,
                                         const Context& context) {
  const Quote* quote = TRY(find_quote(state, id, context));
  if (!quote->in_force()) return wrong_quote_state(quote_state_name(quote->state), context);
  return quote;
}

}  // namespace dealog::deal
