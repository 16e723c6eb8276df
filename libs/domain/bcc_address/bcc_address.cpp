#include "libs/domain/bcc_address/bcc_address.hpp"

#include "dealog/v1/mailbox_events.pb.h"

namespace dealog::bcc_address {

BccAddressId address_of(const UserId& user) { return BccAddressId(user.uuid()); }

Tag token_tag(std::string_view token) { return personal_tag("bcc:" + std::string(token)); }

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* issued = event.as<v1::BccAddressIssued>()) {
    state.user = issued->user();
    state.token = issued->token();
  }
}

Result<std::vector<NewEvent>> decide(const State&, const IssueBccAddress& command) {
  const bool hex = command.token.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex || command.token.size() != kTokenCharacters) {
    return fail(ErrorKind::kInvalid, "invalid_token", "a token has 24 hex digits");
  }
  v1::BccAddressIssued event;
  event.set_user(command.user);
  event.set_token(command.token);
  return std::vector{make_event(std::move(event), {token_tag(command.token)})};
}

}  // namespace dealog::bcc_address
