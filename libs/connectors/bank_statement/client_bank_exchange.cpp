#include "libs/connectors/bank_statement/client_bank_exchange.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/connectors/bank_statement/bank_texts.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/charset.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors::bank_statement {
namespace {

constexpr std::string_view kMagic = "1CClientBankExchange";

// The words of one section; a key may come twice, the first with a value counts.
class Section {
 public:
  bool full() const { return fields_.size() >= kStatementFields; }
  void add(std::string_view key, std::string_view value) { fields_.emplace_back(key, value); }
  // A line that is no field goes on where the last one ended.
  void go_on(std::string_view line) {
    if (fields_.empty() || line.empty()) return;
    std::string& value = fields_.back().second;
    if (!value.empty() && !value.ends_with(' ') && !line.starts_with(' ')) value += ' ';
    value += line;
  }

  std::string_view get(std::string_view key) const {
    for (const auto& [own, value] : fields_) {
      if (own == key && !value.empty()) return value;
    }
    return {};
  }
  std::string_view first_of(std::initializer_list<std::string_view> keys) const {
    for (const auto key : keys) {
      if (const auto value = get(key); !value.empty()) return value;
    }
    return {};
  }

 private:
  NamedTexts fields_;
};

struct File {
  Section header;
  std::vector<Section> documents;
  std::set<std::string, std::less<>> accounts;  // ours
};

// "Плательщик1", "СекцияДокумент": one word of Cyrillic letters and digits.
bool is_key(std::string_view text) {
  if (text.empty() || text.size() > 80) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool cyrillic = c >= 0x80;  // the text is UTF-8 and names are Russian
    const bool digit = c >= '0' && c <= '9' && i > 0;
    if (!cyrillic && !digit && text[i] != '_') return false;
  }
  return static_cast<unsigned char>(text.front()) >= 0xd0;
}

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    const auto end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    return trim(line);
  }
  int number() const { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

Result<File> read_file(std::string_view text) {
  File file;
  Section account;  // СекцияРасчСчет, which may come several times
  Section* open = &file.header;
  Lines lines(text);
  while (const auto line = lines.next()) {
    const auto equals = line->find('=');
    const std::string_view key = trim(line->substr(0, std::min(equals, line->size())));
    if (key == "КонецФайла") break;
    if (key == "КонецДокумента" || key == "КонецРасчСчет") {
      open = &file.header;
    } else if (key == "СекцияДокумент") {
      if (file.documents.size() == kStatementRows) {
        return fail(ErrorKind::kTooLarge, "statement_too_long", "the statement has too many lines");
      }
      open = &file.documents.emplace_back();
    } else if (key == "СекцияРасчСчет") {
      account = {};
      open = &account;
    } else if (equals == line->npos || !is_key(key)) {
      open->go_on(*line);
    } else {
      if (open->full()) {
        return fail(ErrorKind::kTooLarge, "statement_too_long",
                    fmt::format("line {}: a section has too many fields", lines.number()));
      }
      const std::string_view value = trim(line->substr(equals + 1));
      open->add(key, value);
      const bool about_us = open == &file.header || open == &account;
      if (about_us && key == "РасчСчет" && !value.empty()) file.accounts.emplace(value);
    }
  }
  if (open != &file.header && open != &account) {
    return fail(ErrorKind::kInvalid, "truncated_statement",
                "the statement ends within a document; export it again");
  }
  return file;
}

// "ИНН 7701234567 ООО Ромашка//г. Москва" is name and tax number.
std::string name_of(std::string_view text) {
  std::string_view name = trim(text);
  if (name.starts_with("ИНН")) {
    const auto after = name.find_first_not_of("0123456789 :\\/", std::string_view("ИНН").size());
    if (after != name.npos) name = name.substr(after);
  }
  return std::string(trim(name.substr(0, name.find("//"))));
}

std::string purpose_of(const Section& document) {
  std::string purpose(document.get("НазначениеПлатежа"));
  if (!purpose.empty()) return purpose;
  for (int i = 1; i <= 6; ++i) {
    const auto part = document.get(fmt::format("НазначениеПлатежа{}", i));
    if (part.empty()) continue;
    if (!purpose.empty()) purpose += ' ';
    purpose += part;
  }
  return purpose;
}

Flow flow_of(const Section& document, const File& file, const std::string& payer,
             const std::string& recipient) {
  const bool came = !document.get("ДатаПоступило").empty();
  const bool went = !document.get("ДатаСписано").empty();
  const bool from_us = file.accounts.contains(payer);
  const bool to_us = file.accounts.contains(recipient);
  if (from_us && to_us) return Flow::kOwnTransfer;
  if (from_us) return Flow::kOut;
  if (!came && !went) return Flow::kNotBooked;
  if (!came) return to_us ? Flow::kNotBooked : Flow::kOut;
  // Without accounts of ours the dates alone tell.
  const bool unknown = file.accounts.empty() || recipient.empty();
  return to_us || (unknown && !went) ? Flow::kIn : Flow::kOtherAccount;
}

Result<Row> read_document(const Section& document, const File& file, int number,
                          const SourceSettings& settings) {
  const auto wrong = [&](std::string_view field) {
    return invalid_statement(fmt::format("document {}: {} is not as it should be", number, field));
  };
  Row row;
  const std::string payer(document.first_of({"ПлательщикРасчСчет", "ПлательщикСчет"}));
  const std::string payer_account(document.first_of({"ПлательщикСчет", "ПлательщикРасчСчет"}));
  const std::string recipient(document.first_of({"ПолучательРасчСчет", "ПолучательСчет"}));
  row.flow = flow_of(document, file, payer, recipient);
  // Through a correspondent account the other field holds ours.
  if (row.flow == Flow::kOtherAccount) {
    row.flow = flow_of(document, file, payer_account, std::string(document.get("ПолучательСчет")));
  }
  const bool ours_is_recipient = row.flow == Flow::kIn;
  row.account = ours_is_recipient ? recipient : payer;
  if (row.account.empty() && !file.accounts.empty()) row.account = *file.accounts.begin();
  const auto amount =
      parse_amount(document.get("Сумма"), currency_of_account(row.account, settings.currency));
  if (!amount) return wrong("Сумма");
  row.amount = *amount;
  const auto dated = parse_bank_date(document.get("Дата"));
  const auto booked = parse_bank_date(
      document.first_of({ours_is_recipient ? "ДатаПоступило" : "ДатаСписано", "ДатаПоступило"}));
  if (!booked && !dated) return wrong("ДатаПоступило");
  row.booked_on = booked ? *booked : *dated;
  const std::string_view side = ours_is_recipient ? "Плательщик" : "Получатель";
  const auto of_side = [&](std::string_view suffix) {
    return document.get(fmt::format("{}{}", side, suffix));
  };
  const auto name = of_side("1").empty() ? of_side("") : of_side("1");
  std::string tax_id(of_side("ИНН"));
  if (tax_id.empty()) tax_id = tax_id_in(of_side(""));
  row.person = party(name_of(name), tax_id, "");
  row.purpose = purpose_of(document);
  for (const auto& [field, as] : {std::pair{"Номер", "number"},
                                  {"ПлательщикСчет", "payer_account"},
                                  {"ПлательщикБИК", "payer_bic"},
                                  {"ПлательщикКПП", "payer_kpp"}}) {
    const auto value = document.get(field);
    if (!value.empty()) row.details.emplace_back(as, utf8_prefix(value, kBankTextBytes));
  }
  row.id = fmt::format("{}:{}:{}:{}", payer_account, document.get("Номер"),
                       (dated ? *dated : row.booked_on).text(), row.amount.decimal());
  return row;
}

}  // namespace

