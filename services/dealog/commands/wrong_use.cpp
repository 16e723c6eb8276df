// Which errors are mistakes of the command line or of the settings.
#include <algorithm>
#include <array>

#include "services/dealog/commands/commands.hpp"

namespace dealog::commands {
namespace {

constexpr std::array<std::string_view, 6> kWrongUseCodes = {
    "wrong_use",      "invalid_config",   "invalid_listen_address",
    "key_unreadable", "invalid_position", "invalid_time"};

}  // namespace

int exit_code(const Error& error) {
  const bool wrong = std::ranges::find(kWrongUseCodes, error.code) != kWrongUseCodes.end();
  return wrong ? kWrongUse : kFailed;
}

std::unexpected<Error> wrong_use(std::string what) {
  return fail(ErrorKind::kInvalid, "wrong_use", std::move(what));
}

}  // namespace dealog::commands
