#include "libs/connectors/bank_statement/mt940.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/connectors/bank_statement/mt940_details.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors::bank_statement {
namespace {

constexpr std::size_t kFieldBytes = 16 << 10;  // six lines by the standard, more by some banks

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

struct Field {
  std::string tag;
  std::string value;  // lines with '\n' between
  int line = 0;
};

// ":61:" and the like, but no ":word:" of a purpose that was wrapped there.
std::string_view tag_of(std::string_view line) {
  constexpr std::array<std::string_view, 21> kTags{"13",  "13D", "20",  "21",  "25",  "25P", "28",
                                                   "28C", "34F", "60F", "60M", "61",  "62F", "62M",
                                                   "64",  "65",  "86",  "90C", "90D", "94",  "NS"};
  if (!line.starts_with(':')) return {};
  const auto end = line.substr(0, 6).find(':', 1);
  if (end == line.npos) return {};
  const auto tag = line.substr(1, end - 1);
  return std::ranges::find(kTags, tag) != kTags.end() ? tag : std::string_view();
}

// The envelope "{1:…}{2:…}{4:" before the first field.
std::string_view without_envelope(std::string_view line) {
  const auto block = line.starts_with('{') ? line.rfind("{4:") : line.npos;
  return block == line.npos ? line : trim(line.substr(block + 3));
}

std::vector<Field> fields_of(std::string_view text) {
  std::vector<Field> out;
  int number = 0;
  bool ended = false;
  for (auto line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = without_envelope(line);
    const std::string_view tag = tag_of(line);
    if (!tag.empty()) {
      ended = false;
      out.push_back({std::string(tag), std::string(line.substr(tag.size() + 2)), number});
    } else if (line == "-" || line.starts_with("-}")) {
      ended = true;
    } else if (!ended && !out.empty() && out.back().value.size() < kFieldBytes) {
      out.back().value += '\n';
      out.back().value += line;
    }
  }
  return out;
}

std::optional<Date> date_of(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  return date.ok() ? std::optional(Date::of(year, month, day)) : std::nullopt;
}

std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count ||
      !std::all_of(text.begin(), text.begin() + static_cast<long>(count), is_digit)) {
    return std::nullopt;
  }
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value * 10 + (text[i] - '0');
  text.remove_prefix(count);
  return value;
}

struct ValueDate {
  Date date;
  int year = 0;
};

std::optional<ValueDate> take_value_date(std::string_view& text) {
  const auto year = take_digits(text, 2);
  const auto month = take_digits(text, 2);
  const auto day = take_digits(text, 2);
  if (!year || !month || !day) return std::nullopt;
  const int full = *year + (*year < 70 ? 2000 : 1900);
  const auto date = date_of(full, static_cast<unsigned>(*month), static_cast<unsigned>(*day));
  return date ? std::optional(ValueDate{*date, full}) : std::nullopt;
}

// The day of booking has no year: it is the one nearest to the value date.
std::optional<Date> take_entry_date(std::string_view& text, const ValueDate& value) {
  if (text.size() < 4 || !is_digit(text[0])) return value.date;
  const auto month = take_digits(text, 2);
  const auto day = take_digits(text, 2);
  if (!month || !day) return std::nullopt;
  std::optional<Date> best;
  for (const int year : {value.year, value.year - 1, value.year + 1}) {
    const auto date = date_of(year, static_cast<unsigned>(*month), static_cast<unsigned>(*day));
    if (!date || year < 1970) continue;
    const auto far = [&](Date one) { return std::abs(one.days - value.date.days); };
    if (!best || far(*date) < far(*best)) best = date;
  }
  return best;
}

// C, D, RC, RD, and the expected ones EC, ED; a letter of the currency may follow ("CR" is C).
std::optional<Flow> take_mark(std::string_view& text) {
  constexpr std::array<std::pair<std::string_view, Flow>, 6> kMarks{{{"RC", Flow::kReversed},
                                                                     {"RD", Flow::kReturned},
                                                                     {"EC", Flow::kNotBooked},
                                                                     {"ED", Flow::kNotBooked},
                                                                     {"C", Flow::kIn},
                                                                     {"D", Flow::kOut}}};
  for (const auto& [mark, flow] : kMarks) {
    if (!text.starts_with(mark)) continue;
    text.remove_prefix(mark.size());
    if (!text.empty() && is_capital(text.front())) text.remove_prefix(1);
    return flow;
  }
  return std::nullopt;
}

// "300,", "335,33", "1000": a comma is the decimal point, and nothing may follow it.
std::string take_amount(std::string_view& text) {
  std::string out;
  while (!text.empty() && (is_digit(text.front()) || text.front() == ',' || text.front() == '.')) {
    out += text.front() == ',' ? '.' : text.front();
    text.remove_prefix(1);
  }
  if (out.ends_with('.')) out.pop_back();
  // Some banks fill up with zeros.
  while (out.size() > 1 && out[0] == '0' && is_digit(out[1])) out.erase(0, 1);
  return out;
}

