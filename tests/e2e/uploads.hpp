// Uploads and what they leave on the disk, for the tests of files.
#pragma once

#include <fstream>
#include <sstream>

#include "libs/base/encoding.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {

namespace fs = std::filesystem;

inline constexpr const char* kPdf = "application/pdf";
// Found nowhere else, so that looking for it proves something.
inline constexpr const char* kContent = "%PDF-1.7 passport of Zykov-Quasar";

inline std::string open_deal(ApiClient& api) {
  return must(api.post("/v1/deals", {{"title", "Site"}, {"source", "fair"}}), 201).str("/id");
}

inline Answer upload(ApiClient& api, const std::string& deal, std::string_view name,
                     std::string_view content, http::ClientHeaders headers = {},
                     const std::string& more = "") {
  headers.emplace_back("Content-Type", kPdf);
  return api.request("POST", "/v1/deals/" + deal + "/files?name=" + percent_encode(name) + more,
                     content, std::move(headers));
}

inline std::vector<fs::path> files_under(const fs::path& data) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(data / "files")) {
    if (entry.is_regular_file()) found.push_back(entry.path());
  }
  return found;
}

inline std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::string bytes_under(const fs::path& folder) {
  std::string bytes;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += bytes_of(entry.path());
  }
  return bytes;
}

}  // namespace dealog::e2e
