// The tree of RFC 6962 against its published vectors (the eight leaves of the reference
// implementation of Certificate Transparency) and against a plain recursive definition.
#include "libs/eventlog/merkle.hpp"

#include <bit>

#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"

namespace dealog::merkle {
namespace {

std::string hex(const Hash& hash) { return to_hex(view(hash)); }

const std::vector<std::string> kLeaves = {"",
                                          "00",
                                          "10",
                                          "2021",
                                          "3031",
                                          "40414243",
                                          "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f"};
const std::vector<std::string> kRoots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

// MTH of RFC 6962, 2.1, as it stands there.
std::string plain_root(const std::vector<std::string>& leaves, std::size_t from, std::size_t to) {
  if (from == to) return sha256("");
  if (to - from == 1) return sha256(std::string(1, '\0') + leaves[from]);
  const std::size_t half = std::bit_ceil(to - from) / 2;
  return sha256("\x01" + plain_root(leaves, from, from + half) +
                plain_root(leaves, from + half, to));
}

TEST(Merkle, MatchesThePublishedVectors) {
  Frontier frontier;
  EXPECT_EQ(hex(frontier.root()), kRoots[0]);
  for (std::size_t i = 0; i < kLeaves.size(); ++i) {
    frontier.push(leaf_hash(from_hex(kLeaves[i]).value()));
    EXPECT_EQ(hex(frontier.root()), kRoots[i + 1]) << i + 1 << " leaves";
  }
}

TEST(Merkle, EqualsTheRecursiveDefinitionForEverySize) {
  Frontier frontier;
  std::vector<std::string> leaves;
  for (int i = 0; i < 300; ++i) {
    leaves.push_back("record " + std::to_string(i));
    frontier.push(leaf_hash(leaves.back()));
    ASSERT_EQ(to_hex(view(frontier.root())), to_hex(plain_root(leaves, 0, leaves.size())));
    ASSERT_EQ(frontier.root_count(), static_cast<std::size_t>(std::popcount(leaves.size())));
  }
}

TEST(Merkle, AFrontierTakenApartAndPutTogetherIsTheSame) {
  Frontier frontier;
  for (int i = 0; i < 77; ++i) frontier.push(leaf_hash(std::to_string(i)));
  std::vector<std::string_view> roots;
  for (std::size_t i = 0; i < frontier.root_count(); ++i)
    roots.push_back(view(frontier.root_at(i)));
  auto again = Frontier::from_roots(77, roots);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, frontier);
  again->push(leaf_hash("next"));
  frontier.push(leaf_hash("next"));
  EXPECT_EQ(again->root(), frontier.root());
}

TEST(Merkle, RefusesAFrontierOfTheWrongShape) {
  const std::string root(32, 'r');
  EXPECT_TRUE(Frontier::from_roots(0, {}).has_value());
  EXPECT_TRUE(Frontier::from_roots(4, {root}).has_value());
  EXPECT_FALSE(Frontier::from_roots(5, {root}).has_value());
  EXPECT_FALSE(Frontier::from_roots(4, {root, root}).has_value());
  EXPECT_FALSE(Frontier::from_roots(4, {"short"}).has_value());
}

}  // namespace
}  // namespace dealog::merkle
