// Import in bulk: over HTTP and from the command line, beside plain RocksDB writing the same rows
// in batches of the same size.
#pragma once

#include <boost/json.hpp>

#include "tests/bench/options.hpp"

namespace dealog::bench {

// Prints a table; rates are events a second that are durable.
boost::json::object compare_bulk(const Options& options);

}  // namespace dealog::bench
