#include "libs/http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/http/target.hpp"

namespace dealog::http {
namespace {

PlainHandler nothing() {
  return [](const Request&) -> Result<Response> { return Response::no_content(); };
}

Router::Match match(const Router& router, Method method, std::string_view target) {
  const auto path = decode_path(target);
  EXPECT_TRUE(path) << target;
  return router.match(method, path->segments);
}

std::string matched(const Router& router, std::string_view target) {
  const auto found = match(router, Method::kGet, target);
  return found.route ? found.route->pattern : found.allow.empty() ? "404" : "405";
}

Router deals() {
  Router router;
  for (const auto* pattern :
       {"/", "/v1/deals", "/v1/deals/{id}", "/v1/deals/new", "/v1/deals/{id}/tasks",
        "/v1/quotes/{id}", "/v1/quotes/{id}.pdf", "/files/{name}/{rest...}"}) {
    router.add(Method::kGet, pattern, nothing());
  }
  return router;
}

TEST(Router, PrefersFixedTextThenSuffixThenParameterThenRest) {
  const Router router = deals();
  EXPECT_EQ(matched(router, "/"), "/");
  EXPECT_EQ(matched(router, "/v1/deals/new"), "/v1/deals/new");
  EXPECT_EQ(matched(router, "/v1/deals/deal_1"), "/v1/deals/{id}");
  EXPECT_EQ(matched(router, "/v1/quotes/quo_1.pdf"), "/v1/quotes/{id}.pdf");
  EXPECT_EQ(matched(router, "/v1/quotes/quo_1"), "/v1/quotes/{id}");
  EXPECT_EQ(matched(router, "/v1/quotes/.pdf"), "/v1/quotes/{id}");
}

TEST(Router, GoesBackFromFixedTextThatLeadsNowhere) {
  const Router router = deals();
  const auto found = match(router, Method::kGet, "/v1/deals/new/tasks");
  ASSERT_TRUE(found.route);
  EXPECT_EQ(found.route->pattern, "/v1/deals/{id}/tasks");
  ASSERT_EQ(found.params.size(), 1u);
  EXPECT_EQ(found.params[0].second, "new");
}

TEST(Router, GivesParametersDecodedAndWithoutTheirSuffix) {
  const Router router = deals();
  EXPECT_EQ(match(router, Method::kGet, "/v1/quotes/a%20b.pdf").params[0].second, "a b");
  const auto rest = match(router, Method::kGet, "/files/n/a/b%20c/d");
  ASSERT_EQ(rest.params.size(), 2u);
  EXPECT_EQ(rest.params[1].first, "rest");
  EXPECT_EQ(rest.params[1].second, "a/b c/d");
}

TEST(Router, RestTakesAlsoNothing) {
  const Router router = deals();
  EXPECT_EQ(match(router, Method::kGet, "/files/n").params.at(1).second, "");
  EXPECT_EQ(match(router, Method::kGet, "/files/n/").params.at(1).second, "");
}

TEST(Router, DoesNotTakeOnePathForAnother) {
  const Router router = deals();
  EXPECT_EQ(matched(router, "/v1/deals/"), "404");
  EXPECT_EQ(matched(router, "/v1"), "404");
  EXPECT_EQ(matched(router, "/v1/deals/x/y"), "404");
  EXPECT_EQ(matched(router, "/V1/deals"), "404");
}

TEST(Router, NamesTheAllowedMethodsWhenOnlyTheMethodIsWrong) {
  Router router;
  router.add(Method::kGet, "/x", nothing());
  router.add(Method::kPost, "/x", nothing());
  const auto found = match(router, Method::kDelete, "/x");
  EXPECT_FALSE(found.route);
  EXPECT_EQ(found.allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_TRUE(match(router, Method::kDelete, "/y").allow.empty());
}

TEST(Router, AnswersHeadByGetAndAnyByAny) {
  Router router;
  router.add(Method::kGet, "/x", nothing());
  router.add_any("/hooks/{source}",
                 ResultHandler([](Request) -> boost::asio::awaitable<Result<Response>> {
                   co_return Response::no_content();
                 }));
  router.add(Method::kGet, "/hooks/{source}", nothing());
  EXPECT_TRUE(match(router, Method::kHead, "/x").route);
  EXPECT_FALSE(match(router, Method::kPost, "/x").route);
  EXPECT_TRUE(match(router, Method::kPut, "/hooks/s").route);
  EXPECT_NE(match(router, Method::kGet, "/hooks/s").route,
            match(router, Method::kPut, "/hooks/s").route);
  EXPECT_FALSE(match(router, Method::kOther, "/hooks/s").route);
}

TEST(Router, ListsItsRoutesForTheComparisonWithOpenapi) {
  Router router;
  router.add(Method::kPost, "/v1/deals", nothing());
  router.add(Method::kGet, "/v1/deals", nothing());
  EXPECT_THAT(router.routes(),
              testing::ElementsAre(RouteInfo{"GET", "/v1/deals"}, RouteInfo{"POST", "/v1/deals"}));
}

TEST(Router, RefusesARouteGivenTwice) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Router router;
        router.add(Method::kGet, "/x/{id}", nothing());
        router.add(Method::kGet, "/x/{id}", nothing());
      },
      "broken invariant");
}

}  // namespace
}  // namespace dealog::http
