// Waiting for what another thread or process does by itself.
#pragma once

#include <chrono>
#include <thread>

namespace dealog::testing_support {

// Asks every 20 ms until it holds; false when it did not within that time.
template <class Holds>
bool eventually(const Holds& holds, std::chrono::milliseconds within = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace dealog::testing_support
