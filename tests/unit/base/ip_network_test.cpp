#include "libs/base/ip_network.hpp"

#include <gtest/gtest.h>

namespace dealog {
namespace {

bool inside(std::string_view network, std::string_view ip) {
  return IpNetwork::parse(network).value().contains(IpAddress::parse(ip).value());
}

TEST(Networks, HoldTheirFirstAndLastAddressAndNoOther) {
  EXPECT_TRUE(inside("185.71.76.0/27", "185.71.76.0"));
  EXPECT_TRUE(inside("185.71.76.0/27", "185.71.76.31"));
  EXPECT_FALSE(inside("185.71.76.0/27", "185.71.76.32"));
  EXPECT_FALSE(inside("185.71.76.0/27", "185.71.75.255"));
  EXPECT_TRUE(inside("77.75.154.128/25", "77.75.154.255"));
  EXPECT_FALSE(inside("77.75.154.128/25", "77.75.154.127"));
  EXPECT_TRUE(inside("0.0.0.0/0", "203.0.113.1"));
}

TEST(Networks, WithoutAPrefixAreOneAddress) {
  EXPECT_TRUE(inside("77.75.156.11", "77.75.156.11"));
  EXPECT_FALSE(inside("77.75.156.11", "77.75.156.12"));
}

TEST(Networks, KnowBothFamilies) {
  EXPECT_TRUE(inside("2a02:5180::/32", "2a02:5180:0:1509::5"));
  EXPECT_FALSE(inside("2a02:5180::/32", "2a02:5181::1"));
  EXPECT_FALSE(inside("0.0.0.0/0", "2a02:5180::1"));
  EXPECT_FALSE(inside("2a02:5180::/32", "185.71.76.1"));
  EXPECT_TRUE(inside("185.71.76.0/27", "::ffff:185.71.76.5")) << "IPv4 through an IPv6 socket";
}

TEST(Networks, ThatAreWrittenWrongAreRefused) {
  for (const std::string_view text :
       {"", "185.71.76", "185.71.76.0/33", "185.71.76.0/-1", "185.71.76.0/", "::/129", "a.b.c.d",
        "185.71.76.0/27 ", "185.71.76.256", "2a02:5180::/32/1"}) {
    EXPECT_EQ(IpNetwork::parse(text).error().code, "invalid_ip_network") << text;
  }
}

}  // namespace
}  // namespace dealog
