#include "libs/connectors/bank_statement/camt053.hpp"

#include <array>
#include <set>

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/bank_statement/bank_texts.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/times.hpp"

namespace dealog::connectors::bank_statement {
namespace {

// What holds statements, and what a statement is called there.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kMessages{
    {{"BkToCstmrStmt", "Stmt"}, {"BkToCstmrAcctRpt", "Rpt"}, {"BkToCstmrDbtCdtNtfctn", "Ntfctn"}}};

std::string first_text_at(const XmlElement& element,
                          std::initializer_list<std::initializer_list<std::string_view>> paths) {
  for (const auto& path : paths) {
    std::string text = element.text_at(path);
    if (!text.empty()) return text;
  }
  return {};
}

std::string account_id(const XmlElement* account) {
  if (!account) return {};
  return first_text_at(*account, {{"Id", "IBAN"}, {"Id", "Othr", "Id"}});
}

// Banks write these where they have nothing to say.
std::string reference(std::string text) {
  const std::string lower = to_lower_ascii(text);
  const bool none = lower == "notprovided" || lower == "nonref" || lower == "not provided" ||
                    lower == "none" || text.find_first_not_of("0-") == text.npos;
  return none ? std::string() : text;
}

// Version 2 has no choice between a party and an agent below the role.
const XmlElement* party_of(const XmlElement& transaction, std::string_view role) {
  const XmlElement* outer = transaction.at({"RltdPties", role});
  const XmlElement* inner = outer ? outer->child("Pty") : nullptr;
  return inner ? inner : outer;
}

Contact other_side(const XmlElement& transaction, bool credit) {
  const XmlElement* one = party_of(transaction, credit ? "Dbtr" : "Cdtr");
  const XmlElement* ultimate = party_of(transaction, credit ? "UltmtDbtr" : "UltmtCdtr");
  std::string name = one ? one->text_at({"Nm"}) : "";
  if (name.empty() && ultimate) name = ultimate->text_at({"Nm"});
  std::string tax_id;
  for (const auto* kind : {"OrgId", "PrvtId"}) {
    const XmlElement* ids = one ? one->at({"Id", kind}) : nullptr;
    if (!ids) continue;
    for (const auto& id : ids->children) {
      const std::string scheme = first_text_at(id, {{"SchmeNm", "Cd"}, {"SchmeNm", "Prtry"}});
      if (scheme == "TXID" || scheme == "INN") tax_id = id.text_at({"Id"});
    }
  }
  const XmlElement* account = transaction.at({"RltdPties", credit ? "DbtrAcct" : "CdtrAcct"});
  return party(name, tax_id, account_id(account));
}

std::string purpose_of(const XmlElement& transaction) {
  std::string purpose;
  const auto add = [&](const std::string& text) {
    if (text.empty()) return;
    if (!purpose.empty()) purpose += ' ';
    purpose += text;
  };
  if (const XmlElement* information = transaction.child("RmtInf")) {
    for (const auto& part : information->children) {
      if (part.name == "Ustrd") add(part.text_at({}));
      if (part.name != "Strd") continue;
      add(part.text_at({"RfrdDocInf", "Nb"}));
      add(part.text_at({"CdtrRefInf", "Ref"}));
      add(part.text_at({"AddtlRmtInf"}));
    }
  }
  if (purpose.empty()) add(transaction.text_at({"AddtlTxInf"}));
  return purpose;
}

struct Amount {
  std::string text;
  std::string currency;
};

std::optional<Amount> amount_at(const XmlElement& element,
                                std::initializer_list<std::string_view> path) {
  const XmlElement* amount = element.at(path);
  if (!amount) return std::nullopt;
  return Amount{amount->text_at({}), std::string(amount->attribute("Ccy"))};
}

std::optional<Money> money_of(const XmlElement& transaction) {
  for (const auto& amount :
       {amount_at(transaction, {"Amt"}), amount_at(transaction, {"AmtDtls", "TxAmt", "Amt"}),
        amount_at(transaction, {"AmtDtls", "InstdAmt", "Amt"})}) {
    if (!amount) continue;
    const auto money = parse_amount(amount->text, amount->currency);
    if (money && money->minor > 0) return *money;
  }
  return std::nullopt;
}

struct When {
  Date date;
  std::optional<Timestamp> at;
};

std::optional<When> when_of(const XmlElement& entry, std::string_view name,
                            const SourceSettings& settings) {
  const std::string text = first_text_at(entry, {{name, "DtTm"}, {name, "Dt"}});
  const auto date = parse_bank_date(text);
  if (!date) return std::nullopt;
  When when{*date, std::nullopt};
  if (text.find('T') != text.npos) {
    const auto at = parse_time(text, settings.time_zone);
    if (at) when.at = *at;
  }
  return when;
}

bool is_booked(const XmlElement& entry) {
  const std::string status = first_text_at(entry, {{"Sts", "Cd"}, {"Sts", "Prtry"}, {"Sts"}});
  return status == "BOOK" || status.empty();
}

Result<Flow> flow_of(const XmlElement& entry) {
  const std::string mark = entry.text_at({"CdtDbtInd"});
  const std::string reversal = entry.text_at({"RvslInd"});
  const bool reversed = reversal == "true" || reversal == "1";
  if (mark == "CRDT") return reversed ? Flow::kReturned : Flow::kIn;
  if (mark == "DBIT") return reversed ? Flow::kReversed : Flow::kOut;
  return invalid_statement("CdtDbtInd of an entry is neither CRDT nor DBIT");
}

std::vector<const XmlElement*> transactions_of(const XmlElement& entry) {
  std::vector<const XmlElement*> out;
  for (const auto& details : entry.children) {
    if (details.name != "NtryDtls") continue;
    for (const auto& transaction : details.children) {
      if (transaction.name == "TxDtls") out.push_back(&transaction);
    }
  }
  return out;
}

// Whether the transactions are the entry: same currency, same direction, the sum fits.
bool adds_up(const std::vector<const XmlElement*>& transactions, const XmlElement& entry,
             const Money& total) {
  std::int64_t sum = 0;
  for (const XmlElement* transaction : transactions) {
    const auto money = money_of(*transaction);
    const std::string mark = transaction->text_at({"CdtDbtInd"});
    if (!money || money->currency != total.currency) return false;
    if (!mark.empty() && mark != entry.text_at({"CdtDbtInd"})) return false;
    sum += money->minor;
    if (sum > total.minor) return false;
  }
  return sum == total.minor;
}

void describe(Row& row, const XmlElement& transaction) {
  const bool credit = row.flow == Flow::kIn || row.flow == Flow::kReturned;
  row.person = other_side(transaction, credit);
  row.purpose = purpose_of(transaction);
  row.end_to_end_id = reference(transaction.text_at({"Refs", "EndToEndId"}));
  const std::string reason = first_text_at(
      transaction, {{"RtrInf", "Rsn", "Cd"}, {"RtrInf", "Rsn", "Prtry"}, {"RtrInf", "AddtlInf"}});
  if (!reason.empty()) row.details.emplace_back("return_reason", utf8_prefix(reason, 200));
}

class Reader {
 public:
  explicit Reader(const SourceSettings& settings) : settings_(settings) {}

