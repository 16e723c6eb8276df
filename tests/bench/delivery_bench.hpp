// Deliveries of several providers at once: how fast they are taken, and how soon they are on the
// board.
#pragma once

#include <boost/json.hpp>

#include "tests/bench/options.hpp"

namespace dealog::bench {

// A burst at 64 connections beside plain touches, then a steady load of `options.deliveries_rate` a
// second with a look at how long each takes until everything that it caused is in the views.
boost::json::object measure_deliveries(const Options& options);

}  // namespace dealog::bench
