// Price lists, discounts and their approval over the API.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;

json::value rub(std::string_view amount) { return {{"amount", amount}, {"currency", "RUB"}}; }

class Prices : public ::testing::Test {
 protected:
  ApiClient& api() { return studio_.api(); }

  void publish_policy() {
    std::ifstream file(std::string(std::getenv("DEALOG_SOURCE_DIR")) +
                       "/deploy/regulations/web-studio.yaml");
    std::stringstream yaml;
    yaml << file.rdbuf() << R"(
discounts: {seller: 10 %, supervisor: 25 %, owner: 100 %}
approval:
  - {above: 10 %, by: supervisor, within: 4 business hours}
  - {above: 25 %, by: owner, within: 1 business day}
)";
    must(api().request("PUT", "/v1/pipelines/web-studio", yaml.str(),
                       {{"Content-Type", "application/yaml"}}),
         200);
  }
  Answer add_site() {
    return must(api().post("/v1/products", {{"code", "site"},
                                            {"title", "Сайт-визитка"},
                                            {"unit", "шт."},
                                            {"list_price", rub("100000.00")},
                                            {"floor_price", rub("70000.00")},
                                            {"vat_percent", "20"}}),
                201);
  }
  std::string a_deal() {
    return must(api().post("/v1/deals", {{"title", "Site"}, {"source", "phone"}}), 201).str("/id");
  }
  static json::object lines(json::object line) {
    json::array all;
    all.push_back(std::move(line));
    return {{"lines", std::move(all)}};
  }

  // What somebody sees once the views know what somebody else wrote.
  static Answer read_after(ApiClient& client, std::string path, const Answer& written) {
    path += (path.find('?') == std::string::npos ? "?" : "&");
    return must(client.get(path + "min_position=" + std::to_string(written.position())), 200);
  }

  Studio studio_;
};

TEST_F(Prices, AProductIsAddedRepricedAndWithdrawn) {
  const Answer added = add_site();
  const std::string path = "/v1/products/" + added.str("/id");
  EXPECT_EQ(added.number("/price"), 1);
  EXPECT_EQ(added.str("/vat_percent"), "20");
  expect_problem(api().post("/v1/products",
                            {{"code", "site"}, {"title", "Another"}, {"list_price", rub("1.00")}}),
                 409, "product_exists");
  const Answer dearer =
      must(api().patch(path, {{"list_price", rub("120000.00")}, {"floor_price", nullptr}},
                       {{"If-Match", added.etag()}}),
           200);
  EXPECT_EQ(dearer.number("/price"), 2);
  EXPECT_TRUE(dearer.at("/floor_price").is_null());
  EXPECT_EQ(api().patch(path, {{"title", "X"}}, {{"If-Match", added.etag()}}).status, 412);
  must(api().patch(path, {{"active", false}, {"vat_percent", "none"}}), 200);
  const Answer shown = api().read("/v1/products/site");  // by its code
  EXPECT_EQ(shown.items("/prices").size(), 3u);
  EXPECT_EQ(shown.str("/prices/0/list_price/amount"), "100000.00");
  EXPECT_EQ(shown.str("/vat_percent"), "none");
  EXPECT_EQ(api().read("/v1/products?active=true").items().size(), 0u);
  EXPECT_EQ(api().read("/v1/products?q=визитка").items().size(), 1u);
  expect_problem(api().get("/v1/products/nothing"), 404, "product_not_found");
  ApiClient seller = studio_.user_with({"read", "write"});
  expect_problem(seller.patch(path, {{"active", true}}), 403, "role_missing");
}

