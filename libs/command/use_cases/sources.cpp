#include "libs/command/use_cases/sources.hpp"

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"

namespace dealog::use_cases {
namespace {

constexpr std::size_t kTokenBytes = 32;

template <class Command>
Result<void> change(Unit& unit, const SourceId& id, const Command& command) {
  const auto* state = TRY(unit.load<source::State>(id.text()));
  unit.emit(id.text(), TRY(source::decide(*state, command, unit.language())));
  return {};
}

}  // namespace

Result<ConnectedSource> connect_source(Unit& unit, const SourceInput& input) {
  ConnectedSource connected{
      .source = unit.new_id<SourceId>(fmt::format("source/{}", unit.emitted().size())),
      .token = to_base64url(random_bytes(kTokenBytes))};
  TRY(change(unit, connected.source,
             source::ConnectSource{.provider = input.provider,
                                   .name = input.name,
                                   .settings_json = input.settings_json,
                                   .secrets = input.secrets,
                                   .token = connected.token}));
  return connected;
}

Result<void> change_source(Unit& unit, const SourceId& id, const source::ChangeSource& command) {
  return change(unit, id, command);
}

Result<void> remove_source(Unit& unit, const SourceId& id) {
  return change(unit, id, source::RemoveSource{});
}

}  // namespace dealog::use_cases