  Result<void> read_statement(const XmlElement& statement) {
    account_ = account_id(statement.child("Acct"));
    for (const auto& entry : statement.children) {
      if (entry.name == "Ntry") TRY(read_entry(entry));
    }
    return {};
  }
  std::vector<Row> take() { return std::move(rows_); }

 private:
  Result<void> read_entry(const XmlElement& entry) {
    Row row;
    row.account = account_;
    row.flow = TRY(flow_of(entry));
    if (!is_booked(entry)) row.flow = Flow::kNotBooked;
    const auto amount = amount_at(entry, {"Amt"});
    const auto money = amount ? parse_amount(amount->text, amount->currency) : fail({});
    if (!money) return wrong("Amt");
    row.amount = *money;
    const auto value = when_of(entry, "ValDt", settings_);
    const auto booked = when_of(entry, "BookgDt", settings_);
    if (!booked && !value) return wrong("BookgDt");
    row.booked_on = (booked ? booked : value)->date;
    row.at = booked ? booked->at : std::nullopt;
    if (value) row.value_date = value->date;
    row.bank_ref = reference(entry.text_at({"AcctSvcrRef"}));
    const auto transactions = transactions_of(entry);
    if (transactions.size() > 1 && adds_up(transactions, entry, row.amount)) {
      return add_batch(row, transactions);
    }
    if (transactions.size() == 1) describe(row, *transactions.front());
    if (row.purpose.empty()) row.purpose = entry.text_at({"AddtlNtryInf"});
    if (row.bank_ref.empty() && transactions.size() == 1) {
      row.bank_ref = reference(transactions.front()->text_at({"Refs", "AcctSvcrRef"}));
    }
    row.id = id_of(row);
    return add(std::move(row));
  }

