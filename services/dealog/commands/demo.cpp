#include "services/dealog/commands/commands.hpp"
namespace dealog::commands {
Result<int> run(const Demo&) { return kFailed; }
}  // namespace dealog::commands
