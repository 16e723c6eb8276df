// The head watermark's file from any bytes: an answer or an error, never a crash.
#include "libs/eventlog/watermark.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "libs/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path file = [] {
    std::string pattern = "/tmp/dealog-fuzz-XXXXXX";
    const int fd = ::mkstemp(pattern.data());
    DEALOG_ASSERT(fd >= 0);
    ::close(fd);
    return pattern;
  }();
  const int fd = ::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  DEALOG_ASSERT(fd >= 0);
  DEALOG_ASSERT(::write(fd, data, size) == static_cast<ssize_t>(size));
  ::close(fd);
  const auto mark = dealog::read_watermark(file);
  if (mark && *mark) DEALOG_ASSERT((*mark)->log_id.size() == 16);
  return 0;
}
