#include "libs/connectors/amocrm/rows.hpp"

#include <algorithm>
#include <array>

#include "libs/base/text.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::amocrm {
namespace {

// Besides these a body holds "account" and, of the digital pipeline, "event" and "action".
constexpr std::array<std::string_view, 13> kEntities{
    "leads",    "contacts", "companies", "customers", "catalogs",      "unsorted", "message",
    "outgoing", "talk",     "task",      "tasks",     "chat_template", "note"};

std::string account_of(const Node& body) {
  std::string account = body.text_of({"account", "id"}).value_or("");
  if (account.empty()) account = first_text(body, {"account_id"});
  return account;
}

// {"event": {"type", "data": {"id", "element_type", "status_id", "pipeline_id"}, "time"}}.
void add_pipeline_event(const Node& body, const Row& common, std::vector<Row>& rows) {
  const Node* event = body.find("event");
  const Node* data = event ? event->find("data") : nullptr;
  if (!data || data->is_scalar()) return;
  const std::string type = data->text_of("element_type").value_or("2");
  Row row = common;
  row.entity = type == "2" ? "leads" : type == "1" ? "contacts" : "customers";
  row.action = type == "2" ? "status" : "event";
  row.node = data;
  rows.push_back(std::move(row));
}

// Nothing of ours changes; the reason names the entity and what happened to it.
Fact ignored_row(const Row& row) {
  return crm::ignored_fact(
      row.key(), row.id(),
      crm::first_time(*row.node, {"last_modified", "updated_at", "created_at"}),
      row.entity + "_" + row.action + "_not_used");
}

std::vector<Fact> lead_rows(const Row& row, const SourceSettings& settings) {
  if (row.action == "add") return {lead_fact(row, settings)};
  if (row.action == "note") return {note_fact(row, settings)};
  if (row.action == "delete") {
    return {crm::ignored_fact(row.key(), row.id(), std::nullopt, "deal_deleted")};
  }
  for (const std::string_view known : {"status", "update", "responsible", "restore"}) {
    if (row.action == known) return {stage_fact(row, settings)};
  }
  return {ignored_row(row)};
}

std::vector<Fact> contact_rows(const Row& row, const SourceSettings& settings) {
  if (row.action == "note") return {note_fact(row, settings)};
  if (row.action == "delete") {
    return {crm::ignored_fact(row.key(), row.id(), std::nullopt, "contact_deleted")};
  }
  for (const std::string_view known : {"add", "update", "responsible", "restore"}) {
    if (row.action == known) return {contact_fact(row, settings)};
  }
  return {ignored_row(row)};
}

}  // namespace

std::string Row::text(std::string_view key) const { return first_text(*node, {key}); }

std::string Row::id() const {
  if (action == "note") {
    return node->text_of({"note", "id"}).value_or(first_text(*node, {"id"}));
  }
  if (entity == "unsorted") return first_text(*node, {"uid", "id"});
  if (entity == "talk") return first_text(*node, {"talk_id", "id"});
  return first_text(*node, {"id"});
}

std::string Row::key() const {
  const std::string head = "amocrm:" + account + ":";
  if (entity == "message" && action == "add") return delivery_key(head + "message", id());
  std::string what = entity + ":" + action + ":" + id();
  const std::string old_status = text("old_status_id");
  if (entity == "leads" && (action == "status" || !old_status.empty())) {
    what += ":" + old_status + ">" + text("status_id");
  }
  if (action == "responsible") {
    what += ":" + text("old_responsible_user_id") + ">" + text("responsible_user_id");
  }
  const bool once = action == "add" || action == "note" || entity == "unsorted";
  if (!once) {
    const std::string time = first_text(*node, {"last_modified", "updated_at", "created_at"});
    what += ":" + (time.empty() ? minute : time);
  }
  return delivery_key(head.substr(0, head.size() - 1), what);
}

std::string lead_scope(const std::string& id) { return delivery_key("amocrm:lead", id); }

std::vector<Row> rows_of(const Node& body, const Delivery& delivery) {
  Row common;
  common.account = account_of(body);
  common.minute = delivery.received_at.rfc3339().substr(0, 16) + "Z";
  const std::string subdomain =
      body.text_of({"account", "subdomain"}).value_or(first_text(body, {"subdomain"}));
  std::vector<Row> rows;
  for (const auto& [entity, actions] : body.entries) {
    if (std::ranges::find(kEntities, entity) == kEntities.end() || actions.is_scalar()) continue;
    for (const auto& [action, list] : actions.entries) {
      if (list.is_scalar()) continue;
      for (const auto& [index, node] : list.entries) {
        if (node.kind != Node::Kind::kMap) continue;
        Row row = common;
        row.entity = entity;
        row.action = action;
        row.node = &node;
        rows.push_back(std::move(row));
      }
    }
  }
  add_pipeline_event(body, common, rows);
  for (auto& row : rows) {
    if (row.account.empty()) row.account = row.text("account_id");
    if (row.account.empty()) row.account = subdomain;
  }
  return rows;
}

Result<std::vector<Fact>> facts_of(const Row& row, const SourceSettings& settings) {
  if (row.id().empty()) return field_missing(row.entity + "." + row.action + ".id");
  if (row.entity == "leads") return lead_rows(row, settings);
  if (row.entity == "contacts" || row.entity == "companies") return contact_rows(row, settings);
  if (row.entity == "unsorted") {
    if (row.action == "add") return std::vector{incoming_fact(row, settings)};
    if (row.action == "delete") return std::vector{incoming_end_fact(row)};
  }
  if (row.entity == "message" && (row.action == "add" || row.action == "update")) {
    return std::vector{message_fact(row)};
  }
  return std::vector{ignored_row(row)};
}

}  // namespace dealog::connectors::amocrm