TEST_F(Prices, ATableIsTriedThenTaken) {
  add_site();
  const http::ClientHeaders csv = {{"Content-Type", "text/csv"}};
  const std::string table =
      "Артикул;Название;Цена;Минимальная цена;НДС;Группа\n"
      "site;Сайт-визитка;110 000,00;70000;20%;sites\n"
      "shop;Магазин;300000;;без НДС;sites\n";
  const Answer tried =
      must(api().request("POST", "/v1/products:import?dry_run=true", table, csv), 200);
  EXPECT_EQ(tried.number("/added"), 1);
  EXPECT_EQ(tried.number("/changed"), 1);
  EXPECT_EQ(api().read("/v1/products").items().size(), 1u);
  const http::ClientHeaders once = {{"Content-Type", "text/csv"}, {"Idempotency-Key", "table-1"}};
  const Answer taken = must(api().request("POST", "/v1/products:import", table, once), 200);
  EXPECT_EQ(must(api().request("POST", "/v1/products:import", table, once), 200).text, taken.text);
  EXPECT_EQ(api().read("/v1/products/shop").str("/vat_percent"), "none");
  EXPECT_EQ(api().read("/v1/products/site").number("/price"), 2);
  const Answer wrong =
      api().request("POST", "/v1/products:import",
                    "code,title,list_price,active\nx,X,ten,yes\ny,Y,1,maybe\n", csv);
  expect_problem(wrong, 400, "invalid_input");
  EXPECT_THAT(wrong.text, HasSubstr("/rows/2/list_price"));
  EXPECT_THAT(wrong.text, HasSubstr("/rows/3/active"));
  expect_problem(api().request("POST", "/v1/products:import", "code,title\nx,X\n", csv), 400,
                 "field_missing");
}

TEST_F(Prices, AQuoteOfTheListAsksThoseWhoMayGrantItsDiscount) {
  publish_policy();
  add_site();
  ApiClient seller = studio_.user_with({"read", "write", "personal"});
  ApiClient supervisor = studio_.user_with({"read", "write", "personal"}, "supervisor");
  const std::string deal = a_deal();
  const Answer quote =
      must(seller.post("/v1/deals/" + deal + "/quotes",
                       lines({{"product", "site"}, {"quantity", "1"}, {"discount_percent", "30"}})),
           201);
  EXPECT_EQ(quote.str("/lines/0/title"), "Сайт-визитка");
  EXPECT_EQ(quote.str("/lines/0/vat_percent"), "20");
  EXPECT_EQ(quote.str("/lines/0/list_discount_percent"), "30");
  EXPECT_EQ(quote.str("/total/amount"), "70000.00");
  EXPECT_FALSE(quote.at("/below_floor").as_bool());
  EXPECT_EQ(quote.str("/approval/state"), "none");
  const std::string path = "/v1/quotes/" + quote.str("/id");
  const Answer asked = must(seller.post(path + "/submit"), 200);
  EXPECT_EQ(asked.str("/approval/state"), "waiting");
  EXPECT_EQ(asked.items("/approval/steps").size(), 2u);
  EXPECT_EQ(asked.str("/approval/steps/0/role"), "supervisor");
  EXPECT_TRUE(seller.read("/v1/approvals").items().empty());
  EXPECT_EQ(seller.read("/v1/approvals?all=true").items().size(), 1u);
  const Answer mine = read_after(supervisor, "/v1/approvals", asked);
  ASSERT_EQ(mine.items().size(), 1u) << mine.shown();
  EXPECT_EQ(mine.str("/items/0/quote"), quote.str("/id"));
  EXPECT_EQ(mine.str("/items/0/discount_percent"), "30");
  expect_problem(seller.post(path + "/approve"), 403, "own_quote");
  must(supervisor.post(path + "/approve", {{"comment", "An old customer"}}), 200);
  expect_problem(supervisor.post(path + "/approve"), 403, "role_missing");
  expect_problem(api().post(path + "/decline"), 400, "invalid_input");
  const Answer declined = must(api().post(path + "/decline", {{"comment", "Too much"}}), 200);
  EXPECT_EQ(declined.str("/approval/state"), "declined");
  expect_problem(seller.post(path + "/submit"), 409, "quote_declined");
  EXPECT_EQ(read_after(seller, "/v1/notifications", declined).items().size(), 1u);
  // A new revision begins anew, and a smaller discount asks the supervisor alone.
  must(seller.post(path + "/revise",
                   lines({{"product", "site"}, {"quantity", "1"}, {"discount_percent", "20"}})),
       200);
  must(seller.post(path + "/submit"), 200);
  const Answer approved = must(supervisor.post(path + "/approve"), 200);
  EXPECT_EQ(approved.str("/state"), "approved");
  EXPECT_EQ(approved.str("/approval/state"), "approved");
  EXPECT_TRUE(read_after(api(), "/v1/approvals?all=true", approved).items().empty());
}

