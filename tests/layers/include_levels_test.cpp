#include "tests/layers/include_levels.hpp"

#include <gtest/gtest.h>

#include "tests/layers/source_tree.hpp"

namespace dealog::layers {
namespace {

TEST(IncludeLevels, EveryFileIncludesOnlyItsOwnFolderAndLowerLevels) {
  int checked = 0;
  for (const auto& file : source_files()) {
    if (!file.is_cpp() || !(file.in("libs/") || file.in("projections/") || file.in("services/"))) {
      continue;
    }
    for (const auto& include : file.includes()) {
      if (include.angled) continue;
      ++checked;
      const auto violation = include_violation(file.path, include.path);
      EXPECT_EQ(violation, "") << file.path << ":" << include.line << ": " << violation;
    }
  }
  EXPECT_GT(checked, 20) << "the tree was not found under '" << source_dir() << "'";
}

TEST(IncludeLevels, AllowLowerLevelsAndTheSameFolder) {
  EXPECT_EQ(include_violation("libs/http/server.cpp", "libs/base/result.hpp"), "");
  EXPECT_EQ(include_violation("libs/http/server.cpp", "libs/http/router.hpp"), "");
  EXPECT_EQ(include_violation("libs/domain/deal/decide.cpp", "libs/domain/person/state.hpp"), "");
  EXPECT_EQ(include_violation("libs/event/codec.cpp", "dealog/v1/record.pb.h"), "");
  EXPECT_EQ(include_violation("services/dealog/main.cpp", "services/api/deals.hpp"), "");
  EXPECT_EQ(include_violation("projections/deals/deals_view.cpp", "libs/projection/view.hpp"), "");
  EXPECT_EQ(include_violation("projections/all.cpp", "projections/deals/deals_view.hpp"), "");
  EXPECT_EQ(include_violation("services/api/deals.cpp", "projections/all.hpp"), "");
}

TEST(IncludeLevels, RefuseHigherLevelsAndNeighbours) {
  EXPECT_NE(include_violation("libs/base/id.cpp", "libs/event/event.hpp"), "");
  EXPECT_NE(include_violation("libs/http/server.cpp", "libs/rules/criterion.hpp"), "");
  EXPECT_NE(include_violation("projections/deals/deals_view.cpp", "projections/tasks/row.hpp"), "");
  EXPECT_NE(include_violation("projections/deals/deals_view.cpp", "projections/all.hpp"), "");
  EXPECT_NE(include_violation("libs/command/queue.cpp", "libs/projection/view.hpp"), "");
  EXPECT_NE(include_violation("services/api/deals.cpp", "services/audit/why.hpp"), "");
}

TEST(IncludeLevels, RefusePathsThatAreNotFromTheRoot) {
  EXPECT_NE(include_violation("libs/http/server.cpp", "router.hpp"), "");
  EXPECT_NE(include_violation("libs/http/server.cpp", "../base/id.hpp"), "");
  EXPECT_NE(include_violation("libs/http/server.cpp", "tests/support/clock.hpp"), "");
}

TEST(IncludeLevels, AskForTheLevelOfANewFolder) {
  EXPECT_NE(include_violation("libs/unheard_of/a.cpp", "libs/base/id.hpp"), "");
  EXPECT_NE(include_violation("libs/stray.cpp", "libs/base/id.hpp"), "");
  EXPECT_EQ(include_violation("tests/unit/base/id_test.cpp", "libs/base/id.hpp"), "");
}

}  // namespace
}  // namespace dealog::layers
