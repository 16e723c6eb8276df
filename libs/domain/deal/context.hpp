// What a decision about a deal may know besides the deal's own past: handed in, so that `decide`
// is a function of its arguments alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/event.hpp"
#include "libs/event/position.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::deal {

// A stream that was read for the decision, at the version that was read. The caller puts the same
// pairs among the conditions of the append.
struct JudgedStream {
  StreamName stream;
  StreamVersion version;

  bool operator==(const JudgedStream&) const = default;
};

// What gates read about the deal's contact person (State::contact()) and its company. When the
// command itself brings another company, the facts are of that one. Erased reads as absent.
struct PartyFacts {
  bool person_name = false;
  bool person_phone = false;
  bool person_email = false;
  bool company_name = false;
  bool company_tax_id = false;
  std::vector<JudgedStream> judged = {};  // person's and company's streams

  bool operator==(const PartyFacts&) const = default;
};

// "2026-17" is year 2026, number 17; "2026-B17" is of the series of another legal entity.
struct InvoiceNumber {
  int year = 0;
  std::uint32_t number = 0;
  std::string series = {};

  std::string text() const;
  // On every invoice of the year and series: "invoices:2026", "invoices:2026:B".
  Tag tag() const;
};

// Thread: a context belongs to one decision.
struct Context {
  Timestamp now;
  Actor actor;
  // Rights of the actor.
  bool may_override = false;
  bool may_import = false;
  // Of the sentences in refusals.
  rules::Language language = rules::Language::kEn;
  // The version in force of the deal's pipeline. Never null; outlives the decision.
  const rules::Regulation* regulation = nullptr;
  PartyFacts party = {};
  // IANA zone of a user. Unset or an empty answer: the zone of the regulation's calendar.
  std::function<std::string(const UserId&)> zone_of = {};
  // What counts of a user's own time; unset: nothing.
  std::function<rules::OwnTime(const UserId&)> time_of = {};
  // The role of a user; unset or an empty answer: none.
  std::function<std::string(const UserId&)> role_of = {};
  // The next free number of this year, which is the year of `now` in the calendar's zone. Called
  // only when an invoice is issued, once a decision: a caller sees by it that the append needs
  // NoTagAfter{InvoiceNumber::tag()}. More invoices of one decision take the numbers after it.
  std::function<Result<InvoiceNumber>()> next_invoice = {};
  // Never null.
  IdSource* ids = nullptr;
};

}  // namespace dealog::deal
