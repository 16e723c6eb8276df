#include "libs/rules/owners_time.hpp"

namespace dealog::rules {

BusinessCalendar calendar_of_owner(const BusinessCalendar& company, const NamedCalendars& named,
                                   const RuleTime& time, const OwnTime& owner) {
  BusinessCalendar calendar = company;
  if (time.owners_calendar) {
    const auto own = named.find(owner.calendar);
    if (own != named.end()) calendar = own->second;
    const bool zone_is_own = own == named.end() || own->second.time_zone.empty();
    if (zone_is_own) {
      calendar.time_zone = owner.time_zone.empty() ? company.time_zone : owner.time_zone;
    }
  }
  if (time.stops_in_absence) calendar.pauses = owner.absences;
  return calendar;
}

}  // namespace dealog::rules
