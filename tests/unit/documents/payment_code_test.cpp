#include "libs/documents/payment_code.hpp"

#include <gtest/gtest.h>

#include "libs/base/text.hpp"

namespace dealog::documents {
namespace {

PaymentOrder order() {
  return {.name = "ООО «Ромашка»",
          .account = "40702810500000000001",
          .bank = "АО «Банк»",
          .bic = "044525225",
          .correspondent_account = "30101810400000000225",
          .sum = {123'456, Currency::parse("RUB").value()},
          .purpose = "Оплата по счёту № 2026-17",
          .tax_id = "7701234567",
          .tax_registration = "770101001"};
}

TEST(PaymentCode, IsWhatTheStandardAsksFor) {
  EXPECT_EQ(payment_code_text(order()).value(),
            "ST00012|Name=ООО «Ромашка»|PersonalAcc=40702810500000000001|BankName=АО «Банк»|"
            "BIC=044525225|CorrespAcc=30101810400000000225|Sum=123456|"
            "Purpose=Оплата по счёту № 2026-17|PayeeINN=7701234567|KPP=770101001");
}

TEST(PaymentCode, LeavesOutWhatThePayeeDoesNotHave) {
  PaymentOrder bare = order();
  bare.correspondent_account = "";
  bare.tax_registration = "";
  const std::string text = payment_code_text(bare).value();
  EXPECT_NE(text.find("|CorrespAcc=0|"), std::string::npos);
  EXPECT_EQ(text.find("KPP"), std::string::npos);
}

// A value with a bar in it would become two fields: another payee, another sum.
TEST(PaymentCode, TakesASeparatorThatNoValueHas) {
  PaymentOrder hostile = order();
  hostile.name = "A|Sum=1";
  EXPECT_EQ(payment_code_text(hostile).value().substr(0, 22), "ST00012;Name=A|Sum=1;P");
  hostile.purpose = "|;~^#";
  EXPECT_EQ(payment_code_text(hostile).error().code, "payment_code_incomplete");
}

TEST(PaymentCode, CutsTextsBetweenCharactersAndKeepsThemOnOneLine) {
  PaymentOrder longer = order();
  longer.purpose.clear();
  for (int i = 0; i < 300; ++i) longer.purpose += "ж";
  longer.bank = "Банк\nдва";
  const std::string text = payment_code_text(longer).value();
  EXPECT_TRUE(is_valid_utf8(text));
  const auto from = text.find("Purpose=") + 8;
  EXPECT_EQ(utf8_length(text.substr(from, text.find('|', from) - from)), 210u);
  EXPECT_NE(text.find("BankName=Банк два|"), std::string::npos);
}

TEST(PaymentCode, RefusesWhatABankWouldRefuse) {
  const auto refuses = [](auto change) {
    PaymentOrder changed = order();
    change(changed);
    return !payment_code_text(changed);
  };
  EXPECT_TRUE(refuses([](auto& o) { o.account = "DE89370400440532013000"; }));
  EXPECT_TRUE(refuses([](auto& o) { o.bic = "04452522"; }));
  EXPECT_TRUE(refuses([](auto& o) { o.correspondent_account = "1"; }));
  EXPECT_TRUE(refuses([](auto& o) { o.name = " "; }));
  EXPECT_TRUE(refuses([](auto& o) { o.sum = {100, Currency::parse("USD").value()}; }));
  EXPECT_TRUE(refuses([](auto& o) { o.sum.minor = 0; }));
}

TEST(QrCode, IsASquareWithItsThreeFinders) {
  const auto code = qr_code(payment_code_text(order()).value()).value();
  ASSERT_EQ(code.dark.size(), static_cast<std::size_t>(code.size * code.size));
  EXPECT_EQ((code.size - 17) % 4, 0);
  const auto dark = [&](int x, int y) {
    return code.dark[static_cast<std::size_t>(y * code.size + x)];
  };
  const int last = code.size - 1;
  for (const auto& [x, y] : {std::pair{3, 3}, std::pair{last - 3, 3}, std::pair{3, last - 3}}) {
    EXPECT_TRUE(dark(x, y) && dark(x - 3, y) && dark(x, y + 3));
    EXPECT_FALSE(dark(x - 2, y) || dark(x, y + 2));
  }
  EXPECT_EQ(code, qr_code(payment_code_text(order()).value()).value());
  EXPECT_EQ(qr_code(std::string(5000, 'x')).error().code, "qr_too_long");
}

}  // namespace
}  // namespace dealog::documents
