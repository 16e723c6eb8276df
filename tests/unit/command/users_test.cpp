// Users change, and somebody always remains who can change them back.
#include "libs/command/use_cases/users.hpp"

#include <future>

#include "libs/command/user_directory.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using user::Right;

UserId hire(Workshop& shop, std::string name, std::string role, user::Rights rights) {
  return shop.must([&](Unit& unit) {
    return use_cases::register_user(
        unit,
        {.name = name, .email = "", .role = role, .time_zone = "Europe/Moscow", .rights = rights});
  });
}
Result<Outcome> change(Workshop& shop, const UserId& id, user::ChangeUserDetails details) {
  return shop.bus().run(shop.request(id.text()),
                        [&](Unit& unit) { return use_cases::change_user(unit, id, details); });
}
Result<Outcome> deactivate(Workshop& shop, const UserId& id) {
  return shop.bus().run(shop.request(id.text()),
                        [&](Unit& unit) { return use_cases::deactivate_user(unit, id); });
}
user::ChangeUserDetails rights_of(user::Rights rights) {
  user::ChangeUserDetails details;
  details.rights = rights;
  return details;
}
user::ChangeUserDetails role_of(std::string role) {
  user::ChangeUserDetails details;
  details.role = std::move(role);
  return details;
}

TEST(Users, TheTokensOfOneWhoWasDeactivatedStopWorking) {
  Workshop shop;
  hire(shop, "Olga", "owner", user::Rights::all());
  const UserId anna = hire(shop, "Anna", "seller", {Right::kRead, Right::kWrite});
  const auto token = shop.must([&](Unit& unit) {
    return use_cases::issue_token(unit, anna,
                                  {.rights = {Right::kRead}, .label = "", .expires_at = {}});
  });
  const UserDirectory directory(shop.folds());
  ASSERT_TRUE(directory.authenticate(token.text, shop.clock.now()));
  ASSERT_TRUE(deactivate(shop, anna));
  EXPECT_EQ(directory.authenticate(token.text, shop.clock.now()).error().code, "invalid_token");
}

TEST(Users, ARightThatWasTakenAwayIsGoneFromTheirTokens) {
  Workshop shop;
  hire(shop, "Olga", "owner", user::Rights::all());
  const UserId anna = hire(shop, "Anna", "seller", {Right::kRead, Right::kWrite});
  const auto token = shop.must([&](Unit& unit) {
    return use_cases::issue_token(
        unit, anna, {.rights = {Right::kRead, Right::kWrite}, .label = "", .expires_at = {}});
  });
  ASSERT_TRUE(change(shop, anna, rights_of({Right::kRead})));
  const UserDirectory directory(shop.folds());
  EXPECT_EQ(directory.authenticate(token.text, shop.clock.now())->rights,
            user::Rights{Right::kRead});
}

TEST(Users, TheLastOwnerStays) {
  Workshop shop;
  const UserId olga = hire(shop, "Olga", "owner", user::Rights::all());
  hire(shop, "Sergei", "supervisor", user::Rights::all());
  EXPECT_EQ(deactivate(shop, olga).error().code, "last_owner");
  EXPECT_EQ(change(shop, olga, role_of("seller")).error().code, "last_owner");
  EXPECT_TRUE(shop.state<user::State>(olga.text())->active);
  hire(shop, "Pavel", "owner", user::Rights::all());
  EXPECT_TRUE(deactivate(shop, olga));
}

TEST(Users, SomebodyAlwaysHasTheRightAdmin) {
  Workshop shop;
  const UserId olga = hire(shop, "Olga", "owner", user::Rights::all());
  const UserId pavel = hire(shop, "Pavel", "owner", {Right::kRead, Right::kAdmin});
  ASSERT_TRUE(change(shop, pavel, rights_of({Right::kRead})));
  EXPECT_EQ(change(shop, olga, rights_of({Right::kRead})).error().code, "last_admin");
  EXPECT_EQ(deactivate(shop, olga).error().code, "last_admin");
  // A seller who is deactivated is nobody's last.
  const UserId anna = hire(shop, "Anna", "seller", {Right::kRead});
  EXPECT_TRUE(deactivate(shop, anna));
}

// Each finds the other one there; only one of them may go.
TEST(Users, TwoOwnersWhoDeactivateOneAnotherAtOnceDoNotBothGo) {
  Workshop shop;
  const UserId olga = hire(shop, "Olga", "owner", user::Rights::all());
  const UserId pavel = hire(shop, "Pavel", "owner", user::Rights::all());
  bool inside = false;
  const auto outer = shop.bus().run(shop.request(olga.text()), [&](Unit& unit) {
    const auto decided = use_cases::deactivate_user(unit, olga);
    if (!inside) {
      inside = true;  // the other one is faster
      EXPECT_TRUE(std::async(std::launch::async, [&] { return deactivate(shop, pavel); }).get());
    }
    return decided;
  });
  ASSERT_FALSE(outer);
  EXPECT_EQ(outer.error().code, "last_owner");
  EXPECT_TRUE(shop.state<user::State>(olga.text())->active);
}

// Both find the address free; only one of them may take it.
TEST(Users, TwoWhoTakeOneAddressAtOnceDoNotBothGetIt) {
  Workshop shop;
  const user::RegisterUser anna{.name = "Anna",
                                .email = "anna@example.com",
                                .role = "seller",
                                .time_zone = "Europe/Moscow",
                                .rights = {Right::kRead}};
  bool inside = false;
  const auto outer = shop.bus().run_for(shop.request(), [&](Unit& unit) {
    auto decided = use_cases::register_user(unit, anna);
    if (!inside) {
      inside = true;  // the other one is faster
      std::async(std::launch::async, [&] {
        shop.must([&](Unit& other) { return use_cases::register_user(other, anna); });
      }).get();
    }
    return decided;
  });
  ASSERT_FALSE(outer);
  EXPECT_EQ(outer.error().code, "user_exists");
}

TEST(Users, TheAddressOfOneWhoLeftIsFree) {
  Workshop shop;
  hire(shop, "Olga", "owner", user::Rights::all());
  const user::RegisterUser anna{.name = "Anna",
                                .email = "anna@example.com",
                                .role = "seller",
                                .time_zone = "Europe/Moscow",
                                .rights = {Right::kRead}};
  const auto take = [&](Unit& unit) { return use_cases::register_user(unit, anna); };
  const UserId first = shop.must(take);
  EXPECT_EQ(shop.bus().run_for(shop.request(), take).error().code, "user_exists");
  ASSERT_TRUE(deactivate(shop, first));
  EXPECT_NE(shop.must(take), first);
}

}  // namespace
}  // namespace dealog
