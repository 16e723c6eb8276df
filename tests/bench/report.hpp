// Several measurements of the same thing, side by side with others, as a table and as JSON.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "tests/bench/latencies.hpp"

namespace dealog::bench {

// One phase: what each of its rounds gave.
class Rounds {
 public:
  void add(Measured measured);
  std::size_t count() const { return rates_.size(); }
  double rate() const { return median(rates_); }
  double lowest() const { return *std::ranges::min_element(rates_); }
  double highest() const { return *std::ranges::max_element(rates_); }
  double p50_ms() const { return median(p50_); }
  double p99_ms() const { return median(p99_); }
  double p999_ms() const { return median(p999_); }
  double cpu_us() const { return median(cpu_us_); }
  // Of each round, in their order.
  const std::vector<double>& rates() const { return rates_; }

  static double median(std::vector<double> values);

 private:
  std::vector<double> rates_, p50_, p99_, p999_, cpu_us_;
};

// By name, in the order in which they were first added.
class Report {
 public:
  void add(const std::string& name, Measured measured);
  bool has(const std::string& name) const;
  const Rounds& of(const std::string& name) const;
  // Median over the rounds of the first one's rate by the second one's in the same round.
  double ratio(const std::string& name, const std::string& peer) const;

  void print_table() const;
  // Of `name` to each of the others.
  void print_ratios(const std::string& name) const;
  // {"results": [{"name", "rate", "rates", "p50_ms", …}], "ratios": {peer: …}}
  boost::json::object json(const std::string& name) const;

 private:
  std::vector<std::pair<std::string, Rounds>> phases_;
};

// JSON for people: indented, numbers as they would be written by hand.
std::string pretty(const boost::json::value& value, std::size_t indent = 0);

}  // namespace dealog::bench
