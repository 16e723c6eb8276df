// Gates are judged for every stage of a deal at every read of its transitions, so judging must not
// go to the heap. This file counts what the whole test program allocates.
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "tests/support/fake_facts.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace dealog::rules {
namespace {

TEST(JudgingACriterion, AllocatesNothing) {
  const Regulation regulation = parsed_soundly(shipped("web-studio.yaml"));
  FakeFacts facts;
  facts.fields["source"] = std::string("tilda");  // short enough to be copied without the heap
  facts.fields["amount"] = roubles(100);
  facts.touches = {{"call", "in", "connected"}};
  facts.agreed_money = roubles(100);
  facts.paid_money = roubles(50);
  int met = 0;
  const long before = allocations;
  for (const Stage& stage : regulation.stages) {
    for (const Criterion& criterion : stage.exit) {
      // The fake itself makes lists of states and outcomes; those kinds are left out.
      if (criterion.kind == CriterionKind::kQuote || criterion.touch.answers_customer) continue;
      met += holds(criterion, facts) ? 1 : 0;
    }
  }
  EXPECT_EQ(allocations - before, 0);
  EXPECT_EQ(met, 5);  // source, amount, connected call, discount, prepayment
}

}  // namespace
}  // namespace dealog::rules
