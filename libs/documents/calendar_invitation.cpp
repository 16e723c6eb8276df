#include "libs/documents/calendar_invitation.hpp"

#include <cstdlib>
#include <memory>

#include <libical/ical.h>

namespace dealog::documents {
namespace {

struct ComponentFree {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
struct Free {
  void operator()(char* text) const { std::free(text); }
};

icaltimetype utc(Timestamp at) {
  return icaltime_from_timet_with_zone(static_cast<time_t>(at.us / 1'000'000), 0,
                                       icaltimezone_get_utc_timezone());
}

// libical escapes what stands in a text; other control characters have no place in a calendar.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\n' || byte == '\t' || (byte >= 0x20 && byte != 0x7F)) out += c;
  }
  return out;
}

// Of an address or a name in a parameter, where nothing can be escaped.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F && c != '"') out += c;
  }
  return out;
}

void add_people(icalcomponent* event, const Invitation& invitation) {
  icalproperty* organizer =
      icalproperty_new_organizer(("mailto:" + plain(invitation.organizer_email)).c_str());
  if (!invitation.organizer_name.empty()) {
    icalproperty_add_parameter(organizer,
                               icalparameter_new_cn(plain(invitation.organizer_name).c_str()));
  }
  icalcomponent_add_property(event, organizer);
  for (const std::string& email : invitation.attendee_emails) {
    icalproperty* attendee = icalproperty_new_attendee(("mailto:" + plain(email)).c_str());
    icalproperty_add_parameter(attendee, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
    icalproperty_add_parameter(attendee, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
    icalproperty_add_parameter(attendee, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
    icalcomponent_add_property(event, attendee);
  }
}

icalproperty_method method_of(const Invitation& invitation) {
  if (invitation.organizer_email.empty()) return ICAL_METHOD_PUBLISH;
  return invitation.cancelled ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST;
}

}  // namespace

std::string calendar_invitation(const Invitation& invitation) {
  const std::unique_ptr<icalcomponent, ComponentFree> calendar(
      icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
  icalcomponent_add_property(calendar.get(), icalproperty_new_version("2.0"));
  icalcomponent_add_property(calendar.get(), icalproperty_new_prodid("-//Dealog//Dealog//EN"));
  icalcomponent_add_property(calendar.get(), icalproperty_new_method(method_of(invitation)));
  icalcomponent* event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
  icalcomponent_add_component(calendar.get(), event);  // which owns it from here on
  const auto add = [event](icalproperty* property) { icalcomponent_add_property(event, property); };
  add(icalproperty_new_uid(plain(invitation.uid).c_str()));
  add(icalproperty_new_dtstamp(utc(invitation.made_at)));
  add(icalproperty_new_dtstart(utc(invitation.starts_at)));
  add(icalproperty_new_dtend(utc(invitation.starts_at + invitation.length)));
  add(icalproperty_new_sequence(static_cast<int>(invitation.sequence)));
  add(icalproperty_new_status(invitation.cancelled ? ICAL_STATUS_CANCELLED
                                                   : ICAL_STATUS_CONFIRMED));
  add(icalproperty_new_summary(printable(invitation.title).c_str()));
  if (!invitation.place.empty()) {
    add(icalproperty_new_location(printable(invitation.place).c_str()));
  }
  if (!invitation.description.empty()) {
    add(icalproperty_new_description(printable(invitation.description).c_str()));
  }
  if (!invitation.organizer_email.empty()) add_people(event, invitation);
  const std::unique_ptr<char, Free> text(icalcomponent_as_ical_string_r(calendar.get()));
  return text ? std::string(text.get()) : std::string();
}

}  // namespace dealog::documents
