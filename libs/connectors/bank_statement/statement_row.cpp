#include "libs/connectors/bank_statement/statement_row.hpp"

#include <set>

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::bank_statement {
namespace {

std::string_view reason_of(Flow flow) {
  switch (flow) {
    case Flow::kIn:
    case Flow::kOut:
      return "outgoing";
    case Flow::kReversed:
      return "credit_reversed";
    case Flow::kReturned:
      return "own_payment_returned";
    case Flow::kOwnTransfer:
      return "own_transfer";
    case Flow::kNotBooked:
      return "not_booked";
    case Flow::kOtherAccount:
      return "other_account";
    case Flow::kNothing:
      return "zero_amount";
  }
  return "outgoing";
}

Fact ignored_row(const Row& row, std::string key) {
  const bool came = row.flow == Flow::kReturned || row.flow == Flow::kOwnTransfer;
  IgnoreFact ignored{.reason = std::string(reason_of(row.flow)), .what = "ignore", .about = {}};
  ignored.about = {{"direction", came ? "in" : "out"},
                   {"amount", row.amount.decimal()},
                   {"currency", std::string(row.amount.currency.code())},
                   {"occurred_on", row.booked_on.text()},
                   {"account", row.account}};
  if (!row.bank_ref.empty()) ignored.about.emplace_back("bank_ref", row.bank_ref);
  return Fact{std::move(key), row.id, row.at, {}, std::move(ignored)};
}

Fact payment_row(Row row, std::string key) {
  PaymentFact payment;
  payment.status = PaymentStatus::kPaid;
  payment.amount = row.amount;
  payment.description = utf8_prefix(row.purpose, limits::kNoteBytes);
  payment.person = std::move(row.person);
  payment.metadata = std::move(row.details);
  payment.booked_on = row.booked_on;
  payment.value_date = row.value_date;
  payment.end_to_end_id = std::move(row.end_to_end_id);
  payment.bank_ref = std::move(row.bank_ref);
  payment.our_account = std::move(row.account);
  return Fact{std::move(key), std::move(row.id), row.at, {}, std::move(payment)};
}

// Whether `reversal` takes `payment` back: the same money with the same reference.
bool takes_back(const Row& reversal, const Row& payment) {
  if (payment.flow != Flow::kIn || payment.account != reversal.account ||
      payment.amount != reversal.amount) {
    return false;
  }
  const bool same_end =
      !reversal.end_to_end_id.empty() && reversal.end_to_end_id == payment.end_to_end_id;
  return same_end || (!reversal.bank_ref.empty() && reversal.bank_ref == payment.bank_ref);
}

std::map<const Row*, std::string> reversals(const std::vector<Row>& rows) {
  std::map<const Row*, std::string> out;
  std::multimap<std::pair<std::string, std::int64_t>, const Row*> payments;
  for (const auto& row : rows) {
    if (row.flow == Flow::kIn) payments.emplace(std::pair(row.account, row.amount.minor), &row);
  }
  for (const auto& row : rows) {
    if (row.flow != Flow::kReversed) continue;
    const auto [first, last] = payments.equal_range({row.account, row.amount.minor});
    for (auto it = first; it != last; ++it) {
      if (!takes_back(row, *it->second)) continue;
      out.emplace(&row, it->second->id);
      payments.erase(it);
      break;
    }
  }
  return out;
}

}  // namespace

std::string ContentIds::next(const Row& row) {
  std::string all;
  for (const std::string_view part :
       {std::string_view(row.person.name), row.person.id("iban"), std::string_view(row.purpose),
        std::string_view(row.end_to_end_id), std::string_view(row.bank_ref)}) {
    for (const char c : part) {
      // Wrapped one time and not another.
      if (c != ' ' && c != '\n') all += c;
    }
    all += '\0';
  }
  const std::string id = fmt::format("{}:{}:{}{}:{}:{}", row.account, row.booked_on.text(),
                                     row.flow == Flow::kIn ? "" : "-", row.amount.decimal(),
                                     row.amount.currency.code(), to_hex(sha256(all)).substr(0, 16));
  const int count = ++seen_[id];
  return count == 1 ? id : fmt::format("{}:{}", id, count);
}

std::vector<Fact> facts_of(std::vector<Row> rows, std::string_view format) {
  if (rows.empty()) return ignored("no_entries");
  const auto taken_back = reversals(rows);
  std::vector<Fact> facts;
  std::vector<Fact> refunds;
  for (auto& row : rows) {
    std::string key = delivery_key(format, row.key.empty() ? row.id : row.key);
    if (row.flow == Flow::kIn && row.amount.is_zero()) row.flow = Flow::kNothing;
    const auto reversed = taken_back.find(&row);
    if (reversed != taken_back.end()) {
      RefundFact refund{.payment_id = reversed->second,
                        .amount = row.amount,
                        .description = row.purpose,
                        .test = false};
      refunds.push_back(Fact{std::move(key), row.id, row.at, {}, std::move(refund)});
    } else if (row.flow == Flow::kIn) {
      facts.push_back(payment_row(row, std::move(key)));
    } else {
      facts.push_back(ignored_row(row, std::move(key)));
    }
  }
  std::move(refunds.begin(), refunds.end(), std::back_inserter(facts));
  return facts;
}

std::unexpected<Error> invalid_statement(std::string what) {
  return fail(ErrorKind::kInvalid, "invalid_statement", std::move(what));
}

Contact party(std::string_view name, std::string_view tax_id, std::string_view iban) {
  Contact contact;
  contact.name = utf8_prefix(trim(name), kShortTextBytes);
  if (!tax_id.empty()) contact.ids.emplace_back("inn", utf8_prefix(tax_id, 64));
  if (!iban.empty()) contact.ids.emplace_back("iban", utf8_prefix(iban, 64));
  return contact;
}

}  // namespace dealog::connectors::bank_statement
