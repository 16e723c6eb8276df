// Laws of libs/base over generated input. A failure prints the seed; repeat it with
// RC_PARAMS="seed=…".
#include <gtest/gtest.h>
// After gtest, which it extends.
#include <limits>
#include <string>

#include <rapidcheck/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/id.hpp"
#include "libs/base/money.hpp"
#include "libs/base/text.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog {
namespace {

constexpr std::int64_t kLastUs = 253'370'764'800'000'000 - 1;  // the end of the year 9998

rc::Gen<Money> any_money() {
  return rc::gen::apply(
      [](std::int64_t minor, std::string code) { return Money{minor, *Currency::parse(code)}; },
      rc::gen::inRange<std::int64_t>(-kMaxMoneyMinor, kMaxMoneyMinor + 1),
      rc::gen::element<std::string>("RUB", "JPY", "KWD"));
}

rc::Gen<Money> roubles() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(-kMaxMoneyMinor, kMaxMoneyMinor + 1),
                      [](std::int64_t minor) { return Money{minor, *Currency::parse("RUB")}; });
}

rc::Gen<Timestamp> any_instant() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, kLastUs + 1),
                      [](std::int64_t us) { return Timestamp{us}; });
}

rc::Gen<std::string> any_zone() {
  return rc::gen::element<std::string>("UTC", "Europe/Moscow", "Europe/Berlin", "America/New_York",
                                       "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia",
                                       "Australia/Lord_Howe");
}

RC_GTEST_PROP(MoneyLaws, PrintedAmountReadsBack, ()) {
  const Money money = *any_money();
  RC_ASSERT(Money::parse(money.decimal(), money.currency.code()).value() == money);
}

RC_GTEST_PROP(MoneyLaws, AdditionIsCommutativeAndUndoneBySubtraction, ()) {
  const Money a = *roubles(), b = *roubles();
  RC_ASSERT(add(a, b).value() == add(b, a).value());
  RC_ASSERT(subtract(add(a, b).value(), b).value() == a);
}

RC_GTEST_PROP(MoneyLaws, AdditionIsAssociative, ()) {
  const Money a = *roubles(), b = *roubles(), c = *roubles();
  RC_ASSERT(add(add(a, b).value(), c).value() == add(a, add(b, c).value()).value());
}

RC_GTEST_PROP(MoneyLaws, ASumEitherIsExactOrIsRefused, (std::int64_t a, std::int64_t b)) {
  const Currency rub = *Currency::parse("RUB");
  const auto sum = add(Money{a, rub}, Money{b, rub});
  const __int128 exact = static_cast<__int128>(a) + b;
  RC_ASSERT(sum.has_value() == (exact == static_cast<std::int64_t>(exact)));
  if (sum) RC_ASSERT(sum->minor == exact);
}

RC_GTEST_PROP(MoneyLaws, AShareIsWithinHalfAMinorUnit, ()) {
  const Money whole = *roubles();
  const auto basis_points = *rc::gen::inRange(-10'000, 10'001);
  const __int128 exact = static_cast<__int128>(whole.minor) * basis_points;
  const __int128 error =
      static_cast<__int128>(share_of(whole, basis_points).minor) * 10'000 - exact;
  RC_ASSERT(error <= 5'000 && error >= -5'000);
}

