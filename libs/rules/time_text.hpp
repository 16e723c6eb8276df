// Lengths of time as a file writes them and as people say them.
#pragma once

#include <string>

#include "libs/base/language.hpp"
#include "libs/rules/task_template.hpp"

namespace dealog::rules {

// A business day is as long as the calendar's longest weekday; zero where nobody works.
std::chrono::minutes business_day(const BusinessCalendar& calendar);

// In the largest unit, up to days, that it is whole in: "3 business days", "90 minutes". The
// reader of the file gives the same length back.
std::string limit_text(const TimeLimit& limit, const BusinessCalendar& calendar);

// The same as said: "3 business days", "3 рабочих дня" (after "через", "спустя", "в").
std::string limit_words(const TimeLimit& limit, const BusinessCalendar& calendar,
                        Language language);

}  // namespace dealog::rules
