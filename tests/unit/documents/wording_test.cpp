#include "libs/documents/wording.hpp"

#include <gtest/gtest.h>

#include "libs/documents/default_templates.hpp"

namespace dealog::documents {
namespace {

constexpr Language kRu = Language::kRu, kEn = Language::kEn;

Money roubles(std::int64_t minor) { return {minor, Currency::parse("RUB").value()}; }

TEST(Wording, GroupsThousandsWithoutBreakingTheLine) {
  EXPECT_EQ(number_text(roubles(123'456'789'50), kRu), "123\u00A0456\u00A0789,50");
  EXPECT_EQ(number_text(roubles(123'456'789'50), kEn), "123,456,789.50");
  EXPECT_EQ(number_text(roubles(999'00), kRu), "999,00");
  EXPECT_EQ(number_text(roubles(-1'000'00), kRu), "−1\u00A0000,00");
  EXPECT_EQ(amount_text(roubles(5'00), kRu), "5,00\u00A0₽");
  EXPECT_EQ(amount_text(roubles(5'00), kEn), "5.00\u00A0RUB");
}

TEST(Wording, WritesQuantitiesPercentagesAndDates) {
  EXPECT_EQ(quantity_text(1'000, kRu), "1");
  EXPECT_EQ(quantity_text(1'500, kRu), "1,5");
  EXPECT_EQ(quantity_text(12'345'001, kEn), "12,345.001");
  EXPECT_EQ(percent_text(750, kRu), "7,5");
  EXPECT_EQ(percent_text(2'000, kRu), "20");
  EXPECT_EQ(date_text(Date::of(2026, 3, 5), kRu), "5 марта 2026 г.");
  EXPECT_EQ(date_text(Date::of(2026, 12, 31), kEn), "31 December 2026");
}

TEST(Placeholders, AreReplacedAndBracesStay) {
  const auto data = sample_document({DocumentKind::kInvoice, kRu});
  EXPECT_EQ(expand("№ {number} от {date}: {{{seller.tax_id}}}", data),
            "№ 2026-17 от 5 марта 2026 г.: {7700000000}");
}

// What a customer is called cannot become a placeholder.
TEST(Placeholders, AreNotReadInWhatTheyStandFor) {
  auto data = sample_document({DocumentKind::kInvoice, kRu});
  data.buyer.name = "ООО {seller.account}";
  EXPECT_EQ(expand("{buyer.name}", data), "ООО {seller.account}");
}

TEST(Placeholders, SayWhatIsWrongWithThem) {
  EXPECT_EQ(check_placeholders("{number} {{x}}"), "");
  EXPECT_EQ(check_placeholders("{total.wrods}"),
            "there is no placeholder 'total.wrods'; known: total.words");
  EXPECT_NE(check_placeholders("{number").find("without its '}'"), std::string::npos);
  EXPECT_NE(check_placeholders("number}").find("without its '{'"), std::string::npos);
}

TEST(Vat, IsTakenOutOfTheSumThatIncludesIt) {
  EXPECT_EQ(vat_in(roubles(120'00), 2'000), roubles(20'00));
  EXPECT_EQ(vat_in(roubles(100'00), 2'000), roubles(16'67));
  EXPECT_EQ(vat_in(roubles(3), 2'000), roubles(1));  // 0.5 of a kopeck goes up
  EXPECT_EQ(vat_in(roubles(100'00), 0), roubles(0));
  EXPECT_EQ(vat_in(roubles(100'00), kWithoutVat), roubles(0));
  EXPECT_EQ(vat_in(roubles(kMaxMoneyMinor), 10'000), roubles(kMaxMoneyMinor / 2));
}

TEST(Vat, OfADocumentIsTheSumOfItsColumn) {
  auto data = sample_document({DocumentKind::kInvoice, kRu});
  data.lines.assign(3, {.title = "x", .unit_price = roubles(100'00), .total = roubles(100'00)});
  EXPECT_EQ(vat_of(data), roubles(3 * 16'67));
  EXPECT_EQ(placeholder_value("vat.note", data), "В том числе НДС 20 %: 50,01\u00A0₽");
  data.vat_basis_points = kWithoutVat;
  EXPECT_EQ(placeholder_value("vat.note", data), "Без НДС");
}

TEST(Vat, OfSeveralRatesIsToldByRate) {
  auto data = sample_document({DocumentKind::kInvoice, kRu});
  data.lines.assign(4, {.title = "x", .unit_price = roubles(120'00), .total = roubles(120'00)});
  data.lines[1].vat_basis_points = 1'000;
  data.lines[2].vat_basis_points = kWithoutVat;
  const auto shares = vat_by_rate(data);
  ASSERT_EQ(shares.size(), 3u);
  EXPECT_EQ(shares[0], (VatShare{2'000, roubles(240'00), roubles(40'00)}));
  EXPECT_EQ(shares[1], (VatShare{1'000, roubles(120'00), roubles(10'91)}));
  EXPECT_EQ(shares[2], (VatShare{kWithoutVat, roubles(120'00), roubles(0)}));
  EXPECT_EQ(vat_of(data), roubles(50'91));
  EXPECT_EQ(placeholder_value("vat.note", data),
            "В том числе НДС 20 %: 40,00\u00A0₽; НДС 10 %: 10,91\u00A0₽; без НДС: 120,00\u00A0₽");
  // A seller who pays none has none on any line.
  data.vat_basis_points = kWithoutVat;
  EXPECT_EQ(vat_by_rate(data).size(), 1u);
  EXPECT_EQ(vat_of(data), roubles(0));
  EXPECT_EQ(placeholder_value("vat.note", data), "Без НДС");
}

}  // namespace
}  // namespace dealog::documents
