#include "libs/http/target.hpp"

#include <gtest/gtest.h>

#include "libs/http/client_address.hpp"
#include "libs/http/limits.hpp"
#include "libs/http/sse.hpp"

namespace dealog::http {
namespace {

using namespace std::string_literals;

TEST(Path, IsDecodedSegmentBySegment) {
  const auto path = decode_path("/v1/people/%D0%AF%20x?q=1");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->text, "/v1/people/Я x");
  EXPECT_EQ(path->segments, (std::vector<std::string>{"v1", "people", "Я x"}));
}

TEST(Path, TakesTheAbsoluteFormThatProxiesSend) {
  EXPECT_EQ(decode_path("http://example.com/v1/deals?x")->text, "/v1/deals");
  EXPECT_EQ(decode_path("https://example.com")->text, "/");
}

TEST(Path, IsRefusedWhenTwoReadersCouldReadItDifferently) {
  for (const auto& target :
       {"/a%2fb"s,  "/a%2Fb"s,     "/a%5cb"s,  "/a\\b"s,     "/a/../b"s, "/a/%2e%2e/b"s, "/a/./b"s,
        "/.."s,     "//a"s,        "/a//b"s,   "/a%00"s,     "/a%0a"s,   "/a%7f"s,       "/%ff"s,
        "/%c0%af"s, "/%ed%a0%80"s, "/%"s,      "/%4"s,       "/%zz"s,    "a"s,           ""s,
        "*"s,       "/a#b"s,       "host:80"s, "/"s + "\xff"}) {
    const auto path = decode_path(target);
    ASSERT_FALSE(path) << target;
    EXPECT_EQ(path.error().code, "invalid_path") << target;
  }
  std::string deep;
  for (std::size_t i = 0; i <= kPathSegments; ++i) deep += "/a";
  EXPECT_FALSE(decode_path(deep));
}

TEST(Query, IsDecodedInOrderWithRepeats) {
  const auto query = decode_query("a=1&b=%20+x&a=2&c&&d=");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->find("a"), "1");
  EXPECT_EQ(query->all("a"), (std::vector<std::string_view>{"1", "2"}));
  EXPECT_EQ(query->find("b"), "  x");
  EXPECT_EQ(query->find("c"), "");
  EXPECT_EQ(query->find("d"), "");
  EXPECT_EQ(query->find("e"), std::nullopt);
}

TEST(Query, IsRefusedWhenItIsBrokenOrHuge) {
  EXPECT_FALSE(decode_query("a=%"));
  EXPECT_FALSE(decode_query("a=%ff"));
  EXPECT_FALSE(decode_query("a=%00"));
  std::string many;
  for (std::size_t i = 0; i <= kQueryParameters; ++i) many += "a&";
  EXPECT_FALSE(decode_query(many));
}

TEST(IpNetwork, ContainsItsAddressesInBothSpellings) {
  const auto network = IpNetwork::parse("10.1.0.0/16");
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->contains(*IpAddress::parse("10.1.255.3")));
  EXPECT_TRUE(network->contains(*IpAddress::parse("::ffff:10.1.0.1")));
  EXPECT_FALSE(network->contains(*IpAddress::parse("10.2.0.1")));
  EXPECT_TRUE(IpNetwork::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:7fff::1")));
  EXPECT_FALSE(IpNetwork::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:8000::1")));
  EXPECT_TRUE(IpNetwork::parse("0.0.0.0/0")->contains(*IpAddress::parse("8.8.8.8")));
  EXPECT_FALSE(IpNetwork::parse("0.0.0.0/0")->contains(*IpAddress::parse("2001:db8::1")));
  EXPECT_TRUE(IpNetwork::parse("192.0.2.7")->contains(*IpAddress::parse("192.0.2.7")));
}

TEST(IpNetwork, RefusesWhatIsNoNetwork) {
  for (const auto* text : {"", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/-1", "a/8",
                           "2001:db8::/129", "10.0.0/8", "10.0.0.0/8x"}) {
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
  }
}

TEST(ForwardedFor, IsBelievedOnlyFromTrustedProxies) {
  const std::vector<IpNetwork> proxies = {*IpNetwork::parse("10.0.0.0/8")};
  EXPECT_EQ(client_address("203.0.113.9", "1.2.3.4", proxies), "203.0.113.9");
  EXPECT_EQ(client_address("10.0.0.1", "1.2.3.4", proxies), "1.2.3.4");
  EXPECT_EQ(client_address("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", proxies), "1.2.3.4");
  EXPECT_EQ(client_address("10.0.0.1", "", proxies), "10.0.0.1");
  EXPECT_EQ(client_address("10.0.0.1", "1.2.3.4, nonsense", proxies), "10.0.0.1");
  EXPECT_EQ(client_address("10.0.0.1", "10.0.0.3,10.0.0.2", proxies), "10.0.0.3");
}

TEST(Sse, WritesOneDataLineForEachLine) {
  EXPECT_EQ(sse_event("7", "DealOpened", "{\"a\":1}"),
            "id: 7\nevent: DealOpened\ndata: {\"a\":1}\n\n");
  EXPECT_EQ(sse_event("", "", "a\nb\r\nc"), "data: a\ndata: b\ndata: c\n\n");
}

TEST(Sse, LetsNoFieldSmuggleALine) {
  EXPECT_EQ(sse_event("7\nevent: x", "n\rdata: y", "z"), "id: 7\nevent: n\ndata: z\n\n");
}

}  // namespace
}  // namespace dealog::http
