// What was named is not there: one sentence for everything, in the language of whoever asks.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/language.hpp"
#include "libs/base/result.hpp"

namespace dealog {

// `what` is deal, person, company, user, task, quote, invoice, document, file, payment, delivery,
// source, token, event, rule, legal_entity, template or absence. kNotFound "<what>_not_found"; the
// id is shown in quotes and cut.
std::unexpected<Error> not_found(Language language, std::string_view what, std::string_view id);

}  // namespace dealog
