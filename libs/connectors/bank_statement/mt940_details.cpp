#include "libs/connectors/bank_statement/mt940_details.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "libs/base/text.hpp"
#include "libs/connectors/bank_statement/bank_texts.hpp"

namespace dealog::connectors::bank_statement {
namespace {

constexpr std::size_t kSubfieldLetters = 27;  // a longer value goes on in the next subfield
constexpr std::size_t kLineBytes = 65;        // a longer field goes on in the next line

using Words = std::map<std::string, std::string, std::less<>>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Lines as the field was before it was wrapped: a full line ends anywhere, a short one at a word.
std::string unwrapped(std::string_view lines, bool structured) {
  std::string out;
  std::size_t last = 0;
  for (auto line : split(lines, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!structured && !out.empty() && last < kLineBytes - 5 && !out.ends_with(' ')) out += ' ';
    out += line;
    last = line.size();
  }
  return out;
}

constexpr std::array<std::string_view, 13> kSepaKeys{"EREF", "KREF", "MREF", "CRED", "DEBT",
                                                     "SVWZ", "ABWA", "ABWE", "IBAN", "BIC",
                                                     "PURP", "COAM", "OAMT"};

// "EREF" where `text` begins with "EREF+"; "" else.
std::string_view sepa_key(std::string_view text) {
  for (const auto key : kSepaKeys) {
    if (text.size() > key.size() && text.starts_with(key) && text[key.size()] == '+') return key;
  }
  return {};
}

// Collects the purpose, of which parts may be marked "EREF+", "SVWZ+"; "" is what is unmarked.
class Purpose {
 public:
  void add(std::string_view subfield) {
    const bool goes_on = last_ >= kSubfieldLetters;
    last_ = utf8_length(subfield);
    if (!goes_on && sepa_key(subfield).empty()) key_.clear();
    std::size_t start = 0;
    for (std::size_t i = 0; i < subfield.size(); ++i) {
      const bool word_begins = i == 0 || subfield[i - 1] == ' ';
      const std::string_view key = word_begins ? sepa_key(subfield.substr(i)) : "";
      if (key.empty()) continue;
      put(subfield.substr(start, i - start), goes_on && start == 0);
      key_ = key;
      start = i + key.size() + 1;
      i = start - 1;
    }
    put(subfield.substr(start), goes_on && start == 0);
  }

  std::string take(std::string_view key) {
    const auto it = words_.find(key);
    return it == words_.end() ? std::string() : std::string(trim(it->second));
  }

 private:
  void put(std::string_view text, bool goes_on) {
    std::string& value = words_[key_];
    const bool apart = !goes_on && !value.empty() && !value.ends_with(' ') && !text.empty() &&
                       !text.starts_with(' ');
    if (apart) value += ' ';
    value += text;
  }

  std::string key_;
  std::size_t last_ = 0;
  Words words_;
};

std::string reference(std::string text) {
  constexpr std::array<std::string_view, 3> kNone{"NONREF", "NOTPROVIDED", "NOT PROVIDED"};
  return std::ranges::find(kNone, text) == kNone.end() ? text : std::string();
}

// "166?00TEXT?20…": three digits, then a sign, then two digits.
bool is_structured(std::string_view text) {
  if (text.size() < 6 || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2])) {
    return false;
  }
  const auto sign = static_cast<unsigned char>(text[3]);
  const bool separates = sign < 0x80 && !is_digit(text[3]) && sign > 0x20 &&
                         !(sign >= 'A' && sign <= 'Z') && !(sign >= 'a' && sign <= 'z');
  return separates && is_digit(text[4]) && is_digit(text[5]);
}

void read_structured(Row& row, std::string_view text) {
  const char sign = text[3];
  Purpose purpose;
  std::string name;
  std::string account;
  std::string booking;
  const auto separates = [&](std::size_t at) {
    return text[at] == sign && at + 2 < text.size() && is_digit(text[at + 1]) &&
           is_digit(text[at + 2]);
  };
  for (std::size_t at = 3; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && !separates(end)) ++end;
    const std::string_view number = text.substr(at + 1, 2);
    const std::string_view value = text.substr(at + 3, end - at - 3);
    if (number == "00") booking = value;
    if ((number >= "20" && number <= "29") || (number >= "60" && number <= "63")) {
      purpose.add(value);
    }
    if (number == "31" || number == "38") account = trim(value);
    if (number == "32" || number == "33") {
      const bool apart = !name.empty() && utf8_length(name) < kSubfieldLetters;
      if (apart && !name.ends_with(' ') && !value.starts_with(' ')) name += ' ';
      name += value;
    }
    if (number == "34" && !value.empty()) row.details.emplace_back("return_reason", value);
    at = end;
  }
  row.purpose = purpose.take("SVWZ");
  if (row.purpose.empty()) row.purpose = purpose.take("");
  if (row.purpose.empty()) row.purpose = trim(booking);
  row.end_to_end_id = reference(purpose.take("EREF"));
  if (name.empty()) name = purpose.take("ABWA");
  if (account.empty()) account = purpose.take("IBAN");
  row.person = party(name, tax_id_in(row.purpose), account);
}

