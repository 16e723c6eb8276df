// Given events, then rows: a history and all projectors over a store in memory.
#pragma once

#include <gtest/gtest.h>

#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/page_projector.hpp"
#include "libs/projection/view_context.hpp"
#include "projections/all_projectors.hpp"
#include "tests/support/history.hpp"

namespace dealog::testing {

class ViewFixture : public ::testing::Test {
 protected:
  // Brings the rows up to the head of the log.
  void project() {
    const auto done = project_until(history_.log(), history_.log().head(),
                                    all_projectors(history_.keys()), store_);
    ASSERT_TRUE(done) << done.error().message;
  }
  // Projects, then reads what the present shows to somebody with the right to personal data.
  ViewContext now(PersonalView personal = PersonalView::kShown) {
    return at(history_.clock().now(), personal);
  }
  ViewContext at(Timestamp instant, PersonalView personal = PersonalView::kShown) {
    project();
    return {store_, history_.keys(), personal, instant};
  }
  ViewContext at(std::string_view instant) { return at(time_of(instant)); }

  template <class M>
  Position given(const std::string& stream, M message, EventOptions options = {}) {
    return history_.append(stream, std::move(message), std::move(options));
  }

  History history_;
  MemoryViewStore store_;
};

// The value of a result; fails the test when it is an error.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
  return std::move(*result);
}

}  // namespace dealog::testing
