// Erasing a person. The fact is durable first; then everything that could still be read goes: the
// key, the rows of the personal tag index, the raw deliveries that mention the person.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "libs/base/id.hpp"
#include "libs/command/command_bus.hpp"

namespace dealog::use_cases {

// Destroys the key of a subject for good, durably; destroying again is no error.
using DestroyKey = std::function<Result<void>(std::string_view subject)>;

// Blocking; not on a thread of the bus. When it fails after the append, the person reads as erased
// and `finish_erasures` completes it.
// Errors: kNotFound "person_not_found"; kConflict "person_erased"; those of the disk.
Result<Outcome> erase_person(CommandBus& bus, const DestroyKey& destroy_key, CommandRequest request,
                             const PersonId& id, std::string reason);

// At start: completes erasures that a crash interrupted. Returns how many persons were erased ever.
Result<std::size_t> finish_erasures(CommandBus& bus, const DestroyKey& destroy_key);

// At start, with the subjects whose keys were destroyed ever: erases those whose key is there again
// or who do not read as erased, because log or keys are older than that. Blocking.
// Returns how many there were. Errors: those of erase_person.
Result<std::size_t> erase_again(CommandBus& bus, const DestroyKey& destroy_key,
                                const std::set<std::string, std::less<>>& subjects);

}  // namespace dealog::use_cases
