// Deals, given event by event. Shared by the tests of deals, lists, board and tasks.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projections/deals/board_view.hpp"
#include "projections/deals/deals_view.hpp"
#include "projections/deals/tasks_view.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {

using namespace dealog::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Deals : public ViewFixture {
 protected:
  std::string open(v1::DealOpened m, EventOptions options = {}) {
    const auto deal = history_.make_id<DealId>();
    given(deal, std::move(m), std::move(options));
    return deal;
  }
  std::string open(const std::string& title) { return open(deal_opened(title)); }
  Deal deal(const std::string& id, PersonalView personal = PersonalView::kShown) {
    const auto context = now(personal);
    return must(DealsView(context).get(id)).value();
  }
  std::vector<std::string> listed(const DealFilter& filter) {
    const auto context = now();
    std::vector<std::string> ids;
    for (const auto& found : must(DealsView(context).list(filter, {})).items) {
      ids.push_back(found.id);
    }
    return ids;
  }
  std::string task(const std::string& deal, const std::string& assignee, Timestamp today_from,
                   Timestamp overdue_at, const std::string& kind = "call") {
    const auto id = history_.make_id<TaskId>();
    given(deal, task_created(id, kind, assignee, due_between(today_from, overdue_at)));
    return id;
  }
};

}  // namespace dealog::views
