// The two-dimensional code by which a bank's app fills in a payment order: GOST R 56042-2014,
// service data "ST00012" (version 0001, text in UTF-8). Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libs/base/money.hpp"
#include "libs/base/result.hpp"

namespace dealog::documents {

struct PaymentOrder {
  std::string name;                   // of the payee
  std::string account;                // twenty digits
  std::string bank;                   // its name
  std::string bic;                    // nine digits
  std::string correspondent_account;  // twenty digits, or empty where a bank has none
  Money sum;                          // roubles
  std::string purpose;
  std::string tax_id;            // ИНН of the payee, may be empty
  std::string tax_registration;  // КПП, may be empty
};

// The text of the code. Texts longer than the standard allows are cut; its separator is a character
// that no value has. Errors: kInvalid "payment_code_incomplete" naming what is missing or wrong.
Result<std::string> payment_code_text(const PaymentOrder& order);

// A QR code, error correction M. `dark[y * size + x]`; without the quiet zone of 4 modules.
struct QrCode {
  int size = 0;
  std::vector<bool> dark;

  bool operator==(const QrCode&) const = default;
};
// Errors: kTooLarge "qr_too_long" for what no QR code holds.
Result<QrCode> qr_code(const std::string& text);

}  // namespace dealog::documents