RC_GTEST_PROP(MoneyLaws, AShareAndItsRestDifferFromTheWholeByAtMostOneUnit, ()) {
  const Money whole = *roubles();
  const auto basis_points = *rc::gen::inRange(0, 10'001);
  const auto both =
      share_of(whole, basis_points).minor + share_of(whole, 10'000 - basis_points).minor;
  RC_ASSERT(std::abs(both - whole.minor) <= 1);
}

RC_GTEST_PROP(MoneyLaws, WhatParsesIsInRange, (std::string text)) {
  const auto money = Money::parse(text, "RUB");
  if (money) RC_ASSERT(std::abs(money->minor) <= kMaxMoneyMinor);
}

RC_GTEST_PROP(TimeLaws, PrintedInstantReadsBack, ()) {
  const Timestamp instant = *any_instant();
  RC_ASSERT(Timestamp::parse(instant.rfc3339()).value() == instant);
}

RC_GTEST_PROP(TimeLaws, TextOrdersAsTimeDoes, ()) {
  const Timestamp a = *any_instant(), b = *any_instant();
  RC_ASSERT((a < b) == (a.rfc3339() < b.rfc3339()));
}

RC_GTEST_PROP(TimeLaws, PrintedDateReadsBack, ()) {
  const Date date{*rc::gen::inRange(Date::of(1900, 1, 1).days, Date::of(9998, 12, 31).days + 1)};
  RC_ASSERT(Date::parse(date.text()).value() == date);
}

RC_GTEST_PROP(TimeLaws, AnInstantLiesWithinItsLocalDay, ()) {
  // To the year 2100: after it the rules of zones only repeat.
  const Timestamp instant{*rc::gen::inRange<std::int64_t>(0, 4'102'444'800'000'000)};
  const std::string zone = *any_zone();
  const Date day = local_date(instant, zone).value();
  RC_ASSERT(start_of_day(day, zone).value() <= instant);
  RC_ASSERT(instant < start_of_day(Date{day.days + 1}, zone).value());
}

RC_GTEST_PROP(TimeLaws, AWallClockTimeIsTheInstantMinusTheOffsetUnlessItFallsIntoAGap, ()) {
  const Timestamp instant{*rc::gen::inRange<std::int64_t>(0, 4'102'444'800'000'000)};
  const std::string zone = *any_zone();
  const Date day = local_date(instant, zone).value();
  const auto time_of_day = std::chrono::seconds(*rc::gen::inRange(0, 86'400));
  const Timestamp found = local_instant(day, time_of_day, zone).value();
  const auto offset = std::chrono::seconds(utc_offset_s(found, zone).value());
  const auto wall = Timestamp{0} + std::chrono::hours(24) * day.days + time_of_day;
  // In a gap the wall clock of the answer has already moved past the time asked for.
  RC_ASSERT(found + offset >= wall);
  RC_ASSERT(found + offset - wall <= std::chrono::hours(24));
}

RC_GTEST_PROP(EncodingLaws, EveryFormReadsBack, (std::string bytes)) {
  RC_ASSERT(from_hex(to_hex(bytes)).value() == bytes);
  RC_ASSERT(from_base64(to_base64(bytes)).value() == bytes);
  RC_ASSERT(from_base64(to_base64url(bytes)).value() == bytes);
  RC_ASSERT(percent_decode(percent_encode(bytes), false).value() == bytes);
  RC_ASSERT(percent_decode(percent_encode(bytes), true).value() == bytes);
}

RC_GTEST_PROP(EncodingLaws, KeysOrderAsNumbersDo, (std::uint64_t a, std::uint64_t b)) {
  std::string key_a, key_b;
  put_u64(key_a, a);
  put_u64(key_b, b);
  RC_ASSERT((a < b) == (key_a < key_b));
  RC_ASSERT(get_u64(key_a) == a);
}

RC_GTEST_PROP(TextLaws, FoldingTwiceIsFoldingOnce, (std::string text)) {
  RC_ASSERT(fold_case(fold_case(text)) == fold_case(text));
}

RC_GTEST_PROP(TextLaws, APrefixOfValidTextIsValidAndNoLonger, ()) {
  std::string text;
  for (const auto code : *rc::gen::container<std::string>(rc::gen::inRange(0, 64))) {
    text += std::string_view(code % 3 == 0 ? "a" : code % 3 == 1 ? "я" : "🎉");
  }
  const auto most = *rc::gen::inRange<std::size_t>(0, text.size() + 2);
  const auto prefix = utf8_prefix(text, most);
  RC_ASSERT(is_valid_utf8(prefix));
  RC_ASSERT(prefix.size() <= most);
  RC_ASSERT(text.starts_with(prefix));
  RC_ASSERT(prefix.size() + 4 > std::min(most, text.size()));
}

RC_GTEST_PROP(TextLaws, ANormalAddressIsItsOwnNormalForm, ()) {
  const auto local = *rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::element('a', 'B', '7', '.', '+', '-', '_', '@', ' ', '\xd1', '\x8f')));
  const auto address = normalise_email(local + "@Почта.РФ");
  if (address) RC_ASSERT(normalise_email(*address) == address);
}

RC_GTEST_PROP(CryptoLaws, WhatIsSealedOpensAndOnlyInItsPlace,
              (std::string plain, std::string associated)) {
  const std::string key = sha256("key"), nonce(kSealNonceBytes, 'n');
  const auto sealed = seal_aes256gcm(key, nonce, plain, associated);
  RC_ASSERT(open_aes256gcm(key, nonce, sealed, associated).value() == plain);
  RC_ASSERT(!open_aes256gcm(key, nonce, sealed, associated + "x"));
}

RC_GTEST_PROP(IdLaws, PrintedIdReadsBack, (std::string cause)) {
  const DealId id(Uuid::derived(Uuid{}, cause));
  RC_ASSERT(DealId::parse(id.text()).value() == id);
}

}  // namespace
}  // namespace dealog
