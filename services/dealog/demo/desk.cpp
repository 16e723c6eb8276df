#include "services/dealog/demo/desk.hpp"

#include <algorithm>
#include <variant>

namespace dealog::demo {

void Desk::wait_until(Timestamp at) {
  const Timestamp next = std::min(at, until_);
  if (next > clock_.now()) clock_.set(next);
}

Result<void> Desk::on_deal(const UserId& who, const DealId& deal, const deal::Command& command) {
  CommandRequest request{.name = "change_deal",
                         .stream = deal.text(),
                         .also = use_cases::lanes_of(command),
                         .actor = {"user", who.text()},
                         .rights = TRY(rights_of(who))};
  TRY(run(std::move(request), [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::change_deal(unit, deal, command, rules::Language::kRu));
    return true;
  }));
  return {};
}

Result<user::Rights> Desk::rights_of(const UserId& who) const {
  const auto state = TRY(core_.bus().folds().current<user::State>(who.text()));
  if (state->active) return state->rights;
  return fail(ErrorKind::kForbidden, "user_inactive", "user " + who.text() + " does not work here");
}

}  // namespace dealog::demo