constexpr std::array<std::string_view, 26> kSlashKeys{
    "TRTP", "IBAN", "BIC",  "NAME", "REMI", "EREF", "MARF", "CSID", "ORDP",
    "BENM", "CNTP", "RTRN", "PREF", "TRCD", "ADDR", "ISDT", "PURP", "ULTD",
    "ULTC", "SVCL", "BUSP", "INFO", "OCMT", "CHGS", "UDTR", "UCRD"};

// Where "/KEY/" stands at `at`: its length; 0 where it does not.
std::size_t slash_key_at(std::string_view text, std::size_t at, std::string_view& key) {
  if (text[at] != '/') return 0;
  for (const auto known : kSlashKeys) {
    const auto end = at + 1 + known.size();
    if (end < text.size() && text[end] == '/' && text.substr(at + 1, known.size()) == known) {
      key = known;
      return known.size() + 2;
    }
  }
  return 0;
}

Words slash_words(std::string_view text) {
  Words out;
  std::string_view key;
  std::size_t start = 0;
  const auto put = [&](std::size_t end) {
    if (key.empty() || end <= start) return;
    std::string_view value = trim(text.substr(start, end - start));
    while (value.ends_with('/')) value.remove_suffix(1);
    auto& known = out[std::string(key)];
    if (known.empty()) known = value;
  };
  for (std::size_t at = 0; at < text.size();) {
    std::string_view found;
    const std::size_t length = slash_key_at(text, at, found);
    if (length == 0) {
      ++at;
      continue;
    }
    put(at);
    key = found;
    start = at + length;
    // "/ORDP//NAME/": the second slash begins the next key.
    at = start - 1 > at ? start - 1 : start;
    if (slash_key_at(text, at, found) == 0) at = start;
  }
  put(text.size());
  return out;
}

void read_slashes(Row& row, std::string_view text) {
  Words words = slash_words(text);
  std::string purpose = words["REMI"];
  for (const std::string_view form : {"USTD//", "STRD/CUR/", "STRD/ISO/", "STRD//"}) {
    if (purpose.starts_with(form)) purpose.erase(0, form.size());
  }
  row.purpose = purpose.empty() ? words["INFO"] : purpose;
  row.end_to_end_id = reference(words["EREF"]);
  std::string name = words["NAME"];
  std::string account = words["IBAN"];
  // ING: /CNTP/<IBAN>/<BIC>/<name>/<city>/
  const auto parts = split(words["CNTP"], '/');
  if (account.empty() && !parts.empty()) account = parts[0];
  if (name.empty() && parts.size() > 2) name = parts[2];
  if (!words["RTRN"].empty()) row.details.emplace_back("return_reason", words["RTRN"]);
  row.person = party(name, tax_id_in(row.purpose), account);
}

}  // namespace

void read_details(Row& row, std::string_view lines) {
  const std::string structured = unwrapped(lines, true);
  if (is_structured(structured)) return read_structured(row, structured);
  std::string_view key;
  const bool slashes = !structured.empty() && slash_key_at(structured, 0, key) > 0;
  if (slashes) return read_slashes(row, structured);
  row.purpose = trim(unwrapped(lines, false));
  row.person = party("", tax_id_in(row.purpose), "");
}

void read_numbered_lines(Row& row, std::string_view lines) {
  std::string name;
  std::string account;
  for (const auto line : split(lines, '\n')) {
    const std::string_view value = trim(line.substr(std::min<std::size_t>(2, line.size())));
    if (line.starts_with("15") || line.starts_with("16")) name += value;
    if (line.starts_with("17")) account = value;
    if (line.starts_with("05") || line.starts_with("06") || line.starts_with("07")) {
      row.purpose += (row.purpose.empty() ? "" : " ") + std::string(value);
    }
  }
  row.person = party(name, "", account);
}

}  // namespace dealog::connectors::bank_statement
