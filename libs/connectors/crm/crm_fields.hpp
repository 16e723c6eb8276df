// What deliveries of other CRMs have in common.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::crm {

// An amount as a CRM has it; nothing where it is empty, negative or no number. A deal without a
// readable amount is a deal all the same.
std::optional<Money> amount_of(std::string_view text, std::string_view currency);

// Seconds, milliseconds, or a time in words; nothing for "", "0" and what is no time.
std::optional<Timestamp> time_of(std::string_view text, std::string_view zone = "UTC");
// The first of these fields that is a time.
std::optional<Timestamp> first_time(const Node& node, std::initializer_list<std::string_view> keys,
                                    std::string_view zone = "UTC");

// An id that may stand as itself or within {"id": …} or {"value": …}; "" for none and for "0".
std::string id_of(const Node& node, std::string_view key);

// The value of a list of {"value", "primary"} that is primary, else the first; of a text, itself.
std::string primary_value(const Node* values);

// Somebody who is known by nothing but his number there; empty when `id` is.
Contact person_of_id(const std::string& id);

// "won", "lost" or "" from a CRM's own word for it.
std::string outcome_of(std::string_view status);

// What an API answered about the contact or the company of a deal: who the deal is about, or whose
// it is, and the card itself. `contact` is the answer as a fact of its own.
std::vector<Fact> with_deal(Fact contact, const std::string& deal);
// The same of the company of a deal; `what` becomes "company-of-<deal>".
Fact ask_for_company(const Fact& deal, const std::string& company_id, const std::string& account,
                     std::string_view needs);
// To ask who the contact of a deal is; the answer goes through with_deal. `what` is "contact".
Fact ask_for_contact(const Fact& deal, const std::string& contact_id, const std::string& account,
                     std::string_view what, std::string_view needs);

// Understood and of no consequence, with a key of its own among other facts of one delivery.
Fact ignored_fact(std::string key, std::string external_id, std::optional<Timestamp> at,
                  std::string_view reason);

// Of one row its own key, of several a hash of all, in whatever order they come.
std::string rows_key(std::string_view prefix, std::vector<std::string> keys);

// Whether `account`, by any of its names, is the one of the settings; accepts when none is set.
Verdict check_account(const SourceSettings& settings, std::initializer_list<std::string> names);

}  // namespace dealog::connectors::crm