std::string reference(std::string_view text) {
  text = trim(text);
  return text == "NONREF" || text == "NOTPROVIDED" ? std::string() : std::string(text);
}

class Reader {
 public:
  explicit Reader(const SourceSettings& settings) : settings_(settings) {}

  Result<void> read(const Field& field) {
    if (field.tag == "20") start_statement();
    if (field.tag == "25" || field.tag == "25P") set_account(field.value);
    if (field.tag == "28" || field.tag == "28C") number_ = first_line(field.value);
    if (field.tag == "60F" || field.tag == "60M") TRY(set_currency(field));
    if (field.tag == "61") TRY(read_entry(field));
    if (field.tag == "86" && open_) read_details(rows_.back(), field.value);
    if (field.tag == "NS" && open_) read_numbered_lines(rows_.back(), field.value);
    if (field.tag == "61") return {};
    // What follows the balance is about the statement.
    if (field.tag != "86" && field.tag != "NS") open_ = false;
    return {};
  }

  std::vector<Row> take() {
    finish();
    return std::move(out_);
  }

 private:
  static std::string first_line(std::string_view value) {
    return std::string(trim(value.substr(0, value.find('\n'))));
  }

  void start_statement() {
    account_.clear();
    number_.clear();
    currency_.clear();
    open_ = false;
    repeated_ = false;
  }

  void set_account(std::string_view value) { account_ = utf8_prefix(first_line(value), 100); }

  Result<void> set_currency(const Field& field) {
    const std::string balance = first_line(field.value);
    if (balance.size() < 10) return wrong(field, "the opening balance");
    currency_ = utf8_prefix(std::string_view(balance).substr(7), 3);
    // The same statement twice in a file, as when files were joined.
    repeated_ = !statements_.insert(account_ + "\n" + number_ + "\n" + balance).second;
    return {};
  }

  Result<void> read_entry(const Field& field) {
    open_ = false;
    if (repeated_) return {};
    if (rows_.size() == kStatementRows) {
      return fail(ErrorKind::kTooLarge, "statement_too_long", "the statement has too many lines");
    }
    std::string_view text = field.value;
    const auto value = take_value_date(text);
    if (!value) return wrong(field, "the value date");
    const auto booked = take_entry_date(text, *value);
    if (!booked) return wrong(field, "the entry date");
    const auto flow = take_mark(text);
    if (!flow) return wrong(field, "the debit/credit mark");
    const std::string currency = currency_.empty() ? settings_.currency : currency_;
    const auto amount = parse_amount(take_amount(text), currency);
    if (!amount) return wrong(field, "the amount");
    Row row;
    row.flow = *flow;
    row.amount = *amount;
    row.value_date = value->date;
    row.booked_on = *booked;
    row.account = account_;
    read_references(row, text);
    rows_.push_back(std::move(row));
    open_ = true;
    return {};
  }

  // Four letters of the kind, the customer's reference, "//" and the bank's, words below.
  void read_references(Row& row, std::string_view text) const {
    const auto line_end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, line_end);
    const std::string_view kind = utf8_prefix(line, 4);
    line.remove_prefix(kind.size());
    const auto slashes = line.find("//");
    const std::string own = reference(line.substr(0, std::min(slashes, line.size())));
    if (slashes != line.npos) row.bank_ref = reference(line.substr(slashes + 2));
    if (!trim(kind).empty()) row.details.emplace_back("transaction_type", trim(kind));
    if (!own.empty()) row.details.emplace_back("customer_ref", own);
    if (line_end < text.size()) row.purpose = trim(text.substr(line_end + 1));
  }

  void finish() {
    for (auto& row : rows_) {
      if (row.bank_ref.empty()) {
        row.id = contents_.next(row);
      } else {
        row.id = fmt::format("{}:{}:{}:{}", row.account, row.booked_on.text(), row.amount.decimal(),
                             row.bank_ref);
      }
      out_.push_back(std::move(row));
    }
  }

  static std::unexpected<Error> wrong(const Field& field, std::string_view what) {
    return invalid_statement(
        fmt::format("line {}: {} of :{}: is not as it should be", field.line, what, field.tag));
  }

  const SourceSettings& settings_;
  std::string account_;
  std::string number_;
  std::string currency_;
  bool open_ = false;      // the next :86: is about the last entry
  bool repeated_ = false;  // this statement was there already
  std::set<std::string> statements_;
  std::vector<Row> rows_;
  std::vector<Row> out_;
  ContentIds contents_;
};

}  // namespace

bool is_mt940(std::string_view text) {
  bool account = false;
  bool balance = false;
  for (const auto& field : fields_of(text.substr(0, 64 << 10))) {
    account = account || field.tag == "25" || field.tag == "25P";
    balance = balance || field.tag == "60F" || field.tag == "60M" || field.tag == "61";
  }
  return account && balance;
}

Result<std::vector<Row>> read_mt940(std::string_view text, const SourceSettings& settings) {
  Reader reader(settings);
  for (const auto& field : fields_of(text)) TRY(reader.read(field));
  return reader.take();
}

}  // namespace dealog::connectors::bank_statement
