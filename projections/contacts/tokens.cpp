#include "projections/contacts/tokens.hpp"

#include <algorithm>

#include "libs/base/phone.hpp"
#include "libs/base/text.hpp"
#include "libs/base/transliteration.hpp"

namespace dealog::views {
namespace {

// Shorter parts of a number would find half of everybody.
constexpr std::size_t kLeastDigits = 4;
// A national number without its trunk prefix: enough to tell people apart in any country.
constexpr std::size_t kNationalDigits = 10;
constexpr std::size_t kLeastSound = 2;
constexpr std::size_t kQueryBytes = 200;
constexpr std::size_t kQueryWords = 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), is_digit);
  return out;
}

// Digits and what people put between them, and nothing else.
bool looks_like_a_phone(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return is_digit(c) || std::string_view("+-() ./").find(c) != std::string_view::npos;
  });
}

std::string phone_token(std::string_view digits) { return "d" + std::string(digits); }

std::string alphanumeric(std::string_view text) {
  std::string out;
  for (const auto& word : words(text)) out += word;
  return out;
}

void add_phone_alternatives(std::string_view query, std::string_view country,
                            std::vector<Alternative>& out) {
  const std::string digits = digits_of(query);
  if (digits.size() < kLeastDigits || !looks_like_a_phone(query)) return;
  if (digits.size() < kNationalDigits) {
    out.push_back({phone_token(digits)});
    return;
  }
  const Phone phone = parse_phone(query, country);
  if (phone.valid) {
    out.push_back({phone_token(digits_of(phone.e164))});
  } else {
    // A plus says that all of the number is there; else what is before the national part may be a
    // trunk prefix.
    const bool whole = query.starts_with('+');
    out.push_back({phone_token(whole ? digits : digits.substr(digits.size() - kNationalDigits))});
  }
}

}  // namespace

void add_name_tokens(std::string_view name, Tokens& tokens) {
  for (const auto& word : words(name)) {
    tokens.insert("n" + word);
    if (const auto latin = latin_key(word); !latin.empty()) tokens.insert("l" + latin);
  }
}

void add_contact_tokens(const v1::Contact& contact, Tokens& tokens) {
  if (contact.kind() == "phone") {
    const std::string digits = digits_of(contact.value());
    for (std::size_t from = 0; from + kLeastDigits <= digits.size(); ++from) {
      tokens.insert(phone_token(std::string_view(digits).substr(from)));
    }
  } else if (contact.kind() == "email") {
    tokens.insert("e" + fold_case(contact.value()));
  } else if (const auto handle = alphanumeric(contact.value()); !handle.empty()) {
    tokens.insert("h" + handle);
  }
}

void add_tax_id_token(std::string_view tax_id, Tokens& tokens) {
  if (const auto text = alphanumeric(tax_id); !text.empty()) tokens.insert("t" + text);
}

std::vector<Alternative> search_alternatives(std::string_view query, std::string_view country) {
  query = trim(query);
  if (query.empty() || query.size() > kQueryBytes) return {};
  std::vector<Alternative> out;
  add_phone_alternatives(query, country, out);
  out.push_back({"e" + fold_case(query)});
  if (const auto text = alphanumeric(query); !text.empty()) {
    out.push_back({"h" + text});
    out.push_back({"t" + text});
  }
  const auto asked = words(query);
  if (asked.empty() || asked.size() > kQueryWords) return out;
  Alternative by_name, by_sound;
  for (const auto& word : asked) {
    by_name.push_back("n" + word);
    const auto latin = latin_key(word);
    // A single letter sounds like too many.
    if (latin.size() >= kLeastSound) by_sound.push_back("l" + latin);
  }
  if (by_sound.size() == by_name.size()) out.push_back(std::move(by_sound));
  out.push_back(std::move(by_name));
  return out;
}

}  // namespace dealog::views
