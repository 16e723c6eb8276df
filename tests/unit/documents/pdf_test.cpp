#include "libs/documents/pdf.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/documents/default_templates.hpp"

namespace dealog::documents {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr TemplateCode kInvoiceRu{DocumentKind::kInvoice, Language::kRu};

RenderedPdf rendered(const DocumentData& data, std::string_view yaml) {
  const auto how = parse_template(yaml);
  auto pdf = render_pdf(how.value(), data);
  EXPECT_TRUE(pdf) << pdf.error().message;
  return pdf.value_or(RenderedPdf{});
}

RenderedPdf rendered(TemplateCode code) {
  return rendered(sample_document(code), default_template(code));
}

// What a program of poppler-utils says about a PDF: `command` with "%" for the file.
std::string told_by(std::string command, const RenderedPdf& pdf) {
  const auto path =
      std::filesystem::temp_directory_path() / ("dealog-" + to_hex(random_bytes(8)) + ".pdf");
  std::ofstream(path, std::ios::binary) << pdf.bytes;
  command.replace(command.find('%'), 1, "'" + path.string() + "'");
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[4096];
  while (const auto count = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, count);
  EXPECT_EQ(pclose(pipe), 0) << command << ": the package poppler-utils has it";
  std::filesystem::remove(path);
  return text;
}

// What a person reads, all spaces alike.
std::string text_of(const RenderedPdf& pdf) {
  const std::string told = told_by("pdftotext -layout % -", pdf);
  std::string text;
  for (std::string_view left = told; !left.empty();) {
    const bool no_break = left.starts_with("\u00A0");
    if (!no_break && left[0] != ' ') {
      text += left[0];
    } else if (!text.ends_with(' ')) {
      text += ' ';
    }
    left.remove_prefix(no_break ? 2 : 1);
  }
  return text;
}

// DEALOG_KEEP_PDF names a folder to look at them.
void keep(const RenderedPdf& pdf, const std::string& name) {
  if (const char* folder = std::getenv("DEALOG_KEEP_PDF")) {
    std::ofstream(std::string(folder) + "/" + name + ".pdf", std::ios::binary) << pdf.bytes;
  }
}

TEST(Pdf, OfEveryBuiltInTemplateShowsItsNumberAndSum) {
  for (const TemplateCode& code : all_template_codes()) {
    const auto pdf = rendered(code);
    EXPECT_TRUE(pdf.bytes.starts_with("%PDF-1.")) << code.text();
    const std::string text = text_of(pdf);
    EXPECT_THAT(text, HasSubstr("2026-17")) << code.text();
    EXPECT_THAT(text, HasSubstr(code.language == Language::kRu
                                    ? "Сто тридцать две тысячи шестьсот рублей 00 копеек"
                                    : "One hundred thirty-two thousand six hundred roubles"))
        << code.text();
    keep(pdf, code.text());
  }
}

TEST(Pdf, HasTheSameBytesForTheSameData) {
  EXPECT_EQ(rendered(kInvoiceRu).bytes, rendered(kInvoiceRu).bytes);
  auto other = sample_document(kInvoiceRu);
  other.number = "2026-18";
  EXPECT_NE(rendered(other, default_template(kInvoiceRu)).bytes, rendered(kInvoiceRu).bytes);
}

TEST(Pdf, TellsNoDateButTheDocuments) {
  const std::string info = told_by("TZ=UTC pdfinfo -isodates %", rendered(kInvoiceRu));
  EXPECT_THAT(info, HasSubstr("CreationDate:    2026-03-05T00:00:00"));
  EXPECT_THAT(info, HasSubstr("ModDate:         2026-03-05T00:00:00"));
  EXPECT_THAT(info, HasSubstr("Page size:       595.276 x 841.89 pts (A4)"));
}

TEST(Pdf, RepeatsTheHeadOfALongTableAndNumbersItsPages) {
  auto data = sample_document(kInvoiceRu);
  const DocumentLine line = data.lines.front();
  data.lines.clear();
  for (int i = 1; i <= 120; ++i) {
    data.lines.push_back(line);
    data.lines.back().title =
        "Работа номер " + std::to_string(i) +
        (i % 7 == 0 ? " с длинным описанием, которое не помещается в одну строку таблицы" : "");
  }
  const auto pdf = rendered(data, default_template(kInvoiceRu));
  ASSERT_GE(pdf.pages, 3u);
  const std::string text = text_of(pdf);
  const std::regex head("Наименование Кол-во");
  const auto heads =
      std::distance(std::sregex_iterator(text.begin(), text.end(), head), std::sregex_iterator());
  EXPECT_GE(heads, static_cast<std::ptrdiff_t>(pdf.pages) - 1);  // the last may have totals alone
  EXPECT_THAT(text, HasSubstr("Страница 1 из " + std::to_string(pdf.pages)));
  EXPECT_THAT(text, HasSubstr("Страница " + std::to_string(pdf.pages) + " из"));
  for (const int i : {1, 60, 120})
    EXPECT_THAT(text, HasSubstr("Работа номер " + std::to_string(i)));
  keep(pdf, "long");
}

TEST(Pdf, LeavesOutColumnsAndPairsThatSayNothing) {
  auto data = sample_document(kInvoiceRu);
  for (auto& line : data.lines) line.discount_basis_points = 0;
  data.vat_basis_points = kWithoutVat;
  data.due_date.reset();
  const std::string text = text_of(rendered(data, default_template(kInvoiceRu)));
  EXPECT_THAT(text, Not(HasSubstr("Скидка")));
  EXPECT_THAT(text, Not(HasSubstr("Оплатить до")));
  EXPECT_THAT(text, Not(HasSubstr("НДС 20")));
  EXPECT_THAT(text, HasSubstr("Без НДС"));
}

TEST(Pdf, TellsTheVatOfEachLineAndTheTotalOfEachRate) {
  auto data = sample_document(kInvoiceRu);
  ASSERT_GE(data.lines.size(), 2u);
  data.lines[0].vat_basis_points = 1'000;
  data.lines[1].vat_basis_points = kWithoutVat;
  const auto pdf = rendered(data, default_template(kInvoiceRu));
  const std::string text = text_of(pdf);
  EXPECT_THAT(text, HasSubstr("10 % —"));
  EXPECT_THAT(text, HasSubstr("без НДС"));
  EXPECT_THAT(text, HasSubstr("В том числе НДС 10 %:"));
  EXPECT_THAT(text, HasSubstr("Без НДС:"));
  keep(pdf, "vat-rates");
}

TEST(Pdf, TakesTheLargestAmountsAndTheLongestTitles) {
  auto data = sample_document(kInvoiceRu);
  DocumentLine& line = data.lines.front();
  line.title = std::string(1000, 'x');
  line.quantity_thousandths = 1'000'000'000'000;
  line.unit_price.minor = line.total.minor = kMaxMoneyMinor;
  const auto pdf = rendered(data, default_template(kInvoiceRu));
  EXPECT_LE(pdf.pages, 4u);
  EXPECT_THAT(text_of(pdf), HasSubstr("Десять триллионов"));
}

// A mark lies across the page, and nobody can pay by it.
TEST(Pdf, OfADraftIsNoInvoiceToPay) {
  auto data = sample_document(kInvoiceRu);
  EXPECT_THAT(text_of(rendered(kInvoiceRu)), HasSubstr("Оплата по коду"));
  data.draft = true;
  const auto draft = rendered(data, default_template(kInvoiceRu));
  EXPECT_THAT(text_of(draft), Not(HasSubstr("Оплата по коду")));
  keep(draft, "draft");
}

TEST(Pdf, HasALimitOfPages) {
  std::string breaks = "blocks:\n";
  for (std::size_t i = 0; i < kBlocks; ++i) breaks += "- page_break: true\n";
  const auto pdf = render_pdf(parse_template(breaks).value(), sample_document(kInvoiceRu));
  ASSERT_FALSE(pdf.has_value());
  EXPECT_EQ(pdf.error().code, "document_too_large");
}

}  // namespace
}  // namespace dealog::documents
