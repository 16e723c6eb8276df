// What stands on a document: plain data, gathered by whoever issues it. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/base/money.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::documents {

enum class DocumentKind : std::uint8_t { kQuote, kInvoice, kContract, kAcceptance };
std::string_view kind_name(DocumentKind kind);  // quote, invoice, contract, acceptance
std::optional<DocumentKind> kind_of(std::string_view name);
std::string_view language_name(Language language);  // ru, en
std::optional<Language> language_of(std::string_view name);

// The seller's requisites; what is empty is left out of the document.
struct Seller {
  std::string name;
  std::string tax_id;            // ИНН
  std::string tax_registration;  // КПП
  std::string registration;      // ОГРН
  std::string address;
  std::string phone;
  std::string email;
  std::string bank;
  std::string bic;
  std::string account;
  std::string correspondent_account;
  std::string swift;
  std::string signatory;
  std::string signatory_position;
  std::string signatory_basis;
  std::string accountant;
};

struct Buyer {
  std::string name;
  std::string tax_id;
};

struct DocumentLine {
  std::string title;
  std::int64_t quantity_thousandths = 1000;
  Money unit_price;
  std::int32_t discount_basis_points = 0;
  Money total;  // after the discount, VAT included
  // Its own rate, or kWithoutVat; nothing: the document's.
  std::optional<std::int32_t> vat_basis_points = {};
};

// No VAT at all, which is not a rate of zero.
inline constexpr std::int32_t kWithoutVat = -1;

struct DocumentData {
  DocumentKind kind = DocumentKind::kQuote;
  Language language = Language::kRu;
  std::string number;
  Date issued_on;
  std::uint32_t revision = 1;
  Seller seller;
  Buyer buyer;
  std::vector<DocumentLine> lines;  // at least one
  std::int32_t vat_basis_points = kWithoutVat;
  std::string subject;  // the deal's title, or the document's
  std::optional<Date> valid_until = {};
  std::optional<Date> due_date = {};
  std::int32_t prepayment_basis_points = 0;  // 0: none
  std::string invoice_kind = {};             // prepayment, interim, final
  bool draft = false;                        // marked across every page, has no number yet
};

// The VAT in a sum that includes it, rounded half up to a minor unit; zero without VAT.
Money vat_in(const Money& total, std::int32_t vat_basis_points);
// The rate of a line: its own where it has one. Who pays no VAT has none on any line.
std::int32_t vat_rate_of(const DocumentData& data, const DocumentLine& line);
// The lines of one rate together.
struct VatShare {
  std::int32_t basis_points = kWithoutVat;
  Money total;
  Money vat;

  bool operator==(const VatShare&) const = default;
};
// By rate, the highest first, those without VAT last.
std::vector<VatShare> vat_by_rate(const DocumentData& data);
// Sums over the lines: what the columns of the table add up to.
Money total_of(const DocumentData& data);
Money vat_of(const DocumentData& data);

}  // namespace dealog::documents
