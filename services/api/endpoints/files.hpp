// Endpoints of files that lie with a deal.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

inline constexpr std::string_view kFilesOfDeal = "/v1/deals/{id}/files";

Answer attach_file(const Api& api, Session session, http::Request request);
Answer get_file(const Api& api, Session session, http::Request request);
Answer delete_file(const Api& api, Session session, http::Request request);

// How large a body a request for `kFilesOfDeal` may have: a file for somebody who may upload one,
// as little as anywhere for all others, so that strangers fill no memory.
std::size_t upload_limit(const Api& api, const http::Headers& headers);

}  // namespace dealog::api
