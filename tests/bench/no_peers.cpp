// In place of the peers whose client libraries were not installed when this was configured.
#include <fmt/format.h>

#include "tests/bench/postgres_peer.hpp"
#include "tests/bench/redis_peer.hpp"

namespace dealog::bench {

#ifndef DEALOG_BENCH_POSTGRES
std::unique_ptr<PostgresPeer> PostgresPeer::start(const std::filesystem::path&) {
  fmt::print("PostgreSQL is not measured: built without libpq-dev\n");
  return nullptr;
}
Measured PostgresPeer::write(const std::vector<RawEvent>&, int, double) { return {}; }
#endif

#ifndef DEALOG_BENCH_REDIS
std::unique_ptr<RedisPeer> RedisPeer::start(const std::filesystem::path&) {
  fmt::print("Redis is not measured: built without libhiredis-dev\n");
  return nullptr;
}
Measured RedisPeer::write(const std::vector<RawEvent>&, int, double) { return {}; }
#endif

}  // namespace dealog::bench