TEST_F(Prices, APageOfWhatISignIsFullHoweverManyOthersStandBetween) {
  publish_policy();
  add_site();
  ApiClient seller = studio_.user_with({"read", "write", "personal"});
  ApiClient supervisor = studio_.user_with({"read", "write", "personal"}, "supervisor");
  std::set<std::string> asked_by_seller, seen;
  Answer last;
  // The supervisor's own stand between.
  for (int i = 0; i < 6; ++i) {
    ApiClient& author = i % 2 == 0 ? seller : supervisor;
    const Answer quote = must(
        author.post("/v1/deals/" + a_deal() + "/quotes",
                    lines({{"product", "site"}, {"quantity", "1"}, {"discount_percent", "30"}})),
        201);
    last = must(author.post("/v1/quotes/" + quote.str("/id") + "/submit"), 200);
    if (i % 2 == 0) asked_by_seller.insert(quote.str("/id"));
  }
  std::string path = "/v1/approvals?limit=2";
  for (const std::size_t expected : {2u, 1u}) {
    const Answer page = read_after(supervisor, path, last);
    ASSERT_EQ(page.items().size(), expected) << page.shown();
    for (std::size_t i = 0; i < expected; ++i) {
      seen.insert(page.str(fmt::format("/items/{}/quote", i)));
    }
    const auto& next = page.at("/next_cursor");
    if (expected == 2) path = "/v1/approvals?limit=2&cursor=" + std::string(next.as_string());
    EXPECT_EQ(next.is_null(), expected == 1);
  }
  EXPECT_EQ(seen, asked_by_seller);
}

TEST_F(Prices, BelowTheFloorSomebodyElseDecides) {
  add_site();
  const Answer quote = must(
      api().post("/v1/deals/" + a_deal() + "/quotes",
                 lines({{"product", "site"}, {"quantity", "2"}, {"unit_price", rub("69999.00")}})),
      201);
  EXPECT_TRUE(quote.at("/below_floor").as_bool());
  EXPECT_EQ(quote.str("/lines/0/list_discount_percent"), "30.01");
  expect_problem(api().post("/v1/deals/" + a_deal() + "/quotes",
                            lines({{"product", "nothing"}, {"quantity", "1"}})),
                 422, "invalid_input");
  expect_problem(api().post("/v1/deals/" + a_deal() + "/quotes", lines({{"quantity", "1"}})), 400,
                 "invalid_input");
}

TEST_F(Prices, AKillAndARestartLeaveWhatWaits) {
  publish_policy();
  add_site();
  const Answer quote =
      must(studio_.user_with({"read", "write"})
               .post("/v1/deals/" + a_deal() + "/quotes",
                     lines({{"product", "site"}, {"quantity", "1"}, {"discount_percent", "15"}})),
           201);
  must(api().post("/v1/quotes/" + quote.str("/id") + "/submit"), 200);
  studio_.kill_and_restart();
  const Answer waiting = api().read("/v1/approvals");
  ASSERT_EQ(waiting.items().size(), 1u) << waiting.shown();
  EXPECT_EQ(waiting.str("/items/0/role"), "supervisor");  // and the owner is above
}

}  // namespace
}  // namespace dealog::e2e
