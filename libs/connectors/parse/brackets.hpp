// Names with brackets, as PHP reads them: leads[status][0][id]=5 becomes a tree.
#pragma once

#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/parse/urlencoded.hpp"

namespace dealog::connectors {

// What happens to a plain name that comes twice.
enum class Repeated {
  kLast,     // the last one counts, as PHP and Mailgun have it
  kCollect,  // a list of all: check boxes of a plain HTML form
};

// Fields become maps in order of arrival. Indexes are keys, so sparse ones cost nothing; `a[]`
// takes the next free index. A name whose brackets do not pair is an ordinary key as it stands. A
// scalar gives way to a map of the same name and the other way round: the later wins.
// Errors: kTooLarge "nesting_too_deep". Thread: any.
Result<Node> build_tree(std::vector<FormField> fields, Repeated repeated);

}  // namespace dealog::connectors
