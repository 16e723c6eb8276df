// The API's description and its routes are one: what is described answers, what answers is
// described.
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "services/api/openapi.hpp"
#include "services/dealog/service.hpp"

namespace dealog {
namespace {

using Routes = std::set<std::pair<std::string, std::string>>;  // method, path

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() / ("dealog-" + to_hex(random_bytes(8)))) {}
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// "{rest...}" is "{rest}" in the description, which cannot say "what is left of the path".
std::string described_path(std::string pattern) {
  const auto dots = pattern.find("...}");
  if (dots != std::string::npos) pattern.erase(dots, 3);
  return pattern;
}

Routes described() {
  Routes routes;
  for (const auto& path : api::openapi_document().at("paths").as_object()) {
    for (const auto& member : path.value().as_object()) {
      if (member.key() == "parameters") continue;
      std::string method(member.key());
      std::transform(method.begin(), method.end(), method.begin(), ::toupper);
      routes.emplace(method, std::string(path.key()));
    }
  }
  return routes;
}

TEST(ApiDescription, NamesEveryRouteAndNoOther) {
  const TemporaryFolder folder;
  Config config;
  config.listen = "127.0.0.1:0";
  config.access_log = false;
  const auto service = Service::start({.data = folder.path(), .config = config});
  ASSERT_TRUE(service) << service.error().message;
  Routes served;
  for (const auto& route : (*service)->server().router().routes()) {
    const std::string path = described_path(route.pattern);
    if (route.method == "ANY") {
      for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
        served.emplace(method, path);
    } else {
      served.emplace(route.method, path);
    }
  }
  for (const auto& [method, path] : described()) {
    EXPECT_TRUE(served.contains({method, path})) << method << " " << path << " is not served";
  }
  for (const auto& [method, path] : served) {
    EXPECT_TRUE(described().contains({method, path}))
        << method << " " << path << " is not in openapi.yaml";
  }
}

TEST(ApiDescription, ResolvesEveryReference) {
  const auto& document = api::openapi_document();
  const std::function<void(const boost::json::value&)> check = [&](const auto& value) {
    if (const auto* array = value.if_array()) {
      for (const auto& item : *array) check(item);
    }
    const auto* object = value.if_object();
    if (object == nullptr) return;
    for (const auto& member : *object) {
      if (member.key() == "$ref") {
        const std::string pointer(member.value().as_string().subview(1));
        boost::json::error_code error;
        EXPECT_NE(document.find_pointer(pointer, error), nullptr) << pointer;
      }
      check(member.value());
    }
  };
  check(document);
}

}  // namespace
}  // namespace dealog
