// A meeting as an iCalendar file (RFC 5545) that calendars of customers take. Thread: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/timestamp.hpp"

namespace dealog::documents {

struct Invitation {
  std::string uid;             // the same for every version of the same meeting
  std::uint32_t sequence = 0;  // higher with every change of it
  Timestamp made_at;
  Timestamp starts_at;
  std::chrono::minutes length{60};
  std::string title;
  std::string place = {};
  std::string description = {};
  std::string organizer_name = {};
  std::string organizer_email = {};  // empty: nobody is named
  std::vector<std::string> attendee_emails = {};
  bool cancelled = false;
};

// The file, ends of lines CR LF, lines of at most 75 bytes. Times are in UTC. METHOD is REQUEST or
// CANCEL where there is an organizer, else PUBLISH.
std::string calendar_invitation(const Invitation& invitation);

}  // namespace dealog::documents
