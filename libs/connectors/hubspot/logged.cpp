// Engagements of deals, as GET /crm/v3/objects/{notes,calls,meetings,tasks}?associations=deals
// lists them: {"id", "properties", "createdAt", "associations": {"deals": {"results": [{"id"}]}}}.
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/export/export.hpp"
#include "libs/connectors/hubspot/event.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::hubspot {
namespace {

struct Engagement {
  std::string deal;
  const Node* properties = nullptr;
  std::string text(std::string_view name) const { return first_text(*properties, {name}); }
  std::string words(std::string_view title, std::string_view body) const {
    return logged_text(text(title) + "<br>" + text(body));
  }
};

std::string first_deal(const Node& item) {
  const Node* results = item.find({"associations", "deals", "results"});
  if (!results || results->is_scalar() || results->entries.empty()) return {};
  return crm::id_of(results->entries.front().node, "id");
}

LoggedFact call(const Engagement& in) {
  const std::string status = in.text("hs_call_status");
  LoggedFact logged{.deal = in.deal,
                    .kind = "call",
                    .direction = in.text("hs_call_direction") == "INBOUND" ? "in" : "out",
                    .outcome = "connected",
                    .duration_s = seconds_of(in.text("hs_call_duration")) / 1000,
                    .text = in.words("hs_call_title", "hs_call_body")};
  if (status == "BUSY") logged.outcome = "busy";
  if (status == "NO_ANSWER" || status == "MISSED") logged.outcome = "no_answer";
  if (status == "FAILED") logged.outcome = "failed";
  if (status == "CANCELED") logged.outcome = "cancelled";
  return logged;
}

// Nothing for one that is still to come or was put off.
std::optional<LoggedFact> meeting(const Engagement& in) {
  const std::string outcome = in.text("hs_meeting_outcome");
  if (outcome == "SCHEDULED" || outcome == "RESCHEDULED") return std::nullopt;
  return LoggedFact{.deal = in.deal,
                    .kind = "meeting",
                    .direction = "out",
                    .outcome = outcome == "NO_SHOW"    ? "no_show"
                               : outcome == "CANCELED" ? "cancelled"
                                                       : "held",
                    .text = in.words("hs_meeting_title", "hs_meeting_body")};
}

std::optional<TaskFact> task(const Engagement& in, std::optional<Timestamp> due) {
  if (in.text("hs_task_status") == "COMPLETED") return std::nullopt;
  const std::string type = in.text("hs_task_type");
  return TaskFact{.deal = in.deal,
                  .kind = type == "CALL"    ? "call"
                          : type == "EMAIL" ? "email"
                                            : "other",
                  .title = logged_title(in.text("hs_task_subject")),
                  .due = due,
                  .owner = in.text("hubspot_owner_id")};
}

}  // namespace

Result<std::vector<Fact>> read_logged(std::string_view what, const Node& item) {
  const std::string id = TRY(required_text(item, "id", "id"));
  const Engagement in{first_deal(item), item.find("properties")};
  if (!in.properties || in.properties->is_scalar()) return field_missing("properties");
  const std::string key = "exported:hubspot:" + std::string(what) + ":" + id;
  auto at = crm::first_time(*in.properties, {"hs_timestamp"});
  if (!at) at = crm::first_time(item, {"createdAt"});
  Fact fact = crm::ignored_fact(key, id, at, in.deal.empty() ? "of_no_deal" : "done_or_to_come");
  if (in.deal.empty()) return std::vector{fact};
  if (what == "note") {
    fact.content = LoggedFact{.deal = in.deal,
                              .kind = "note",
                              .direction = {},
                              .outcome = {},
                              .text = logged_text(in.text("hs_note_body"))};
  } else if (what == "call") {
    fact.content = call(in);
  } else if (what == "meeting") {
    if (auto held = meeting(in)) fact.content = *std::move(held);
  } else if (what == "task") {
    if (auto open = task(in, at)) fact.content = *std::move(open);
  } else {
    return export_not_known(what);
  }
  return std::vector{fact};
}

}  // namespace dealog::connectors::hubspot
