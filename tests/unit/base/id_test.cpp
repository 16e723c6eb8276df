#include "libs/base/id.hpp"

#include <set>
#include <string>
#include <unordered_set>

#include <gtest/gtest.h>

#include "libs/base/clock.hpp"

namespace dealog {
namespace {

const std::string kDigits = "0190f1c2d3e47abc8def0123456789ab";

TEST(StrongId, PrintsItsPrefixAndThirtyTwoLowerCaseDigits) {
  const auto uuid = Uuid::from_hex(kDigits);
  ASSERT_TRUE(uuid);
  EXPECT_EQ(DealId(*uuid).text(), "deal_" + kDigits);
  EXPECT_EQ(PersonId(*uuid).text(), "per_" + kDigits);
  EXPECT_EQ(EventId(*uuid).text(), "evt_" + kDigits);
}

TEST(StrongId, ReadsBackWhatItPrinted) {
  const auto parsed = DealId::parse("deal_" + kDigits);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->text(), "deal_" + kDigits);
}

TEST(StrongId, RefusesEverySpellingButItsOwn) {
  const std::string wrong[] = {"",
                               "deal",
                               "deal_",
                               kDigits,
                               "_" + kDigits,
                               "deal-" + kDigits,
                               "Deal_" + kDigits,
                               "per_" + kDigits,
                               "deal_" + kDigits + "0",
                               "deal_" + kDigits.substr(1),
                               "deal_" + kDigits.substr(1) + "g",
                               "deal_0190F1C2D3E47ABC8DEF0123456789AB",
                               " deal_" + kDigits,
                               "deal_../../../../../../../../../etc",
                               "deal_" + std::string(32, '\0')};
  for (const auto& text : wrong) {
    const auto parsed = DealId::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, "invalid_id") << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalid) << text;
  }
}

TEST(StrongId, QuotesNoMoreThanSixtyFourBytesOfWrongInput) {
  const auto parsed = DealId::parse(std::string(100'000, 'x'));
  ASSERT_FALSE(parsed);
  EXPECT_LT(parsed.error().message.size(), 200u);
}

TEST(StrongId, StartsAsNil) {
  EXPECT_TRUE(DealId().is_nil());
  EXPECT_EQ(DealId().text(), "deal_" + std::string(32, '0'));
}

TEST(Uuid, OrdersAsItsBytesAndItsTextDo) {
  const auto low = *Uuid::from_hex("0190f1c2d3e47abc8def0123456789ab");
  const auto high = *Uuid::from_hex("0190f1c2d3e47abc8def0123456789ff");
  EXPECT_LT(low, high);
  EXPECT_LT(low.hex(), high.hex());
  EXPECT_LT(low.view(), high.view());
}

TEST(Uuid, TakesOnlySixteenRawBytes) {
  EXPECT_TRUE(Uuid::from_bytes("too short").is_nil());
  EXPECT_TRUE(Uuid::from_bytes(std::string(17, 'x')).is_nil());
  const std::string raw(16, 'x');
  EXPECT_EQ(Uuid::from_bytes(raw).view(), raw);
}

TEST(DerivedUuid, IsTheSameForTheSameCauseAndName) {
  const auto cause = *Uuid::from_hex(kDigits);
  EXPECT_EQ(Uuid::derived(cause, "allocate"), Uuid::derived(cause, "allocate"));
}

TEST(DerivedUuid, DiffersByCauseAndByName) {
  const auto cause = *Uuid::from_hex(kDigits);
  EXPECT_NE(Uuid::derived(cause, "allocate"), Uuid::derived(cause, "allocate2"));
  EXPECT_NE(Uuid::derived(cause, "allocate"), Uuid::derived(Uuid{}, "allocate"));
  EXPECT_NE(Uuid::derived(cause, ""), Uuid::derived(Uuid{}, ""));
}

TEST(DerivedUuid, IsFixedForEver) {
  // SHA-256 over 16 zero bytes and "dealog", with version 8 and the RFC 9562 variant set. Ids of
  // effects in stored logs depend on it: a change here would carry every effect out again.
  EXPECT_EQ(Uuid::derived(Uuid{}, "dealog").hex(), "44c6591c272585aa977b2fe284875628");
}

TEST(DerivedUuid, CarriesVersionEightAndTheVariant) {
  for (int i = 0; i < 100; ++i) {
    const auto uuid = Uuid::derived(Uuid{}, std::to_string(i));
    EXPECT_EQ(uuid.bytes[6] >> 4, 8);
    EXPECT_EQ(uuid.bytes[8] >> 6, 2);
  }
}

TEST(UuidHash, SpreadsIdsOfOneMillisecond) {
  const ManualClock clock({1'760'000'000'000'000});
  SystemIds ids(clock);
  std::unordered_set<DealId> seen;
  std::set<std::size_t> hashes;
  for (int i = 0; i < 1000; ++i) {
    const auto id = ids.make<DealId>();
    seen.insert(id);
    hashes.insert(std::hash<DealId>{}(id));
  }
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_EQ(hashes.size(), 1000u);
}

}  // namespace
}  // namespace dealog
