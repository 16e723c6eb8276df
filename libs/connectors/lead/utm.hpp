// Campaign marks that travel in cookies.
#pragma once

#include <string_view>

#include "libs/connectors/fact.hpp"

namespace dealog::connectors {

// Tilda sends the visitor's cookies in one field; its TILDAUTM holds `utm_source=x|||utm_medium=y`,
// percent-encoded once more. Only names that start with utm_ are returned. Thread: any.
NamedTexts utm_of_cookies(std::string_view cookies);

}  // namespace dealog::connectors
