#include "services/automation/meeting_invitation.hpp"

#include "dealog/v1/deal_events.pb.h"
#include "libs/command/use_cases/deals.hpp"
#include "libs/documents/calendar_invitation.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::automation {
namespace {

constexpr std::size_t kEventsOfTask = 100;
constexpr std::uint64_t kLargestSequence = 0x7FFF'FFFF;  // of RFC 5545

// Its title and place, as they were when it was planned: they never change.
Result<void> describe(const Folds& folds, const std::string& meeting,
                      documents::Invitation& invitation) {
  for (const auto& event : TRY(folds.with_tag(open_tag(meeting), kEventsOfTask))) {
    const auto* created = event.as<v1::TaskCreated>();
    if (created == nullptr) continue;
    invitation.title = created->title();
    invitation.place = created->place();
  }
  return {};
}

}  // namespace

Result<std::string> meeting_invitation(const Folds& folds, const std::string& meeting,
                                       const std::string& to, Timestamp now) {
  const DealId deal = TRY(use_cases::deal_of(folds, meeting));
  const auto state = TRY(folds.current<deal::State>(deal.text()));
  const auto id = TaskId::parse(meeting);
  const deal::OpenTask* task = id ? state->open_task(*id) : nullptr;
  if (task == nullptr || task->due_at.is_zero()) {
    return fail(ErrorKind::kUnprocessable, "no_meeting", "the meeting is not planned any more");
  }
  documents::Invitation invitation{
      .uid = meeting + "@dealog",
      .sequence = static_cast<std::uint32_t>(std::min(state->version.value, kLargestSequence)),
      .made_at = now,
      .starts_at = task->due_at,
      .title = {},
      .attendee_emails = {to}};
  TRY(describe(folds, meeting, invitation));
  if (!task->assignee.is_nil()) {
    const auto user = TRY(folds.current<user::State>(task->assignee.text()));
    invitation.organizer_name = user->name;
    invitation.organizer_email = user->email;
  }
  return documents::calendar_invitation(invitation);
}

}  // namespace dealog::automation