  Result<void> add_batch(const Row& entry, const std::vector<const XmlElement*>& transactions) {
    std::set<std::string> used;
    int number = 0;
    for (const XmlElement* transaction : transactions) {
      Row row = entry;
      ++number;
      describe(row, *transaction);
      row.amount = *money_of(*transaction);
      const std::string own = reference(first_text_at(
          *transaction, {{"Refs", "AcctSvcrRef"}, {"Refs", "TxId"}, {"Refs", "EndToEndId"}}));
      if (entry.bank_ref.empty()) {
        row.bank_ref = reference(transaction->text_at({"Refs", "AcctSvcrRef"}));
        row.id = id_of(row);
      } else {
        // Its own reference keeps its place when the bank sorts the batch anew.
        const bool alone = !own.empty() && own != entry.bank_ref && used.insert(own).second;
        row.id = fmt::format("{}/{}", entry.bank_ref, alone ? own : std::to_string(number));
      }
      TRY(add(std::move(row)));
    }
    return {};
  }

  // By the bank's reference. Where a bank gives one to several entries, the later ones differ by
  // what they say; an entry that is told twice keeps its id and counts once.
  std::string id_of(const Row& row) {
    if (row.bank_ref.empty()) return contents_.next(row);
    ContentIds fresh;
    const std::string content = fresh.next(row);
    const auto [known, is_new] = references_.emplace(std::pair(row.account, row.bank_ref), content);
    if (is_new || known->second == content) return row.bank_ref;
    return fmt::format("{}/{}", row.bank_ref, to_hex(sha256(content)).substr(0, 8));
  }

  Result<void> add(Row row) {
    if (rows_.size() == kStatementRows) {
      return fail(ErrorKind::kTooLarge, "statement_too_long", "the statement has too many lines");
    }
    row.key = row.account + ":" + row.id;
    rows_.push_back(std::move(row));
    return {};
  }

  std::unexpected<Error> wrong(std::string_view field) const {
    return invalid_statement(
        fmt::format("entry {}: {} is not as it should be", rows_.size() + 1, field));
  }

  const SourceSettings& settings_;
  std::string account_;
  std::vector<Row> rows_;
  ContentIds contents_;
  std::map<std::pair<std::string, std::string>, std::string> references_;  // of what they say
};

}  // namespace

bool is_camt(const XmlElement& document) {
  for (const auto& [message, statement] : kMessages) {
    if (document.child(message) || document.name == message) return true;
  }
  return false;
}

Result<std::vector<Row>> read_camt(const XmlElement& document, const SourceSettings& settings) {
  Reader reader(settings);
  for (const auto& [name, statement_name] : kMessages) {
    const XmlElement* message = document.name == name ? &document : document.child(name);
    if (!message) continue;
    for (const auto& statement : message->children) {
      if (statement.name == statement_name) TRY(reader.read_statement(statement));
    }
  }
  return reader.take();
}

}  // namespace dealog::connectors::bank_statement
