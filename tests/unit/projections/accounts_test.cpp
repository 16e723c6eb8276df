// Users, tokens and pipelines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projections/accounts/accounts_view.hpp"
#include "projections/pipelines/pipelines_view.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {
namespace {

using namespace dealog::testing;
using ::testing::ElementsAre;

class Accounts : public ViewFixture {
 protected:
  std::string register_user(const std::string& name) {
    const auto id = history_.make_id<UserId>();
    v1::UserRegistered m;
    m.set_name(name);
    m.set_email(name + "@example.org");
    m.set_role("seller");
    m.set_time_zone("Europe/Moscow");
    m.add_rights("read");
    given(id, m);
    return id;
  }
  std::string issue(const std::string& user) {
    history_.clock().advance(std::chrono::seconds(1));  // ids sort by the time they were made
    const auto token = history_.make_id<TokenId>();
    v1::TokenIssued m;
    m.set_token(token);
    m.set_secret_sha256("abc");
    m.set_label("laptop");
    m.add_rights("read");
    given(user, m);
    return token;
  }
};

TEST_F(Accounts, AUserKeepsItsLatestDetails) {
  const auto id = register_user("anna");
  v1::UserDetailsChanged changed;
  changed.set_email("new@example.org");
  changed.set_role("supervisor");
  changed.add_rights("read");
  changed.add_rights("write");
  changed.set_rights_changed(true);
  given(id, changed);
  given(id, v1::UserDeactivated());
  const auto context = now();
  const User user = must(AccountsView(context).user(id)).value();
  EXPECT_EQ(user.name.value, "anna");
  EXPECT_EQ(user.email.value, "new@example.org");
  EXPECT_EQ(user.role, "supervisor");
  EXPECT_THAT(user.rights, ElementsAre("read", "write"));
  EXPECT_FALSE(user.active);
  EXPECT_EQ(user.version, 3u);
}

TEST_F(Accounts, TokensAreListedPerUserAndReadById) {
  const auto anna = register_user("anna"), boris = register_user("boris");
  const auto one = issue(anna), two = issue(anna), three = issue(boris);
  v1::TokenRevoked revoked;
  revoked.set_token(one);
  given(anna, revoked);
  const auto context = now();
  const AccountsView view(context);
  const auto ids = [&](const std::string& user) {
    std::vector<std::string> out;
    for (const auto& token : must(view.tokens(user, {})).items) out.push_back(token.id);
    return out;
  };
  EXPECT_THAT(ids(anna), ElementsAre(two, one));
  EXPECT_THAT(ids(boris), ElementsAre(three));
  EXPECT_THAT(ids(""), ElementsAre(three, two, one));
  const auto token = must(view.token(one)).value();
  EXPECT_EQ(token.user, anna);
  EXPECT_EQ(token.label.value, "laptop");
  EXPECT_TRUE(token.revoked_at);
  EXPECT_FALSE(must(view.token(two))->revoked_at);
  EXPECT_EQ(must(view.users({})).items.size(), 2u);
}

TEST_F(Accounts, ThePipelineInForceIsTheLastPublished) {
  for (std::uint64_t version = 1; version <= 2; ++version) {
    v1::RegulationPublished m;
    m.set_pipeline("web-studio");
    m.set_version(version);
    m.set_yaml("code: web-studio # " + std::to_string(version));
    given("pip_web-studio", m);
  }
  const auto context = now();
  const PipelinesView view(context);
  EXPECT_EQ(must(view.get("web-studio"))->version, 2u);
  EXPECT_EQ(must(view.get("web-studio"))->yaml, "code: web-studio # 2");
  EXPECT_EQ(must(view.all()).size(), 1u);
  EXPECT_FALSE(must(view.get("other")));
}

}  // namespace
}  // namespace dealog::views
