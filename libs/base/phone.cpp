#include "libs/base/phone.hpp"

#include <algorithm>

#include <phonenumbers/phonenumberutil.h>

namespace dealog {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t kMaxPhoneBytes = 64;

std::string plus_digits(std::string_view text) {
  std::string out = "+";
  std::copy_if(text.begin(), text.end(), std::back_inserter(out),
               [](char c) { return c >= '0' && c <= '9'; });
  return out.size() > 1 ? out : std::string();
}

}  // namespace

Phone parse_phone(std::string_view text, std::string_view country) {
  if (text.size() > kMaxPhoneBytes) {
    return Phone{plus_digits(text.substr(0, kMaxPhoneBytes)), false, false};
  }
  std::string region(country);
  for (char& c : region) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  const auto error = util.Parse(std::string(text), region, &number);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR || !util.IsValidNumber(number)) {
    return Phone{plus_digits(text), false, false};
  }
  Phone phone{"", true, false};
  util.Format(number, PhoneNumberUtil::E164, &phone.e164);
  const auto type = util.GetNumberType(number);
  phone.mobile = type == PhoneNumberUtil::MOBILE || type == PhoneNumberUtil::FIXED_LINE_OR_MOBILE;
  return phone;
}

}  // namespace dealog
