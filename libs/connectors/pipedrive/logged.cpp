// Notes and activities of deals, as GET /v1/notes and /api/v2/activities list them.
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/export/export.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/pipedrive/event.hpp"

namespace dealog::connectors::pipedrive {
namespace {

bool is_true(const Node& item, std::string_view key) {
  const std::string text = first_text(item, {key});
  return text == "true" || text == "1";
}

Fact note(const Node& item, const std::string& key, const std::string& id) {
  return {key,
          id,
          crm::first_time(item, {"add_time"}),
          {},
          LoggedFact{.deal = crm::id_of(item, "deal_id"),
                     .kind = "note",
                     .direction = {},
                     .outcome = {},
                     .text = logged_text(first_text(item, {"content"}))}};
}

// The day and the time of day are apart, both in UTC; a day without a time ends with it.
std::optional<Timestamp> due_of(const Node& item) {
  const std::string date = first_text(item, {"due_date"});
  const std::string time = first_text(item, {"due_time"});
  if (date.empty()) return std::nullopt;
  return crm::time_of(date + " " + (time.empty() ? "23:59" : time.substr(0, 5)) + ":00");
}

// Companies name types of their own; those that everybody has are told apart.
std::string kind_of(std::string_view type) {
  for (const std::string_view known : {"call", "meeting", "email"}) {
    if (type == known) return std::string(known);
  }
  return type == "lunch" ? "meeting" : "";
}

std::string outcome_of(std::string_view kind) {
  if (kind == "call") return "connected";
  if (kind == "meeting") return "held";
  return kind == "email" ? "sent" : "";
}

Fact activity(const Node& item, const std::string& key, const std::string& id) {
  const std::string kind = kind_of(first_text(item, {"type"}));
  const std::string subject = first_text(item, {"subject"});
  const std::string deal = crm::id_of(item, "deal_id");
  if (!is_true(item, "done")) {
    std::string owner = crm::id_of(item, "owner_id");
    if (owner.empty()) owner = crm::id_of(item, "user_id");
    return {key,
            id,
            crm::first_time(item, {"add_time"}),
            {},
            TaskFact{.deal = deal,
                     .kind = kind.empty() ? "other" : kind,
                     .title = logged_title(subject),
                     .due = due_of(item),
                     .owner = owner}};
  }
  auto at = crm::first_time(item, {"marked_as_done_time"});
  if (!at) at = due_of(item);
  LoggedFact logged{.deal = deal,
                    .kind = kind.empty() ? "note" : kind,
                    .direction = kind.empty() ? "" : "out",
                    .outcome = outcome_of(kind),
                    .text = logged_text(subject + "<br>" + first_text(item, {"note"}))};
  if (const auto length = first_text(item, {"duration"}); kind == "call" && length.size() >= 5) {
    logged.duration_s =
        seconds_of(length.substr(0, 2)) * 3600 + seconds_of(length.substr(3, 2)) * 60;
  }
  return {key, id, at, {}, std::move(logged)};
}

}  // namespace

Result<std::vector<Fact>> read_logged(std::string_view what, const Node& item) {
  const std::string id = TRY(required_text(item, "id", "id"));
  const std::string key = "exported:pipedrive:" + std::string(what) + ":" + id;
  if (crm::id_of(item, "deal_id").empty()) {
    return std::vector{crm::ignored_fact(key, id, {}, "of_no_deal")};
  }
  return std::vector{what == "note" ? note(item, key, id) : activity(item, key, id)};
}

}  // namespace dealog::connectors::pipedrive
