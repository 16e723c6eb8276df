// dealog token --data DIR
#include <cstdio>

#include "libs/command/use_cases/users.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/data_folder.hpp"

namespace dealog::commands {
namespace {

Result<UserId> user_of(Core& core, const std::string& text) {
  if (!text.empty()) return UserId::parse(text);
  const auto users = TRY(core.users().users());
  if (users.empty()) {
    return fail(ErrorKind::kNotFound, "user_not_found",
                "this data folder has no users yet; `dealog serve` makes the owner");
  }
  return users.front();
}

}  // namespace

Result<int> run(const Token& arguments) {
  const SystemClock clock;
  SystemIds ids(clock);
  TRY(require_log(arguments.data));
  const auto core = TRY(Core::open(
      {.data = arguments.data, .clock = &clock, .ids = &ids, .archive = arguments.archive}));
  const UserId user = TRY(user_of(*core, arguments.user));
  const user::Rights rights =
      arguments.rights.empty() ? TRY(core->bus().folds().current<user::State>(user.text()))->rights
                               : TRY(user::Rights::parse(arguments.rights));
  const auto done = TRY(core->bus().run_for(
      {.name = "issue_token",
       .stream = user.text(),
       .actor = {"system", "command_line"},
       .rights = user::Rights::all()},
      [&](Unit& unit) {
        return use_cases::issue_token(
            unit, user, {.rights = rights, .label = arguments.label, .expires_at = {}});
      }));
  std::printf("%s\n", done.value->text.c_str());
  return kDone;
}

}  // namespace dealog::commands
