// A small demo company, made once for all tests of a program, and what stands in its log.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "libs/event/codec.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/demo/company.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::testing {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
  return std::move(*result);
}

// A Wednesday afternoon in Moscow.
inline Timestamp story_end() { return must(Timestamp::parse("2026-09-16T15:30:00+03:00")); }

inline std::filesystem::path web_studio() {
  return std::filesystem::path(std::getenv("DEALOG_SOURCE_DIR")) / "deploy" / "regulations" /
         "web-studio.yaml";
}

inline demo::CompanyOptions small_company(const std::filesystem::path& data, std::uint64_t seed) {
  return {.data = data,
          .regulation = web_studio(),
          .seed = seed,
          .deals = 120,
          .sellers = 4,
          .months = 5,
          .until = story_end()};
}

// In memory when there is such a folder: the tests are about the company, not about the disk.
class CompanyFolder {
 public:
  CompanyFolder() {
    std::string pattern = std::filesystem::exists("/dev/shm") ? "/dev/shm/dealog-test-XXXXXX"
                                                              : "/tmp/dealog-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    path_ = pattern;
  }
  CompanyFolder(const CompanyFolder&) = delete;
  CompanyFolder& operator=(const CompanyFolder&) = delete;
  ~CompanyFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The folder opened again, at the moment at which the story ended.
class OpenedCompany {
 public:
  explicit OpenedCompany(const std::filesystem::path& data)
      : core_(must(Core::open({.data = data, .clock = &clock_, .ids = &ids_}))) {
    if (!core_->projections().wait_for(core_->log().head(), std::chrono::seconds(60))) {
      throw std::runtime_error("the views are behind");
    }
  }
  Core& core() { return *core_; }
  Timestamp now() const { return clock_.now(); }

  std::vector<RecordedEvent> events() {
    std::vector<RecordedEvent> all;
    must(read([&](RecordedEvent event) { all.push_back(std::move(event)); }));
    return all;
  }

 private:
  template <class Use>
  Result<bool> read(Use use) {
    TRY(core_->log().read(Position{1}, Direction::kForward, SIZE_MAX,
                          [&](const StoredEvent& stored) {
                            use(must(decode(stored.record, Open::kAll, &core_->keys())));
                            return true;
                          }));
    return true;
  }

  ManualClock clock_{story_end()};
  SeededIds ids_{clock_, 99};
  std::unique_ptr<Core> core_;
};

}  // namespace dealog::testing
