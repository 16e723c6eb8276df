#include "libs/http/request.hpp"

#include "libs/base/assert.hpp"

namespace dealog::http {

std::string_view method_name(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      return "OTHER";
  }
  return "OTHER";
}

Method parse_method(std::string_view name) {
  for (const Method method : {Method::kGet, Method::kPost, Method::kPatch, Method::kPut,
                              Method::kDelete, Method::kHead, Method::kOptions}) {
    if (name == method_name(method)) return method;
  }
  return Method::kOther;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Query::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : items_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::string_view Request::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  DEALOG_ASSERT(!"the route's pattern has such a parameter");
  return {};
}

std::string_view Request::raw_query() const {
  const auto at = target.find('?');
  return at == std::string::npos ? std::string_view() : std::string_view(target).substr(at + 1);
}

}  // namespace dealog::http
