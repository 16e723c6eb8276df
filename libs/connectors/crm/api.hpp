// Requests to the APIs of other CRMs, and their answers.
#pragma once

#include <string>
#include <string_view>

#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::crm {

// The secret that requests are authorised with. Errors: kInvalid "api_key_missing".
Result<std::string> api_key(const SourceSettings& settings);
// settings.api_url without a slash at its end, else `base`. Errors: kInvalid "api_url_missing".
Result<std::string> api_url(const SourceSettings& settings, std::string_view base = "");

// A GET of `path` (with its query) with "Authorization: Bearer <key>". Errors: as above.
Result<ApiRequest> get_with_bearer(const SourceSettings& settings, std::string_view base,
                                   std::string_view path);

// kInvalid "nothing_to_fetch".
std::unexpected<Error> nothing_to_fetch();

// The body of an answer, which is JSON whatever its delivery's method. Errors: those of parse_json.
Result<Node> read_answer_body(const Delivery& delivery);

// "contact-of-501" names what is fetched and for which deal; empty when `what` is something else.
std::string deal_of(std::string_view what, std::string_view prefix);

}  // namespace dealog::connectors::crm
