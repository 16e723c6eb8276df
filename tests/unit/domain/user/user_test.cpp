#include "libs/domain/user/user.hpp"

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::user {
namespace {

using UserStory = testing::Story<State>;

const TokenId kToken(Uuid::derived({}, "token"));
const std::string kSecret(32, 's');

RegisterUser seller(Rights rights = {Right::kRead, Right::kWrite}) {
  return {.name = "Anna",
          .email = "Anna@example.ru",
          .role = "seller",
          .time_zone = "Europe/Moscow",
          .rights = rights};
}
IssueToken token(Rights rights, Timestamp expires_at = {}) {
  return {kToken, token_hash(kSecret), rights, "laptop", {100}, expires_at};
}

TEST(Rights, AreASetOfSevenWords) {
  EXPECT_EQ(Rights::all().names(),
            (std::vector<std::string_view>{"read", "write", "override", "import", "publish",
                                           "admin", "personal"}));
  const std::vector<std::string> names = {"write", "read"};
  EXPECT_EQ(Rights::parse(names), (Rights{Right::kRead, Right::kWrite}));
  const std::vector<std::string> wrong = {"read", "fly"};
  EXPECT_EQ(Rights::parse(wrong).error().fields.front().pointer, "/rights/1");
  EXPECT_TRUE(Rights::all().contains({Right::kAdmin}));
  EXPECT_FALSE(Rights({Right::kRead}).contains({Right::kRead, Right::kAdmin}));
  EXPECT_EQ(require({Right::kRead}, Right::kWrite).error().code, "right_missing");
  EXPECT_EQ(require({Right::kRead}, Right::kWrite).error().kind, ErrorKind::kForbidden);
}

TEST(Token, HasATextFormThatReadsBack) {
  const auto text = format_token({kToken, kSecret});
  EXPECT_TRUE(text.starts_with("dlg_" + kToken.uuid().hex() + "_"));
  const auto parts = parse_token(text);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->id, kToken);
  EXPECT_EQ(parts->secret, kSecret);
  EXPECT_TRUE(token_matches(parts->secret, token_hash(kSecret)));
  EXPECT_FALSE(token_matches(std::string(32, 't'), token_hash(kSecret)));
}

TEST(Token, AForgedTextIsRefusedWithoutSayingWhy) {
  const auto good = format_token({kToken, kSecret});
  auto other_prefix = good;
  other_prefix[0] = 'x';
  auto no_hex = good;
  no_hex[5] = 'z';
  auto no_base64 = good;
  no_base64.back() = '*';
  // The last character holds two bits that belong to nothing: four texts, one secret.
  auto other_spelling = good;
  other_spelling.back() = static_cast<char>(other_spelling.back() + 1);
  for (const auto& text :
       {std::string(), std::string("dlg_"), good + "A", good.substr(0, good.size() - 1),
        other_prefix, no_hex, no_base64, other_spelling, std::string(200, 'A')}) {
    EXPECT_EQ(parse_token(text).error().code, "invalid_token") << text;
    EXPECT_EQ(parse_token(text).error().kind, ErrorKind::kUnauthorized);
  }
}

TEST(User, IsRegisteredOnce) {
  UserStory story;
  story.when(seller()).then({"UserRegistered"});
  EXPECT_EQ(story.tags(),
            (std::vector<Tag>{personal_tag("user-email:anna@example.ru"), open_tag("users")}));
  EXPECT_EQ(story.state().email, "anna@example.ru");
  EXPECT_TRUE(story.state().active);
  story.when(seller()).then_refused("user_exists");
  UserStory()
      .when(RegisterUser{.name = "", .email = "x", .role = "king", .time_zone = "Mars/Base"})
      .then_invalid({"/name", "/email", "/role", "/time_zone"});
}

TEST(User, ChangesOnlyWhatDiffers) {
  UserStory story;
  story.given(seller());
  story.when(ChangeUserDetails{.name = "Anna", .email = "ANNA@example.ru"}).then({});
  story.when(ChangeUserDetails{.time_zone = "Asia/Omsk", .rights = Rights{Right::kRead}})
      .then({"UserDetailsChanged"});
  EXPECT_EQ(story.state().time_zone, "Asia/Omsk");
  EXPECT_EQ(story.state().rights, Rights{Right::kRead});
  EXPECT_EQ(story.state().role, "seller");
}

TEST(User, HasAChatOfItsNumberAlone) {
  UserStory story;
  RegisterUser anna = seller();
  anna.telegram = "4711";
  story.when(anna).then({"UserRegistered"});
  EXPECT_EQ(story.state().telegram, "4711");
  story.when(ChangeUserDetails{.telegram = "@anna"}).then_refused("invalid_input");
  story.when(ChangeUserDetails{.telegram = "4711"}).then({});
  story.when(ChangeUserDetails{.telegram = ""}).then({"UserDetailsChanged"});
  EXPECT_EQ(story.state().telegram, "");
}

TEST(User, ATokenActsWithWhatBothItAndItsUserMay) {
  UserStory story;
  story.given(seller());
  story.when(token({Right::kRead, Right::kAdmin})).then_refused("right_missing");
  story.when(token({Right::kRead, Right::kWrite})).then({"TokenIssued"});
  EXPECT_EQ(story.tags(), std::vector<Tag>{open_tag(kToken.text())});
  EXPECT_EQ(effective_rights(story.state(), kToken, {200}), (Rights{Right::kRead, Right::kWrite}));
  story.given(ChangeUserDetails{.rights = Rights{Right::kRead}});
  EXPECT_EQ(effective_rights(story.state(), kToken, {200}), Rights{Right::kRead});
}

TEST(User, ARevokedTokenActsNoMore) {
  UserStory story;
  story.given(seller()).given(token({Right::kRead}));
  story.when(RevokeToken{kToken}).then({"TokenRevoked"});
  EXPECT_FALSE(effective_rights(story.state(), kToken, {200}).has_value());
  story.when(RevokeToken{kToken}).then({});
  story.when(RevokeToken{TokenId(Uuid::derived({}, "x"))}).then_refused("token_not_found");
}

TEST(User, ATokenEndsAtItsInstant) {
  UserStory story;
  story.given(seller());
  story.when(token({Right::kRead}, {100})).then_invalid({"/expires_at"});
  story.given(token({Right::kRead}, {300}));
  EXPECT_TRUE(effective_rights(story.state(), kToken, {299}).has_value());
  EXPECT_FALSE(effective_rights(story.state(), kToken, {300}).has_value());
}

TEST(User, WhoLeftHasNoTokens) {
  UserStory story;
  story.given(seller()).given(token({Right::kRead}));
  story.when(DeactivateUser{}).then({"UserDeactivated"});
  EXPECT_FALSE(effective_rights(story.state(), kToken, {200}).has_value());
  story.when(token({Right::kRead})).then_refused("user_inactive");
  story.when(DeactivateUser{}).then_refused("user_inactive");
  UserStory().when(DeactivateUser{}).then_refused("user_not_found");
}

}  // namespace
}  // namespace dealog::user
