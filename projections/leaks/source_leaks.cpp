#include "projections/leaks/source_leaks.hpp"

#include "dealog/v1/effect_views.pb.h"
#include "dealog/v1/mailbox_views.pb.h"
#include "dealog/v1/views.pb.h"
#include "libs/projection/effect_keys.hpp"
#include "libs/projection/mailbox_keys.hpp"
#include "projections/leaks/silence.hpp"

namespace dealog::views {
namespace {

Result<void> add_deliveries(const ViewReader& rows, const LeakFilter& filter,
                            std::vector<Leak>& out) {
  std::vector<std::string> sources, ids;
  TRY(rows.scan_prefix(row_keys::kSourceCounters, ScanOrder::kForward,
                       [&](std::string_view key, std::string_view) {
                         sources.emplace_back(key.substr(row_keys::kSourceCounters.size()));
                         return true;
                       }));
  for (const auto& source : sources) {
    if (!filter.source.empty() && filter.source != source) continue;
    const auto quarantined = row_keys::key(row_keys::kSettled, source, "quarantined");
    TRY(rows.scan_prefix(row_keys::under(quarantined, ""), ScanOrder::kForward,
                         [&](std::string_view, std::string_view id) {
                           ids.emplace_back(id);
                           return true;
                         }));
  }
  return look_up<v1::DeliveryRow>(rows, row_keys::kDelivery, ids, [&](const v1::DeliveryRow& row) {
    Leak& leak = out.emplace_back();
    leak.id = leak.delivery = row.delivery();
    leak.source = row.source();
    leak.since = {row.settled_us()};
  });
}

Result<void> add_fetches(const ViewReader& rows, const LeakFilter& filter, std::vector<Leak>& out) {
  std::vector<std::string> ids;
  TRY(rows.scan_prefix(row_keys::kFetchGivenUp, ScanOrder::kForward,
                       [&](std::string_view key, std::string_view) {
                         ids.emplace_back(key.substr(row_keys::kFetchGivenUp.size()));
                         return true;
                       }));
  return look_up<v1::FetchRow>(rows, row_keys::kFetch, ids, [&](const v1::FetchRow& row) {
    if (!filter.source.empty() && filter.source != row.source()) return;
    Leak& leak = out.emplace_back();
    leak.id = leak.fetch = row.fetch();
    leak.source = row.source();
    leak.since = {row.requested_us()};
  });
}

// What rules could not send, or what may have arrived.
Result<void> add_effects(const ViewReader& rows, const LeakFilter& filter, std::vector<Leak>& out) {
  if (!filter.source.empty()) return {};
  std::vector<std::string> ids;
  TRY(rows.scan_prefix(row_keys::kEffectDead, ScanOrder::kForward,
                       [&](std::string_view, std::string_view id) {
                         ids.emplace_back(id);
                         return true;
                       }));
  return look_up<v1::EffectRow>(rows, row_keys::kEffect, ids, [&](const v1::EffectRow& row) {
    Leak& leak = out.emplace_back();
    leak.id = leak.effect = row.effect();
    leak.deal = row.deal();
    leak.pipeline = row.pipeline();
    leak.since = {row.ended_us()};
  });
}

Result<void> add_silent_sources(const ViewReader& rows, const LeakFilter& filter, Timestamp at,
                                std::vector<Leak>& out) {
  return visit_rows<v1::SourceRow>(
      rows, row_keys::kSource, ScanOrder::kForward,
      [&](std::string_view, const v1::SourceRow& row) {
        if (row.removed()) return true;
        if (!filter.source.empty() && filter.source != row.source()) return true;
        const auto counters = find_row<v1::SourceCountersRow>(
            rows, row_keys::key(row_keys::kSourceCounters, row.source()));
        const bool heard = counters && *counters && (*counters)->last_received_us() != 0;
        const auto silent = silent_from(
            row.settings_json(), {heard ? (*counters)->last_received_us() : row.created_us()});
        if (!silent || !is_reached(silent->us, at)) return true;
        Leak& leak = out.emplace_back();
        leak.id = leak.source = row.source();
        leak.since = *silent;
        return true;
      });
}

Result<void> add_mailboxes(const ViewReader& rows, const LeakFilter& filter,
                           std::vector<Leak>& out) {
  std::vector<Leak> failing;
  TRY(visit_rows<v1::MailboxRow>(rows, row_keys::kMailbox, ScanOrder::kForward,
                                 [&](std::string_view, const v1::MailboxRow& row) {
                                   if (row.failed_us() == 0) return true;
                                   if (!filter.source.empty() && filter.source != row.source())
                                     return true;
                                   Leak& leak = failing.emplace_back();
                                   leak.id = leak.source = row.source();
                                   leak.since = {row.failed_us()};
                                   return true;
                                 }));
  for (auto& leak : failing) {
    const auto source =
        TRY(find_row<v1::SourceRow>(rows, row_keys::key(row_keys::kSource, leak.source)));
    if (source && !source->removed()) out.push_back(std::move(leak));
  }
  return {};
}

}  // namespace

Result<void> add_source_leaks(const ViewContext& context, const LeakFilter& filter,
                              std::vector<Leak>& out) {
  TRY(add_deliveries(context.rows, filter, out));
  TRY(add_fetches(context.rows, filter, out));
  TRY(add_effects(context.rows, filter, out));
  TRY(add_mailboxes(context.rows, filter, out));
  return add_silent_sources(context.rows, filter, context.at, out);
}

}  // namespace dealog::views
