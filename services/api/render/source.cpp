#include "services/api/render/source.hpp"

#include <fmt/format.h>

#include "services/api/render/mailbox.hpp"

namespace dealog::api {
namespace {

// Stored by ourselves, so it is JSON; anything else reads as nothing.
json::value parsed(const std::string& text) {
  json::error_code error;
  json::value value = json::parse(text, error);
  return error ? json::value(nullptr) : value;
}

json::object counters_of(const views::DeliveryCounters& counters) {
  return {{"received", counters.received},       {"pending", counters.pending},
          {"accepted", counters.accepted},       {"duplicate", counters.duplicate},
          {"quarantined", counters.quarantined}, {"ignored", counters.ignored}};
}

}  // namespace

std::string hook_url(std::string_view source, std::string_view token) {
  return fmt::format("/hooks/{}/{}", source, token);
}

json::object render(const views::Source& source, bool with_address, Language language) {
  json::object out{{"id", source.id},
                   {"version", source.version},
                   {"provider", source.provider},
                   {"name", source.name},
                   {"settings", parsed(source.settings_json)},
                   {"deliveries", counters_of(source.counters)},
                   {"last_received_at", render(source.last_received_at)},
                   {"created_at", render(source.created_at)}};
  const json::value& settings = out.at("settings");
  if (settings.is_object() && settings.get_object().contains("mailbox")) {
    out["mailbox"] = render(source.mailbox.value_or(views::Mailbox{}), language);
  }
  if (with_address && source.token.is_shown()) {
    out["hook_url"] = hook_url(source.id, source.token.value);
  }
  return out;
}

json::object render(const views::DeliverySummary& delivery) {
  json::array results;
  for (const auto& result : delivery.results) {
    json::object item{{"event_id", result.event_id},
                      {"type", result.type},
                      {"fact", result.fact_kind},
                      {"already_known", result.already_known}};
    if (!result.deal.empty()) item["deal"] = result.deal;
    if (!result.person.empty()) item["person"] = result.person;
    results.push_back(std::move(item));
  }
  return {{"id", delivery.id},
          {"source", delivery.source},
          {"received_at", render(delivery.received_at)},
          {"settled_at", render(delivery.settled_at)},
          {"state", delivery.state},
          {"code", or_null(delivery.code)},
          {"first", or_null(delivery.first)},
          {"replays", delivery.replays},
          {"results", std::move(results)}};
}

json::object render(const views::Delivery& delivery) {
  json::object out = render(delivery.summary);
  out["delivery_key"] = render(delivery.delivery_key);
  out["normalised"] = delivery.normalised_json.is_shown() ? parsed(delivery.normalised_json.value)
                                                          : veil(delivery.normalised_json.state);
  if (out["normalised"].is_null()) out["normalised"] = json::array();
  out["reason"] = render(delivery.reason);
  out["method"] = delivery.method;
  out["suffix"] = delivery.suffix;
  out["content_type"] = delivery.content_type;
  out["body_bytes"] = delivery.body_bytes;
  out["decoder_version"] = delivery.decoder_version;
  return out;
}

}  // namespace dealog::api
