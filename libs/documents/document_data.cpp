#include "libs/documents/document_data.hpp"

#include <array>
#include <functional>
#include <map>

namespace dealog::documents {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"quote", "invoice", "contract", "acceptance"};

}  // namespace

std::string_view kind_name(DocumentKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<DocumentKind> kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i] == name) return static_cast<DocumentKind>(i);
  }
  return std::nullopt;
}

std::string_view language_name(Language language) {
  return language == Language::kRu ? "ru" : "en";
}

std::optional<Language> language_of(std::string_view name) {
  if (name == "ru") return Language::kRu;
  if (name == "en") return Language::kEn;
  return std::nullopt;
}

Money vat_in(const Money& total, std::int32_t vat_basis_points) {
  if (vat_basis_points <= 0) return {0, total.currency};
  const __int128 whole = 10'000 + vat_basis_points;
  const __int128 exact = static_cast<__int128>(total.minor) * vat_basis_points;
  return {static_cast<std::int64_t>((2 * exact + whole) / (2 * whole)), total.currency};
}

std::int32_t vat_rate_of(const DocumentData& data, const DocumentLine& line) {
  if (data.vat_basis_points == kWithoutVat) return kWithoutVat;
  return line.vat_basis_points.value_or(data.vat_basis_points);
}

std::vector<VatShare> vat_by_rate(const DocumentData& data) {
  std::map<std::int32_t, VatShare, std::greater<>> shares;
  for (const DocumentLine& line : data.lines) {
    const std::int32_t rate = vat_rate_of(data, line);
    VatShare& share = shares[rate];
    share.basis_points = rate;
    share.total.currency = share.vat.currency = line.total.currency;
    share.total.minor += line.total.minor;
    share.vat.minor += vat_in(line.total, rate).minor;
  }
  std::vector<VatShare> out;
  for (const auto& [rate, share] : shares) out.push_back(share);
  return out;
}

Money total_of(const DocumentData& data) {
  Money total;
  for (const DocumentLine& line : data.lines) {
    total.currency = line.total.currency;
    total.minor += line.total.minor;
  }
  return total;
}

Money vat_of(const DocumentData& data) {
  Money vat;
  for (const DocumentLine& line : data.lines) {
    vat.currency = line.total.currency;
    vat.minor += vat_in(line.total, vat_rate_of(data, line)).minor;
  }
  return vat;
}

}  // namespace dealog::documents
