#include "services/api/openapi.hpp"

#include <yaml-cpp/yaml.h>

#include "api_files.hpp"

namespace dealog::api {
namespace {

namespace json = boost::json;

json::value scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return json::string(text);  // quoted
  std::int64_t number = 0;
  bool flag = false;
  if (YAML::convert<std::int64_t>::decode(node, number)) return number;
  if (text == "true" || text == "false") {
    YAML::convert<bool>::decode(node, flag);
    return flag;
  }
  return json::string(text);
}

json::value to_json(const YAML::Node& node) {
  if (node.IsMap()) {
    json::object out;
    for (const auto& member : node) out[member.first.Scalar()] = to_json(member.second);
    return out;
  }
  if (node.IsSequence()) {
    json::array out;
    for (const auto& item : node) out.push_back(to_json(item));
    return out;
  }
  return node.IsScalar() ? scalar(node) : json::value(nullptr);
}

// Pages that run only their own script and style.
http::Response page(std::string_view content_type, std::string_view body) {
  return http::Response::embedded(content_type, body)
      .with("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; "
            "style-src 'self'; connect-src 'self'");
}

}  // namespace

const json::value& openapi_document() {
  static const json::value document = to_json(YAML::Load(std::string(api_files::openapi_yaml())));
  return document;
}

void add_documentation_routes(http::Router& router) {
  using http::Method;
  using http::PlainHandler;
  using http::Request;
  using http::Response;
  router.add(Method::kGet, "/openapi.json", PlainHandler([](const Request&) -> Result<Response> {
               static const std::string text = json::serialize(openapi_document());
               return Response::embedded(http::media_type::kJson, text);
             }));
  router.add(Method::kGet, "/", PlainHandler([](const Request&) -> Result<Response> {
               return Response::text(302, "see /docs\n").with("Location", "/docs");
             }));
  router.add(Method::kGet, "/docs", PlainHandler([](const Request&) -> Result<Response> {
               return page(http::media_type::kHtml, api_files::index_html());
             }));
  router.add(Method::kGet, "/docs/docs.css", PlainHandler([](const Request&) -> Result<Response> {
               return page("text/css; charset=utf-8", api_files::docs_css());
             }));
  router.add(Method::kGet, "/docs/docs.js", PlainHandler([](const Request&) -> Result<Response> {
               return page("text/javascript; charset=utf-8", api_files::docs_js());
             }));
}

}  // namespace dealog::api
