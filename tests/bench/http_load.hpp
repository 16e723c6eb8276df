// A load generator: many kept-alive connections in one thread (epoll), one request in flight on
// each, as cheap as possible, because it shares the cores with what it measures.
#pragma once

#include <functional>
#include <string>

#include "tests/bench/latencies.hpp"

namespace dealog::bench {

struct LoadResult {
  Latencies latencies;
  std::size_t requests = 0;
  std::size_t failed = 0;  // answers other than 2xx
  double seconds = 0;
  std::string first_failure;

  double rate() const { return seconds > 0 ? static_cast<double>(requests) / seconds : 0; }
};

// The n-th request's bytes: head and body. Called from the generator's thread.
using MakeRequest = std::function<std::string(std::size_t n)>;
// Sees each answer: its number, its head and body.
using OnAnswer = std::function<void(std::size_t n, const std::string& answer)>;

struct Load {
  std::uint16_t port = 0;
  int connections = 1;
  double seconds = 0;        // how long, when not 0
  std::size_t requests = 0;  // how many, when not 0
  MakeRequest make;
  OnAnswer on_answer = {};
};

// Aborts the program with a sentence when the server cannot be reached.
LoadResult run_load(const Load& load);

// "GET path HTTP/1.1" with a bearer token.
std::string get(const std::string& path, const std::string& token);
// "POST path HTTP/1.1" with a bearer token and a JSON body.
std::string post(const std::string& path, const std::string& token, const std::string& body);

}  // namespace dealog::bench
