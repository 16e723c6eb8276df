// GET /v1/tasks/{id}.ics: a meeting for the calendars of those who take part
#include "libs/documents/calendar_invitation.hpp"
#include "libs/domain/common/refusal.hpp"
#include "services/api/endpoints/documents/pdf_answer.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/party_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

constexpr std::uint64_t kLargestSequence = 0x7FFF'FFFF;  // of RFC 5545

Result<views::Task> find_task(const views::Deal& deal, const TaskId& id) {
  const auto open = find_part(deal.tasks, id.text());
  if (open) return open;
  return find_part(deal.recent_tasks, id.text());
}

// Whoever does it invites; without an address nobody does.
void add_organizer(const Reading& rows, const std::string& assignee,
                   documents::Invitation& invitation) {
  const auto id = UserId::parse(assignee);
  if (!id) return;
  const auto user = find_party(rows, *id);
  if (!user) return;
  invitation.organizer_name = user->name.value;
  invitation.organizer_email = user->email.value;
}

// Every participant's first address: users and people alike.
void add_attendees(const Reading& rows, const std::vector<std::string>& participants,
                   documents::Invitation& invitation) {
  for (const std::string& participant : participants) {
    if (const auto id = UserId::parse(participant)) {
      const auto user = find_party(rows, *id);
      if (user && user->email.is_shown()) {
        invitation.attendee_emails.push_back(user->email.value);
      }
    } else if (const auto person_id = PersonId::parse(participant)) {
      const auto person = find_party(rows, *person_id);
      if (!person) continue;
      const auto email = std::ranges::find(person->contacts, "email", &views::ContactMethod::kind);
      if (email != person->contacts.end()) invitation.attendee_emails.push_back(email->value);
    }
  }
}

Result<documents::Invitation> invitation_of(const Api& api, const Reading& rows,
                                            const views::Deal& deal, const views::Task& task,
                                            Language language) {
  if (!task.due.at) {
    return refuse(language, ErrorKind::kUnprocessable, "no_instant",
                  "в календарь идёт задача со временем; у этой только день или нет срока",
                  "a calendar needs a time; this task has a day alone, or no due");
  }
  documents::Invitation invitation{
      .uid = task.id + "@dealog",
      .sequence = static_cast<std::uint32_t>(std::min(deal.version, kLargestSequence)),
      .made_at = api.clock().now(),
      .starts_at = *task.due.at,
      .title = task.title.value,
      .place = task.place.value,
      .description = task.note.value};
  invitation.cancelled = task.status == "cancelled";
  add_organizer(rows, task.assignee, invitation);
  add_attendees(rows, task.participants, invitation);
  return invitation;
}

}  // namespace

Answer get_task_invitation(const Api& api, Session session, http::Request request) {
  const TaskId id = CO_TRY(part_of_path<TaskId>(request, "task"));
  CO_TRY(no_parameters(request));
  CO_TRY(require_personal(session));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const DealId on = TRY(use_cases::deal_of(api.bus.folds(), id.text(), session.language));
    const auto rows = TRY(read_now(api, session));
    const auto deal = TRY(find_deal(*rows, on.text()));
    const auto task = find_task(deal, id);
    if (!task) return not_found(session.language, "task", id.text());
    const auto invitation = TRY(invitation_of(api, *rows, deal, *task, session.language));
    return http::Response::bytes("text/calendar; charset=utf-8",
                                 documents::calendar_invitation(invitation))
        .with("Content-Disposition", "attachment; filename=\"meeting.ics\"")
        .with("Cache-Control", "private, no-store");
  });
}

}  // namespace dealog::api
