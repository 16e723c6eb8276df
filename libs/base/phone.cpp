#include "libs/base/phone.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

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

// Bare digits that begin like the calling code of their country and yet would belong to another
// country of the same code: "7786783783" in Russia is a Kazakh number without its prefix or a
// Russian one with a digit lost. Nobody can tell, so it must not identify anybody.
bool is_ambiguous(std::string_view text, const std::string& country, const PhoneNumber& number,
                  const PhoneNumberUtil& util) {
  const std::string national = std::to_string(number.national_number());
  return text.find('+') == std::string_view::npos && plus_digits(text) == "+" + national &&
         national.starts_with(std::to_string(number.country_code())) &&
         !util.IsValidNumberForRegion(number, country);
}

// A normal form must be its own normal form. Some are not: letters stand for digits of a keypad,
// and Mexico's old mobile prefix is dropped once each time.
bool reads_the_same(const std::string& e164, const PhoneNumber& number, const std::string& region,
                    const PhoneNumberUtil& util) {
  PhoneNumber again;
  return util.Parse(e164, region, &again) == PhoneNumberUtil::NO_PARSING_ERROR &&
         again.country_code() == number.country_code() &&
         again.national_number() == number.national_number();
}

Phone parse(const std::string& text, const std::string& region) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  const auto error = util.Parse(text, region, &number);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR || !util.IsValidNumber(number) ||
      is_ambiguous(text, region, number, util)) {
    return Phone{plus_digits(text), false, false};
  }
  Phone phone{"", true, false};
  util.Format(number, PhoneNumberUtil::E164, &phone.e164);
  if (!reads_the_same(phone.e164, number, region, util)) {
    return Phone{plus_digits(text), false, false};
  }
  const auto type = util.GetNumberType(number);
  phone.mobile = type == PhoneNumberUtil::MOBILE || type == PhoneNumberUtil::FIXED_LINE_OR_MOBILE;
  return phone;
}

// Numbers that were parsed lately. A delivery's is parsed by its decoder, by the command and by the
// search view, each time with a dozen regular expressions: a third of decoding. Two maps, the older
// of which is thrown away when the newer is full. Thread: any.
class RecentPhones {
 public:
  std::optional<Phone> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (const auto found = newer_.find(key); found != newer_.end()) return found->second;
    const auto found = older_.find(key);
    if (found == older_.end()) return std::nullopt;
    const Phone phone = std::move(found->second);
    older_.erase(found);
    keep(key, phone);
    return phone;
  }
  void put(const std::string& key, const Phone& phone) {
    const std::lock_guard lock(mutex_);
    keep(key, phone);
  }

 private:
  static constexpr std::size_t kNumbers = 4096;

  void keep(const std::string& key, const Phone& phone) {
    if (newer_.size() >= kNumbers) older_ = std::exchange(newer_, {});
    newer_.insert_or_assign(key, phone);
  }

  std::mutex mutex_;
  std::unordered_map<std::string, Phone> newer_, older_;
};

}  // namespace

Phone parse_phone(std::string_view text, std::string_view country) {
  if (text.size() > kMaxPhoneBytes) {
    return Phone{plus_digits(text.substr(0, kMaxPhoneBytes)), false, false};
  }
  std::string region(country);
  for (char& c : region) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  static RecentPhones recent;
  const std::string key = region + '\0' + std::string(text);
  if (auto known = recent.find(key)) return *std::move(known);
  Phone phone = parse(std::string(text), region);
  recent.put(key, phone);
  return phone;
}

}  // namespace dealog
