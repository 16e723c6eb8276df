// Notes and tasks of deals, as GET /api/v4/leads/notes and /api/v4/tasks list them.
#include <charconv>

#include "libs/base/text.hpp"
#include "libs/connectors/amocrm/rows.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/export/export.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::amocrm {
namespace {

// call_status 4 is a conversation, 6 nobody took it up, 7 the line was busy.
std::string outcome_of_call(const Node& params, std::uint32_t seconds) {
  const std::string status = first_text(params, {"call_status"});
  if (status == "4") return "connected";
  if (status == "7") return "busy";
  if (!status.empty()) return "no_answer";
  return seconds > 0 ? "connected" : "no_answer";
}

Fact note(const Node& item) {
  const std::string id = crm::id_of(item, "id");
  const std::string type = first_text(item, {"note_type"});
  const auto at = crm::first_time(item, {"created_at"});
  const std::string key = "exported:amocrm:note:" + id;
  const Node* params = item.find("params");
  const bool call = type == "call_in" || type == "call_out";
  const bool sms = type == "sms_in" || type == "sms_out";
  if (!params || params->is_scalar() || !(call || sms || type == "common")) {
    return crm::ignored_fact(key, id, at, "note_not_used");
  }
  LoggedFact logged{.deal = crm::id_of(item, "entity_id"),
                    .kind = call  ? "call"
                            : sms ? "message"
                                  : "note",
                    .direction = {},
                    .outcome = {},
                    .text = logged_text(first_text(*params, {"text", "call_result"}))};
  if (call || sms) logged.direction = type.ends_with("_in") ? "in" : "out";
  if (sms) logged.outcome = logged.direction == "in" ? "received" : "sent";
  if (call) {
    logged.duration_s = seconds_of(first_text(*params, {"duration"}));
    logged.outcome = outcome_of_call(*params, logged.duration_s);
  }
  return {key, id, at, {}, std::move(logged)};
}

Fact task(const Node& item) {
  const std::string id = crm::id_of(item, "id");
  const auto at = crm::first_time(item, {"created_at"});
  const std::string key = "exported:amocrm:task:" + id;
  const std::string type = first_text(item, {"entity_type"});
  if (type != "leads") return crm::ignored_fact(key, id, at, "task_of_no_deal");
  if (first_text(item, {"is_completed"}) == "true") {
    return crm::ignored_fact(key, id, at, "task_done");
  }
  const std::string sort = first_text(item, {"task_type_id"});
  return {key,
          id,
          at,
          {},
          TaskFact{.deal = crm::id_of(item, "entity_id"),
                   .kind = sort == "1"   ? "call"
                           : sort == "2" ? "meeting"
                                         : "other",
                   .title = logged_title(first_text(item, {"text"})),
                   .due = crm::first_time(item, {"complete_till"}),
                   .owner = crm::id_of(item, "responsible_user_id")}};
}

}  // namespace

Result<std::vector<Fact>> read_logged(std::string_view what, const Node& item) {
  if (what == "note") return std::vector{note(item)};
  if (what == "task") return std::vector{task(item)};
  return export_not_known(what);
}

}  // namespace dealog::connectors::amocrm
