// The files of deals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dealog/v1/file_events.pb.h"
#include "projections/files/files_view.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {
namespace {

using namespace dealog::testing;

class Files : public ViewFixture {
 protected:
  Position attach(const std::string& deal, const std::string& file, const std::string& name) {
    v1::FileAttached m;
    m.set_file(file);
    m.set_name(name);
    m.set_media_type("application/pdf");
    m.set_bytes(100);
    m.set_touch("tch_1");
    return given(deal, m);
  }
  std::vector<File> of(const std::string& deal, PersonalView personal = PersonalView::kShown) {
    const auto context = now(personal);
    return must(FilesView(context).of_deal(deal));
  }
};

TEST_F(Files, AreListedByDealInTheOrderInWhichTheyCame) {
  const auto first = attach("deal_1", "fil_9", "a.pdf");
  attach("deal_2", "fil_5", "b.pdf");
  attach("deal_1", "fil_1", "c.pdf");
  const auto files = of("deal_1");
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].id, "fil_9");
  EXPECT_EQ(files[0].position, first);
  EXPECT_EQ(files[0].name.value, "a.pdf");
  EXPECT_EQ(files[0].touch, "tch_1");
  EXPECT_EQ(files[0].bytes, 100u);
  EXPECT_EQ(files[1].id, "fil_1");
  EXPECT_EQ(of("deal_2").size(), 1u);
  EXPECT_TRUE(of("deal_3").empty());
}

TEST_F(Files, NamesAreMaskedForWhoMayNotSeeThem) {
  attach("deal_1", "fil_1", "passport.pdf");
  EXPECT_EQ(of("deal_1", PersonalView::kMasked).at(0).name.state, TextState::kMasked);
}

}  // namespace
}  // namespace dealog::views
