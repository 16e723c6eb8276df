#include "libs/domain/mailbox/mailbox.hpp"

#include "dealog/v1/mailbox_events.pb.h"

namespace dealog::mailbox {
namespace {

using Events = std::vector<NewEvent>;

}  // namespace

MailboxId mailbox_of(const SourceId& source) {
  return MailboxId(Uuid::derived(source.uuid(), "mailbox"));
}

bool State::has_read(const std::string& folder, std::uint64_t uid_validity,
                     std::uint64_t uid) const {
  const auto found = folders.find(folder);
  return found != folders.end() && found->second.uid_validity == uid_validity &&
         uid <= found->second.last_uid;
}

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* read = event.as<v1::MailboxRead>()) {
    state.folders[read->folder()] = {read->uid_validity(), read->last_uid(), event.recorded};
  } else if (const auto* failed = event.as<v1::MailboxFailed>()) {
    state.failure = failed->code();
    state.connected = false;
  } else if (event.as<v1::MailboxConnected>() != nullptr) {
    state.failure.clear();
    state.connected = true;
  }
}

Result<Events> decide(const State& state, const ReadUpTo& command) {
  if (state.has_read(command.folder, command.uid_validity, command.uid)) return Events{};
  v1::MailboxRead event;
  event.set_source(command.source);
  event.set_folder(command.folder);
  event.set_uid_validity(command.uid_validity);
  event.set_last_uid(command.uid);
  event.set_delivery(command.delivery);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const FailMailbox& command) {
  if (state.failure == command.code) return Events{};
  v1::MailboxFailed event;
  event.set_source(command.source);
  event.set_code(command.code);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const ConnectMailbox& command) {
  if (state.connected) return Events{};
  v1::MailboxConnected event;
  event.set_source(command.source);
  return Events{make_event(std::move(event))};
}

}  // namespace dealog::mailbox
