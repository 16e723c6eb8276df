// A believable log from a seed: raw events of every kind that views look at, in an order that
// decisions could have made them, erasures included.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/support/history.hpp"
#include "tests/support/sample_events.hpp"

namespace dealog::testing {

class RandomHistory {
 public:
  RandomHistory(History& history, std::uint64_t seed) : history_(history), random_(seed) {}

  // Appends one event, or two where one makes no sense without the other. With `erasures` a person
  // is erased now and then, his key with him.
  void step(bool erasures = true);

 private:
  struct Deal {
    std::string id;
    std::uint32_t visit = 1;
    bool open = true;
    std::vector<std::string> tasks, quotes, invoices;
  };
  struct Payment {
    std::string id;
    std::string trigger;
    std::int64_t left = 0;
  };

  std::size_t below(std::size_t count) { return random_() % count; }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <class T>
  T& any(std::vector<T>& things) {
    return things[below(things.size())];
  }
  std::string word() { return "word" + std::to_string(below(50)); }
  std::string user() { return "usr_" + std::to_string(below(4)); }
  std::string phone() { return "+7916" + std::to_string(1000000 + below(500)); }
  std::string stage() { return "stage" + std::to_string(below(6)); }
  v1::Due due() {
    const auto day = std::chrono::hours(24);
    const auto from = history_.clock().now() + day * (static_cast<int>(below(20)) - 10);
    return due_between(from, from + day);
  }

  void party_step(bool erasures);
  void open_deal();
  void deal_step(Deal& deal);
  void details_step(Deal& deal);
  void task_step(Deal& deal);
  void commerce_step(Deal& deal);
  void outcome_step(Deal& deal);
  void payment_step();
  void delivery_step();
  void account_step();

  History& history_;
  std::mt19937_64 random_;
  std::vector<std::string> people_, companies_, users_, deliveries_, sources_;
  std::vector<Deal> deals_;
  std::vector<Payment> payments_;
  std::vector<Uuid> touches_;
};

}  // namespace dealog::testing
