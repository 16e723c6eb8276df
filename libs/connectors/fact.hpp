// What a delivery says, in neutral words. Intake turns facts into commands; nothing here knows a
// deal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "libs/base/money.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/connectors/crm_fact.hpp"
#include "libs/connectors/touch_fact.hpp"
#include "libs/connectors/who.hpp"

namespace dealog::connectors {

// One position of an order as the shop wrote it; the total need not be their sum.
struct ProductLine {
  std::string title;
  std::string sku;
  std::string options;   // "Цвет: синий"
  std::string quantity;  // decimal text
  std::optional<Money> unit_price;
  std::optional<Money> amount;

  bool operator==(const ProductLine&) const = default;
};

// Somebody wants something.
struct LeadFact {
  Contact person;
  std::string messenger_hint;  // "Telegram": where he wants to be answered
  std::string company;
  std::string title;
  std::string comment;
  std::optional<Money> amount;
  bool currency_assumed = false;  // the source's: the sender tells none
  std::string order_id;
  std::string form_id;
  std::string page;
  NamedTexts utm;  // names with their prefix: utm_source
  std::vector<ProductLine> lines;
  NamedTexts answers;  // every other field, by its own name
  // Of a lead that another CRM keeps.
  std::optional<StagePlace> stage = {};
  std::string account = {};
  std::string owner = {};
  std::vector<std::string> tags = {};
  // It is no lead but news: what happened, and to which of our deals; without one to the person's.
  std::string signal = {};
  std::string deal = {};
  bool operator==(const LeadFact&) const = default;
};

// kFailed: the bank declined this attempt, another may follow. kCanceled: it ends here.
enum class PaymentStatus { kPending, kAuthorized, kPaid, kFailed, kCanceled };
std::string_view to_text(PaymentStatus status);

// A payment reached a state at a payment provider, or stands in a statement.
struct PaymentFact {
  PaymentStatus status = PaymentStatus::kPending;
  Money amount;
  std::optional<Money> net_amount;  // what arrives after the provider's fee
  std::optional<Money> fee;         // what the provider keeps
  std::string order_id;             // a hint at our invoice: its number in the shop's words
  std::string lead_ref;             // a hint at the lead or deal that the shop had attached
  std::string description;          // purpose
  std::string reason;               // why it failed or was cancelled
  Contact person;
  bool test = false;
  NamedTexts metadata;  // what the shop had attached
  // Of a statement: money in, its day without a time, and what the bank calls it.
  std::optional<Date> booked_on = {};
  std::optional<Date> value_date = {};
  std::string end_to_end_id = {};
  std::string bank_ref = {};
  std::string our_account = {};
  bool operator==(const PaymentFact&) const = default;
};

// Money went back. `external_id` of the fact is the refund's own.
struct RefundFact {
  std::string payment_id;  // the provider's id of the payment
  Money amount;
  std::string description;
  bool test = false;
  bool operator==(const RefundFact&) const = default;
};

// Understood, and of no consequence: the delivery's state is `ignored`.
struct IgnoreFact {
  std::string reason;                // "connection_check", "honeypot", "event_not_used"
  std::string_view what = "ignore";  // constant text: "ignore", "handshake" or "event"
  NamedTexts about = {};             // of an event: its "source" and "type"
  bool operator==(const IgnoreFact&) const = default;
};

// The provider's own order of the facts about one thing; it beats the order of arrival.
struct Sequence {
  std::string scope;  // "yookassa:payment:22d6…"
  std::int64_t number = 0;
  bool operator==(const Sequence&) const = default;
};

// A delivery that only announces: what must be asked from the provider before the fact can have
// its effect. The answer is a delivery of its own with the suffix "/fetched/<what>".
struct FetchPlan {
  std::string what;   // "lead", "deal", "recording": letters, digits, '-'
  std::string id;     // of the thing, as the provider's client wants it
  std::string needs;  // for people: which call, and why
  bool operator==(const FetchPlan&) const = default;
};

struct Fact {
  std::string key;                       // its effects happen once per (source, key)
  std::string external_id;               // the sender's id of the thing
  std::optional<Timestamp> occurred_at;  // nothing: take the time of receipt
  std::optional<Sequence> sequence;
  std::variant<IgnoreFact, LeadFact, PaymentFact, RefundFact, CallFact, MessageFact,
               MessageStatusFact, MailFact, StageFact, ContactFact, LoggedFact, TaskFact>
      content;
  std::optional<FetchPlan> fetch = {};
  // Of an export or a table its place there, from 1 (of a table the row of names is the first).
  // Each item stands for itself: one that is refused leaves the others alone.
  std::size_t item = 0;

  // "lead", "payment", "touch.call" …, or what an ignored fact calls itself.
  std::string_view kind() const;
  bool operator==(const Fact&) const = default;
};

// The fact as JSON for people and for GET /v1/deliveries: kind, external_id, person, amount (a
// decimal string), currency, occurred_at … What is unknown is null.
boost::json::object normalised(const Fact& fact);

}  // namespace dealog::connectors
