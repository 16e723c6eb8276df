// A user puts his Bcc address into what he writes: it becomes his outgoing touch.
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/api_client.hpp"
#include "tests/support/dealog_process.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class BccAddress : public ::testing::Test {
 protected:
  BccAddress() : server_(folder_.path() / "data", {"--config", config()}) {
    server_.start();
    api_.emplace(server_.port(), server_.owner_token());
    const Answer source =
        must(api_->post("/v1/sources", {{"provider", "rfc5322"}, {"name", "Copies"}}), 201);
    hook_ = source.str("/hook_url");
    user_ = must(api_->post("/v1/users", {{"name", "Anna"}, {"role", "seller"}}), 201).str("/id");
    must(
        api_->post("/v1/deals", {{"title", "Site"},
                                 {"person", {{"name", "Oleg"}, {"email", "oleg@client.example"}}}}),
        201);
  }
  std::string config() {
    const auto file = folder_.path() / "dealog.toml";
    std::ofstream(file) << "[mail]\nbcc_domain = \"in.studio.example\"\n";
    return file.string();
  }
  std::string path() const { return "/v1/users/" + user_ + "/bcc-address"; }
  std::string issue() { return must(api_->post(path()), 201).str("/address"); }
  // From her private account: nothing but the copy tells who she is.
  void write(std::string_view id, std::string_view copy) {
    must(api_->deliver(hook_, "message/rfc822",
                       fmt::format("Delivered-To: {}\r\nFrom: Anna <anna@home.example>\r\n"
                                   "To: Oleg <oleg@client.example>\r\nSubject: Offer\r\n"
                                   "Message-ID: <{}@home.example>\r\n\r\nHere it is\r\n",
                                   copy, id)),
         200);
  }
  std::string timeline() {
    const std::string deal = str(api_->read("/v1/deals?q=Site").items().at(0), "/id");
    return json::serialize(api_->read("/v1/deals/" + deal + "/timeline").body);
  }

  testing_support::TempFolder folder_;
  DealogProcess server_;
  std::optional<ApiClient> api_;
  std::string hook_, user_;
};

TEST_F(BccAddress, WhatSheWritesIsHerOutgoingTouchOfTheRecipientsDeal) {
  EXPECT_TRUE(api_->read(path()).at("/address").is_null());
  const std::string address = issue();
  EXPECT_THAT(address, MatchesRegex("bcc\\+[0-9a-f]+@in\\.studio\\.example"));
  EXPECT_EQ(api_->read(path()).str("/address"), address);
  write("m1", address);
  const Answer deals = api_->read("/v1/deals");
  EXPECT_EQ(deals.items().size(), 1u);
  const std::string told = timeline();
  EXPECT_THAT(told, HasSubstr(R"("direction":"out")"));
  EXPECT_THAT(told, HasSubstr(user_));
}

TEST_F(BccAddress, AnOldOneIsNoneAnyMore) {
  const std::string old = issue();
  EXPECT_NE(issue(), old);
  write("m1", old);
  // Somebody who writes to us, like everybody else.
  EXPECT_THAT(timeline(), ::testing::Not(HasSubstr(R"("direction":"out")")));
}

TEST_F(BccAddress, IsShownToItsUserAndToAdministratorsAlone) {
  issue();
  const std::string token =
      must(api_->post("/v1/tokens", {{"user", user_}, {"rights", {"read", "write"}}}), 201)
          .str("/token");
  ApiClient anna(server_.port(), token);
  EXPECT_EQ(anna.get(path()).status, 200);
  must(anna.post(path()), 201);
  const std::string other =
      must(api_->post("/v1/users", {{"name", "Boris"}, {"role", "seller"}}), 201).str("/id");
  expect_problem(anna.get("/v1/users/" + other + "/bcc-address"), 403, "right_missing");
  expect_problem(anna.post("/v1/users/" + other + "/bcc-address"), 403, "right_missing");
  expect_problem(ApiClient(server_.port(), "dlg_x").get(path()), 401, "invalid_token");
}

}  // namespace
}  // namespace dealog::e2e
