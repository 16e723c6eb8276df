#include "libs/documents/default_templates.hpp"

#include <fmt/format.h>

#include "template_files.hpp"

namespace dealog::documents {
namespace {

constexpr Language kRu = Language::kRu, kEn = Language::kEn;

Money roubles(std::int64_t amount) {
  return {amount * 100, Currency::parse("RUB").value_or(Currency())};
}

DocumentLine line(std::string title, std::int64_t quantity, std::int64_t price,
                  std::int32_t discount_percent) {
  return {.title = std::move(title),
          .quantity_thousandths = quantity * 1000,
          .unit_price = roubles(price),
          .discount_basis_points = discount_percent * 100,
          .total = roubles(price * quantity * (100 - discount_percent) / 100)};
}

}  // namespace

std::string TemplateCode::text() const {
  return fmt::format("{}-{}", kind_name(kind), language_name(language));
}

const std::array<TemplateCode, kTemplateCodes>& all_template_codes() {
  static constexpr std::array<TemplateCode, kTemplateCodes> kAll = {{
      {DocumentKind::kQuote, kRu},
      {DocumentKind::kQuote, kEn},
      {DocumentKind::kInvoice, kRu},
      {DocumentKind::kInvoice, kEn},
      {DocumentKind::kContract, kRu},
      {DocumentKind::kContract, kEn},
      {DocumentKind::kAcceptance, kRu},
      {DocumentKind::kAcceptance, kEn},
  }};
  return kAll;
}

std::optional<TemplateCode> template_code_of(std::string_view text) {
  for (const TemplateCode& code : all_template_codes()) {
    if (code.text() == text) return code;
  }
  return std::nullopt;
}

std::string_view default_template(TemplateCode code) {
  const bool ru = code.language == kRu;
  switch (code.kind) {
    case DocumentKind::kQuote:
      return ru ? template_files::quote_ru_yaml() : template_files::quote_en_yaml();
    case DocumentKind::kInvoice:
      return ru ? template_files::invoice_ru_yaml() : template_files::invoice_en_yaml();
    case DocumentKind::kContract:
      return ru ? template_files::contract_ru_yaml() : template_files::contract_en_yaml();
    case DocumentKind::kAcceptance:
      return ru ? template_files::acceptance_ru_yaml() : template_files::acceptance_en_yaml();
  }
  return {};
}

DocumentData sample_document(TemplateCode code) {
  const bool ru = code.language == kRu;
  DocumentData data{.kind = code.kind, .language = code.language, .number = "2026-17"};
  data.issued_on = Date::of(2026, 3, 5);
  data.seller = {.name = ru ? "ООО «Пример»" : "Example Ltd",
                 .tax_id = "7700000000",
                 .tax_registration = "770001001",
                 .registration = "1027700000000",
                 .address = ru ? "Москва, Примерная ул., д. 1" : "1 Example Street, Moscow",
                 .phone = "+7 495 000-00-00",
                 .bank = ru ? "АО «Банк для примера»" : "Example Bank",
                 .bic = "044500000",
                 .account = "40702810000000000001",
                 .correspondent_account = "30101810000000000000",
                 .signatory = ru ? "П. П. Примерова" : "P. Example",
                 .signatory_position = ru ? "Генеральный директор" : "Director",
                 .signatory_basis = ru ? "Устава" : "the articles",
                 .accountant = ru ? "Б. Б. Примеров" : ""};
  data.buyer = {.name = ru ? "ООО «Покупатель»" : "Customer Ltd", .tax_id = "7800000000"};
  data.subject = ru ? "Сайт для примера" : "An example of a site";
  data.vat_basis_points = 2000;
  data.prepayment_basis_points = 5000;
  data.due_date = Date::of(2026, 3, 12);
  data.valid_until = Date::of(2026, 3, 31);
  data.invoice_kind = code.kind == DocumentKind::kInvoice ? "prepayment" : "";
  data.lines = {line(ru ? "Проектирование" : "Design", 1, 60'000, 0),
                line(ru ? "Вёрстка страницы" : "A page", 12, 4'500, 10),
                line(ru ? "Поддержка, месяц" : "Support, a month", 3, 8'000, 0)};
  return data;
}

}  // namespace dealog::documents
