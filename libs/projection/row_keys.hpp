// Every row of every view, in one table: the first byte names the view, the second the kind of
// row. Ids stand in keys as text; parts are divided by a
// zero byte, which no id and no word contains. A position is that of the event that made the thing
// and stands in eight bytes, so those rows sort by age even where ids are computed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dealog::row_keys {

inline constexpr std::string_view kCheckpoint = "!checkpoint";

inline constexpr std::string_view kDeals = "d";  // the view "deals"
inline constexpr std::string_view kDeal = "dr";  // deal → DealRow
inline constexpr std::string_view kActiveCard =
    "da";  // position → CardRow: open, or with something to do
inline constexpr std::string_view kArchivedCard =
    "dz";  // position → CardRow: closed, nothing to do
inline constexpr std::string_view kDealOfPerson = "dp";   // person, deal → role
inline constexpr std::string_view kDealOfCompany = "dc";  // company, deal → ""

inline constexpr std::string_view kContacts = "c";
inline constexpr std::string_view kPerson = "cp";    // person → PersonRow
inline constexpr std::string_view kCompany = "co";   // company → CompanyRow
inline constexpr std::string_view kToken = "ct";     // token, person or company → ""
inline constexpr std::string_view kTokensOf = "cu";  // person or company → TokensRow

inline constexpr std::string_view kPayments = "p";
inline constexpr std::string_view kPayment = "pr";    // payment → PaymentRow
inline constexpr std::string_view kPaymentAt = "pt";  // position → payment
inline constexpr std::string_view kUnmatched = "pu";  // position → payment: something is left

inline constexpr std::string_view kIntake = "i";
inline constexpr std::string_view kSource = "is";          // source → SourceRow
inline constexpr std::string_view kSourceCounters = "ic";  // source → SourceCountersRow
inline constexpr std::string_view kDelivery = "ir";        // delivery → DeliveryRow
inline constexpr std::string_view kFetch = "if";           // fetch → FetchRow
inline constexpr std::string_view kFetchDue = "iw";        // due time, fetch
inline constexpr std::string_view kFetchGivenUp = "ig";    // fetch
inline constexpr std::string_view kSettled = "ix";         // source, state, position → delivery
inline constexpr std::string_view kPending = "iq";  // position → delivery: pending since then

inline constexpr std::string_view kAutomation = "a";
inline constexpr std::string_view kTrigger = "at";          // position → TriggerRow
inline constexpr std::string_view kTriggerOfStream = "as";  // stream → position (8 bytes)

inline constexpr std::string_view kRules = "r";
inline constexpr std::string_view kRuleBook = "rb";       // pipeline → RuleBookRow
inline constexpr std::string_view kRulesOfAll = "ra";     // → RulesRow
inline constexpr std::string_view kRuleDeal = "rd";       // deal → RuleDealRow
inline constexpr std::string_view kRuleSchedules = "rs";  // pipeline → RuleSchedulesRow
inline constexpr std::string_view kRuleOpen = "ro";       // pipeline, open deal → nothing
inline constexpr std::string_view kRuleDue = "rw";        // due, position, place → PendingRuleRow
inline constexpr std::string_view kRuleCounts = "rc";     // pipeline, rule → RuleCountsRow
inline constexpr std::string_view kNotification = "rn";   // user, position → NotificationRow
inline constexpr std::string_view kRuleUser = "ru";       // user → RuleUserRow
inline constexpr std::string_view kRuleOfOwner = "rv";  // user, deal with timers in their time → ""

inline constexpr std::string_view kAccounts = "u";
inline constexpr std::string_view kUser = "ur";         // user → UserRow
inline constexpr std::string_view kAccessToken = "ut";  // token → TokenRow
inline constexpr std::string_view kTokenOfUser = "ux";  // user, token → ""

inline constexpr std::string_view kPipelines = "l";
inline constexpr std::string_view kPipeline = "lr";  // code → PipelineRow

inline constexpr std::string_view kFiles = "f";
inline constexpr std::string_view kFileOfDeal = "fd";  // deal, position → FileRow

inline std::string key(std::string_view kind, std::string_view id) {
  std::string out;
  out.reserve(kind.size() + id.size());
  out.append(kind).append(id);
  return out;
}

// The prefix of all rows of `kind` whose first part is `first`.
inline std::string under(std::string_view kind, std::string_view first) {
  std::string out = key(kind, first);
  out.push_back('\0');
  return out;
}

inline std::string key(std::string_view kind, std::string_view first, std::string_view second) {
  return under(kind, first).append(second);
}

// Big endian, so that keys sort by position.
std::string position_key(std::string_view kind, std::uint64_t position);

// What follows the last zero byte: the id at the end of a key of several texts.
inline std::string_view last_part(std::string_view key_text) {
  return key_text.substr(key_text.rfind('\0') + 1);
}

}  // namespace dealog::row_keys
