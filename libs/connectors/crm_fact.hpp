// What another CRM tells: where a deal stands there, who somebody is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/money.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/connectors/who.hpp"

namespace dealog::connectors {

// A deal of another CRM at a stage; ids and codes are that CRM's. Of a change `from` is where it
// was, where the CRM tells.
struct StagePlace {
  std::string pipeline;
  std::string from;
  std::string to;
  std::string status_from;  // "open", "won", "lost", where the CRM keeps it apart
  std::string status_to;
  std::string outcome;  // "won", "lost", "" while it is open
  bool operator==(const StagePlace&) const = default;
};

// Fact::external_id is the deal's id there.
struct StageFact {
  StagePlace stage;
  Contact person;
  std::string company;
  std::string account;
  std::string title;
  std::optional<Money> amount;
  bool currency_assumed = false;  // the source's: the CRM tells none
  std::string owner;              // user ids there
  std::string actor;
  std::string lost_reason;
  std::vector<std::string> tags;
  // When it was opened there, of a deal whose whole story is told at once: one that is not known
  // here begins on that day and is reported where it stands on the fact's own.
  std::optional<Timestamp> opened_at = {};
  bool operator==(const StageFact&) const = default;
};

// Somebody is there, or was changed; Fact::external_id is his id there. What is empty was not told,
// which does not mean that it was removed.
struct ContactFact {
  Contact person;
  std::string company;
  bool is_company = false;  // the card of `company` itself: external_id is the company's
  std::string account;
  std::string owner;
  bool operator==(const ContactFact&) const = default;
};

// What another CRM has logged about one of its deals: a note, a call, a meeting. It is history: it
// finds its deal, opens none, and nobody has to do anything about it.
struct LoggedFact {
  std::string deal;  // its id there
  std::string kind;  // of a touch: "note", "call", "meeting", "email", "message"
  std::string direction;
  std::string outcome;
  std::uint32_t duration_s = 0;
  std::string text;
  bool operator==(const LoggedFact&) const = default;
};

// What is still to be done about a deal there.
struct TaskFact {
  std::string deal;  // its id there
  std::string kind;  // of a task here
  std::string title;
  std::optional<Timestamp> due;
  std::string owner;  // user id there
  bool operator==(const TaskFact&) const = default;
};

}  // namespace dealog::connectors
