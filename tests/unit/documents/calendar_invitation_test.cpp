#include "libs/documents/calendar_invitation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/text.hpp"

namespace dealog::documents {
namespace {

using testing::HasSubstr;
using testing::Not;

Invitation meeting() {
  return {.uid = "tsk_1@dealog",
          .sequence = 2,
          .made_at = Timestamp::parse("2026-03-05T09:00:00Z").value(),
          .starts_at = Timestamp::parse("2026-03-10T12:30:00Z").value(),
          .length = std::chrono::minutes(90),
          .title = "Встреча; сайт, смета",
          .place = "Москва\nофис 5",
          .organizer_name = "Анна \"Сайт\"",
          .organizer_email = "anna@example.org",
          .attendee_emails = {"ivan@example.com"}};
}

std::string unfolded(std::string text) {
  for (auto at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at)) {
    text.erase(at, 3);
  }
  return text;
}

TEST(Invitation, IsACalendarThatOthersRead) {
  const std::string text = unfolded(calendar_invitation(meeting()));
  EXPECT_THAT(text, HasSubstr("BEGIN:VCALENDAR\r\n"));
  EXPECT_THAT(text, HasSubstr("METHOD:REQUEST\r\n"));
  EXPECT_THAT(text, HasSubstr("UID:tsk_1@dealog\r\n"));
  EXPECT_THAT(text, HasSubstr("DTSTART:20260310T123000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("DTEND:20260310T140000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("DTSTAMP:20260305T090000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("SEQUENCE:2\r\n"));
  EXPECT_THAT(text, HasSubstr("SUMMARY:Встреча\\; сайт\\, смета\r\n"));
  EXPECT_THAT(text, HasSubstr("LOCATION:Москва\\nофис 5\r\n"));
  EXPECT_THAT(text, HasSubstr("mailto:ivan@example.com\r\n"));
  EXPECT_EQ(calendar_invitation(meeting()), calendar_invitation(meeting()));
}

TEST(Invitation, FoldsLongLinesBetweenCharacters) {
  Invitation longer = meeting();
  longer.title.clear();
  for (int i = 0; i < 120; ++i) longer.title += "щ";
  const std::string text = calendar_invitation(longer);
  EXPECT_TRUE(is_valid_utf8(text));
  for (const auto line : split(text, '\n')) {
    EXPECT_LE(line.size(), 76u) << line;  // 75 and the CR
    EXPECT_TRUE(is_valid_utf8(line)) << line;
  }
  EXPECT_THAT(unfolded(text), HasSubstr("SUMMARY:" + longer.title + "\r\n"));
}

TEST(Invitation, CannotBeExtendedByWhatIsInIt) {
  Invitation hostile = meeting();
  hostile.title = "x\r\nATTENDEE:mailto:spy@example.net";
  hostile.organizer_email = "a@example.org\r\nATTENDEE:mailto:spy@example.net";
  hostile.organizer_name = "x\";\r\nX-EVIL:1";
  EXPECT_THAT(unfolded(calendar_invitation(hostile)), Not(HasSubstr("\r\nATTENDEE:mailto:spy")));
  EXPECT_THAT(unfolded(calendar_invitation(hostile)), Not(HasSubstr("\r\nX-EVIL")));
}

TEST(Invitation, IsPublishedWithoutAnOrganizerAndCancelled) {
  Invitation plain = meeting();
  plain.organizer_email.clear();
  EXPECT_THAT(calendar_invitation(plain), HasSubstr("METHOD:PUBLISH\r\n"));
  EXPECT_THAT(calendar_invitation(plain), Not(HasSubstr("ATTENDEE")));
  Invitation cancelled = meeting();
  cancelled.cancelled = true;
  EXPECT_THAT(calendar_invitation(cancelled), HasSubstr("METHOD:CANCEL\r\n"));
  EXPECT_THAT(calendar_invitation(cancelled), HasSubstr("STATUS:CANCELLED\r\n"));
}

}  // namespace
}  // namespace dealog::documents
