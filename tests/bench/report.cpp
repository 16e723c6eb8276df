#include "tests/bench/report.hpp"

#include <cmath>

#include <fmt/format.h>

#include "libs/base/assert.hpp"

namespace dealog::bench {
namespace {

double rounded(double value, double step) { return std::round(value / step) * step; }

}  // namespace

double Rounds::median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

void Rounds::add(Measured measured) {
  rates_.push_back(measured.rate());
  p50_.push_back(measured.latencies.quantile(0.5));
  p99_.push_back(measured.latencies.quantile(0.99));
  p999_.push_back(measured.latencies.quantile(0.999));
  cpu_us_.push_back(measured.cpu_us);
}

void Report::add(const std::string& name, Measured measured) {
  auto phase = std::ranges::find_if(phases_, [&](const auto& each) { return each.first == name; });
  if (phase == phases_.end()) phase = phases_.insert(phases_.end(), {name, Rounds()});
  phase->second.add(std::move(measured));
}

bool Report::has(const std::string& name) const {
  return std::ranges::any_of(phases_, [&](const auto& each) { return each.first == name; });
}

const Rounds& Report::of(const std::string& name) const {
  const auto phase =
      std::ranges::find_if(phases_, [&](const auto& each) { return each.first == name; });
  DEALOG_ASSERT(phase != phases_.end());
  return phase->second;
}

double Report::ratio(const std::string& name, const std::string& peer) const {
  const auto& own = of(name).rates();
  const auto& others = of(peer).rates();
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(own.size(), others.size()); ++i) {
    ratios.push_back(own[i] / others[i]);
  }
  return Rounds::median(ratios);
}

void Report::print_table() const {
  fmt::print("{:<30} {:>9} {:>19} {:>8} {:>8} {:>9} {:>8}\n", "", "a second", "lowest – highest",
             "p50 ms", "p99 ms", "p99.9 ms", "cpu us");
  for (const auto& [name, rounds] : phases_) {
    fmt::print("{:<30} {:>9.0f} {:>9.0f} – {:>7.0f} {:>8.2f} {:>8.2f} {:>9.2f} {:>8.1f}\n", name,
               rounds.rate(), rounds.lowest(), rounds.highest(), rounds.p50_ms(), rounds.p99_ms(),
               rounds.p999_ms(), rounds.cpu_us());
  }
}

void Report::print_ratios(const std::string& name) const {
  for (const auto& [peer, rounds] : phases_) {
    if (peer != name) fmt::print("{}: {:.2f} x {}\n", name, ratio(name, peer), peer);
  }
}

boost::json::object Report::json(const std::string& name) const {
  boost::json::array results;
  boost::json::object ratios;
  for (const auto& [each, rounds] : phases_) {
    boost::json::array rates;
    for (const double rate : rounds.rates()) rates.push_back(rounded(rate, 1));
    results.push_back(boost::json::object{{"name", each},
                                          {"rate", rounded(rounds.rate(), 1)},
                                          {"rates", rates},
                                          {"p50_ms", rounded(rounds.p50_ms(), 0.01)},
                                          {"p99_ms", rounded(rounds.p99_ms(), 0.01)},
                                          {"p999_ms", rounded(rounds.p999_ms(), 0.01)},
                                          {"cpu_us", rounded(rounds.cpu_us(), 0.1)}});
    if (each != name) ratios[each] = rounded(ratio(name, each), 0.01);
  }
  return {{"results", results}, {"ratios", ratios}};
}

std::string pretty(const boost::json::value& value, std::size_t indent) {
  const std::string inner(indent + 2, ' ');
  std::string out;
  const auto part = [&](const std::string& text) {
    out += (out.empty() ? "\n" : ",\n") + inner + text;
  };
  const auto close = [&](char opened, char closed) {
    return opened + (out.empty() ? out : out + "\n" + std::string(indent, ' ')) + closed;
  };
  if (const auto* object = value.if_object()) {
    for (const auto& [key, each] : *object) {
      part(boost::json::serialize(key) + ": " + pretty(each, indent + 2));
    }
    return close('{', '}');
  }
  if (const auto* array = value.if_array()) {
    for (const auto& each : *array) part(pretty(each, indent + 2));
    return close('[', ']');
  }
  if (const auto* number = value.if_double()) return fmt::format("{:.6g}", *number);
  return boost::json::serialize(value);
}

}  // namespace dealog::bench
