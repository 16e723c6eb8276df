#include "libs/documents/payment_code.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <qrencode.h>

#include "libs/base/text.hpp"

namespace dealog::documents {
namespace {

// Lengths in characters that the standard gives to the values (tables 3 and 4 of GOST R 56042).
constexpr std::size_t kNameCharacters = 160;
constexpr std::size_t kBankCharacters = 45;
constexpr std::size_t kPurposeCharacters = 210;
constexpr std::size_t kAccountDigits = 20;
constexpr std::size_t kBicDigits = 9;
// The separator stands behind the header; the standard's own choice comes first.
constexpr std::string_view kSeparators = "|;~^#";

bool is_digits(std::string_view text, std::size_t count) {
  return text.size() == count &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view cut_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --count;
  }
  return text.substr(0, at);
}

// Line breaks would end a value for some readers.
std::string one_line(std::string_view text, std::size_t count) {
  std::string out(trim(cut_characters(trim(text), count)));
  std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return out;
}

std::unexpected<Error> incomplete(std::string_view what) {
  return fail(ErrorKind::kInvalid, "payment_code_incomplete",
              fmt::format("a code for payment needs {}", what));
}

}  // namespace

Result<std::string> payment_code_text(const PaymentOrder& order) {
  const std::string name = one_line(order.name, kNameCharacters);
  const std::string bank = one_line(order.bank, kBankCharacters);
  if (name.empty()) return incomplete("the payee's name");
  if (bank.empty()) return incomplete("the bank's name");
  if (!is_digits(order.account, kAccountDigits)) return incomplete("an account of 20 digits");
  if (!is_digits(order.bic, kBicDigits)) return incomplete("a BIC of 9 digits");
  const bool has_correspondent = !order.correspondent_account.empty();
  if (has_correspondent && !is_digits(order.correspondent_account, kAccountDigits)) {
    return incomplete("a correspondent account of 20 digits");
  }
  if (order.sum.currency.code() != "RUB" || order.sum.minor <= 0) {
    return incomplete("a sum in roubles");
  }
  std::vector<std::pair<std::string_view, std::string>> values = {
      {"Name", name},
      {"PersonalAcc", order.account},
      {"BankName", bank},
      {"BIC", order.bic},
      {"CorrespAcc", has_correspondent ? order.correspondent_account : "0"},
      {"Sum", std::to_string(order.sum.minor)},
      {"Purpose", one_line(order.purpose, kPurposeCharacters)},
      {"PayeeINN", order.tax_id},
      {"KPP", order.tax_registration}};
  std::erase_if(values, [](const auto& value) { return value.second.empty(); });
  const auto separator = std::ranges::find_if(kSeparators, [&](char candidate) {
    return std::ranges::none_of(values, [&](const auto& value) {
      return value.second.find(candidate) != std::string::npos;
    });
  });
  if (separator == kSeparators.end()) return incomplete("texts without the signs |;~^#");
  std::string text = "ST00012";
  for (const auto& [key, value] : values) text += fmt::format("{}{}={}", *separator, key, value);
  return text;
}

Result<QrCode> qr_code(const std::string& text) {
  // Eight-bit mode: the reader is told by ST00012 that the bytes are UTF-8.
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M),
      &QRcode_free);
  if (!made) {
    return fail(ErrorKind::kTooLarge, "qr_too_long",
                fmt::format("no QR code holds {} bytes", text.size()));
  }
  QrCode code{.size = made->width, .dark = {}};
  const auto modules =
      static_cast<std::size_t>(made->width) * static_cast<std::size_t>(made->width);
  code.dark.reserve(modules);
  for (std::size_t i = 0; i < modules; ++i) code.dark.push_back((made->data[i] & 1) != 0);
  return code;
}

}  // namespace dealog::documents
