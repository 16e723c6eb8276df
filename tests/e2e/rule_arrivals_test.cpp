// Rules and what comes by itself: leads that nobody owns yet, signals of other systems; and the
// regulation's own text, fetched, changed and put back.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"
#include "tests/support/eventually.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;

class RulesAndArrivals : public ::testing::Test {
 protected:
  ApiClient& api() { return studio_.api(); }
  void set_mode(std::string_view code, std::string_view mode) {
    for (const auto& item : api().read("/v1/rules").items()) {
      if (str(item, "/code") != code) continue;
      must(api().post("/v1/rules/" + str(item, "/id") + "/mode", {{"mode", mode}}), 200);
      return;
    }
    throw std::runtime_error("no such rule");
  }
  std::string hire(std::string_view name) {
    return must(api().post("/v1/users", {{"name", name}, {"role", "seller"}}), 201).str("/id");
  }
  // The address of its hook.
  std::string generic_source(json::object settings) {
    const Answer made = must(
        api().post("/v1/sources",
                   {{"provider", "generic"}, {"name", "Shop"}, {"settings", std::move(settings)}}),
        201);
    source_ = made.str("/id");
    return made.str("/hook_url");
  }
  // How many events of a type there are on a deal.
  std::size_t events(const std::string& deal, std::string_view type) {
    std::size_t count = 0;
    for (const auto& item : api().read("/v1/events?limit=500&stream=" + deal).items()) {
      if (str(item, "/type") == type) ++count;
    }
    return count;
  }

  Studio studio_;
  std::string source_;
};

TEST_F(RulesAndArrivals, ALeadOfAHookIsGivenToTheSellersInTurn) {
  const std::string anna = hire("Anna"), boris = hire("Boris");
  set_mode("owner_in_turn", "live");
  const std::string hook = generic_source({{"pipeline", "web-studio"}});
  std::set<std::string> owners;
  for (int lead = 1; lead <= 2; ++lead) {
    must(api().deliver(
             hook, "application/json",
             json::serialize(json::value{{"name", "Oleg"},
                                         {"email", "o" + std::to_string(lead) + "@example.com"},
                                         {"comment", "A site, please"}}),
             {{"Accept", "application/json"}}),
         200);
    const auto deals = api().read_until("/v1/deals", static_cast<std::size_t>(lead)).items();
    for (const auto& deal : deals) owners.insert(str(deal, "/owner"));
  }
  EXPECT_EQ(owners, (std::set<std::string>{anna, boris}));
  // Whoever opens a deal by hand keeps it, and gives it away by naming nobody.
  const auto owner_of = [&](const json::value& deal) {
    const std::string id = must(api().post("/v1/deals", deal), 201).str("/id");
    return api().read("/v1/deals/" + id).str("/owner");
  };
  const std::string me = owner_of({{"title", "Mine"}, {"source", "phone"}});
  EXPECT_FALSE(owners.contains(me));
  EXPECT_TRUE(
      owners.contains(owner_of({{"title", "Yours"}, {"source", "phone"}, {"owner", nullptr}})));
}

TEST_F(RulesAndArrivals, ASignalOfASourceTriggersTheRuleThatNamesIt) {
  const json::value rule{
      {"id", "shipped"},
      {"title", {{"ru", "Отгружено"}, {"en", "Shipped"}}},
      {"mode", "live"},
      {"trigger", {{"incoming_webhook", "order_shipped"}}},
      {"actions", json::array{{{"create_task",
                                {{"kind", "call"},
                                 {"title", {{"ru", "Позвонить"}, {"en", "Call"}}},
                                 {"due", "1 day"}}}}}}};
  must(api().post("/v1/rules", {{"rule", rule}}), 201);
  const std::string deal =
      must(api().post("/v1/deals", {{"title", "Site"}, {"source", "phone"}}), 201).str("/id");
  const std::string hook =
      generic_source({{"fields", {{"signal", "event"}, {"deal", "deal"}, {"external_id", "id"}}}});
  const auto tell = [&](std::string_view id, std::string_view of) {
    must(api().deliver(
             hook, "application/json",
             json::serialize(json::value{{"id", id}, {"event", "order.shipped"}, {"deal", of}}),
             {{"Accept", "application/json"}}),
         200);
  };
  tell("1", deal);
  tell("1", deal);  // the same again is no other
  EXPECT_TRUE(testing_support::eventually([&] { return events(deal, "RuleFired") > 0; }));
  EXPECT_EQ(events(deal, "SignalReceived"), 1u);
  EXPECT_EQ(events(deal, "RuleFired"), 1u);
  // Nobody sees what is of no deal, unless it waits for a person.
  tell("2", "deal_00000000000000000000000000000009");
  const Answer waiting =
      api().read_until("/v1/sources/" + source_ + "/deliveries?state=quarantined", 1);
  EXPECT_THAT(waiting.text, HasSubstr("deal_not_found"));
}

TEST_F(RulesAndArrivals, TheTextInForceIsFetchedChangedAndPutBack) {
  const http::ClientHeaders yaml{{"Accept", "application/yaml"}};
  const Answer text = must(api().get("/v1/pipelines/web-studio", yaml), 200);
  EXPECT_THAT(std::string(text.headers.get("Content-Type")), HasSubstr("application/yaml"));
  EXPECT_THAT(text.text, HasSubstr("# The sales regulation of a web studio"));
  // As it is it changes nothing.
  const auto put = [&](const std::string& body, const std::string& etag) {
    return api().request("PUT", "/v1/pipelines/web-studio", body,
                         {{"Content-Type", "application/yaml"}, {"If-Match", etag}});
  };
  EXPECT_EQ(must(put(text.text, text.etag()), 200).etag(), text.etag());
  const std::string changed = text.text + "# ours\n";
  const Answer published = must(put(changed, text.etag()), 200);
  EXPECT_NE(published.etag(), text.etag());
  EXPECT_EQ(must(api().get("/v1/pipelines/web-studio", yaml), 200).text, changed);
  expect_problem(put(text.text, text.etag()), 412, "version_conflict");
  EXPECT_EQ(api().read("/v1/pipelines/web-studio").str("/code"), "web-studio");
}

}  // namespace
}  // namespace dealog::e2e
