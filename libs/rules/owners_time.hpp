// Whose time a rule reckons in: the company's, or that of whoever owns the deal, who may work other
// hours in another zone, and be away.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/rules/business_calendar.hpp"

namespace dealog::rules {

// What a rule says about it.
struct RuleTime {
  bool owners_calendar = false;   // its business time is that of the deal's owner
  bool stops_in_absence = false;  // its timers and pauses stand still while the owner is away

  bool is_owners() const { return owners_calendar || stops_in_absence; }
  bool operator==(const RuleTime&) const = default;
};

// Calendars that a regulation names; one without a zone is in that of whoever works by it.
using NamedCalendars = std::map<std::string, BusinessCalendar, std::less<>>;

// What is a user's own.
struct OwnTime {
  std::string time_zone;        // IANA; empty: the company's
  std::string calendar;         // a code; empty: the company's hours
  std::vector<Pause> absences;  // sorted, not overlapping
};

// The calendar by which a rule reckons for a deal of that owner: the company's days and hours in
// the owner's zone, or those of the named calendar; an unknown code counts as none.
BusinessCalendar calendar_of_owner(const BusinessCalendar& company, const NamedCalendars& named,
                                   const RuleTime& time, const OwnTime& owner);

}  // namespace dealog::rules
