#include "libs/connectors/crm/api.hpp"

#include "libs/connectors/parse/json.hpp"

namespace dealog::connectors::crm {

Result<std::string> api_key(const SourceSettings& settings) {
  if (const std::string* key = settings.secret("api")) return *key;
  return fail(ErrorKind::kInvalid, "api_key_missing",
              "the source has no secret \"api\", which requests to the provider need");
}

Result<std::string> api_url(const SourceSettings& settings, std::string_view base) {
  std::string url = settings.api_url.empty() ? std::string(base) : settings.api_url;
  while (url.ends_with('/')) url.pop_back();
  if (!url.empty()) return url;
  return fail(ErrorKind::kInvalid, "api_url_missing",
              "the source has no setting \"api_url\", which says where the provider's API is");
}

Result<ApiRequest> get_with_bearer(const SourceSettings& settings, std::string_view base,
                                   std::string_view path) {
  ApiRequest request;
  request.url = TRY(api_url(settings, base)) + std::string(path);
  const std::string key = TRY(api_key(settings));
  request.headers = {{"Authorization", "Bearer " + key}, {"Accept", "application/json"}};
  return request;
}

std::unexpected<Error> nothing_to_fetch() {
  return fail(ErrorKind::kInvalid, "nothing_to_fetch", "there is nothing to ask the provider for");
}

Result<Node> read_answer_body(const Delivery& delivery) { return parse_json(delivery.body); }

std::string deal_of(std::string_view what, std::string_view prefix) {
  return what.starts_with(prefix) ? std::string(what.substr(prefix.size())) : std::string();
}

}  // namespace dealog::connectors::crm
