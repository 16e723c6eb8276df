// What a benchmark has cost the processor.
#pragma once

#include <sys/resource.h>

namespace dealog::bench {

// Seconds of user and system time of this process, all threads.
inline double process_cpu_s() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace dealog::bench