std::string client_bank_exchange_text(std::string_view bytes) {
  const bool utf16 = bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  constexpr std::size_t kLead = 200;
  if (!utf16 && bytes.substr(0, kLead).find(kMagic) == bytes.npos) return {};
  // The header may claim anything. In the right charset the format's own words stand there.
  std::array<std::string_view, 5> charsets{utf16 ? "utf-16" : "utf-8", "windows-1251", "ibm866",
                                           "koi8-r", "iso-8859-5"};
  for (const auto charset : charsets) {
    auto text = to_utf8(bytes, charset, BadBytes::kReplace);
    if (!text || text->substr(0, kLead).find(kMagic) == text->npos) continue;
    const bool russian = text->find("ВерсияФормата") != text->npos ||
                         text->find("РасчСчет") != text->npos ||
                         text->find("СекцияДокумент") != text->npos;
    if (!russian) continue;
    std::erase(*text, '\0');
    return *std::move(text);
  }
  return {};
}

Result<std::vector<Row>> read_client_bank_exchange(std::string_view text,
                                                   const SourceSettings& settings) {
  const File file = TRY(read_file(text));
  std::vector<Row> rows;
  rows.reserve(file.documents.size());
  for (std::size_t i = 0; i < file.documents.size(); ++i) {
    rows.push_back(TRY(read_document(file.documents[i], file, static_cast<int>(i + 1), settings)));
  }
  return rows;
}

}  // namespace dealog::connectors::bank_statement
