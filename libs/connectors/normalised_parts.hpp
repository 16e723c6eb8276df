// What the JSON forms of facts are put together from.
#pragma once

#include <optional>
#include <string>

#include <boost/json.hpp>

#include "libs/connectors/fact.hpp"

namespace dealog::connectors::normalised_parts {

namespace json = boost::json;

json::value or_null(const std::string& text);
json::value amount_or_null(const std::optional<Money>& money);
json::value currency_or_null(const std::optional<Money>& money);
// RFC 3339 with as many groups of digits as the instant has: none, milliseconds, microseconds.
json::value time_or_null(const std::optional<Timestamp>& time);
json::object object_of(const NamedTexts& texts);
json::value person_or_null(const Contact& person);
json::object stage_json(const StagePlace& stage);

void add(json::object& out, const CallFact& call);
void add(json::object& out, const MessageFact& message);
void add(json::object& out, const MessageStatusFact& status);
void add(json::object& out, const MailFact& mail);
void add(json::object& out, const StageFact& stage);
void add(json::object& out, const ContactFact& contact);
void add(json::object& out, const LoggedFact& logged);
void add(json::object& out, const TaskFact& task);

}  // namespace dealog::connectors::normalised_parts
