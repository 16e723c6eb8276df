#include "projections/automation/effects_view.hpp"

#include <algorithm>

#include "dealog/v1/effect_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/projection/effect_keys.hpp"
#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

constexpr std::size_t kPositionBytes = 8;
// Endpoints whose queues are looked at; a company has a handful.
constexpr std::size_t kEndpoints = 200;

WebhookEndpoint endpoint_of(const v1::WebhookEndpointRow& row) {
  return {.id = row.endpoint(),
          .code = row.code(),
          .name = row.name(),
          .disabled = row.disabled(),
          .created_at = {row.created_us()},
          .previous_until = instant(row.previous_until_us()),
          .version = row.version()};
}

}  // namespace

Effect EffectsView::read(const v1::EffectRow& row) const {
  const auto opened = opener_.open(row.texts());
  const auto* fields = opened.as<v1::EffectPlanned>();
  return {.id = row.effect(),
          .channel = row.channel(),
          .kind = row.kind(),
          .deal = row.deal(),
          .rule = row.rule(),
          .pipeline = row.pipeline(),
          .person = row.person(),
          .user = row.user(),
          .endpoint = row.endpoint(),
          .document = row.document(),
          .status = row.status(),
          .attempts = row.attempts(),
          .reason = row.reason(),
          .answer = row.answer(),
          .next_at = instant(row.next_us()),
          .planned_at = {row.planned_us()},
          .ended_at = instant(row.ended_us()),
          .position = {row.position()},
          .title = opened.text(fields ? fields->title() : std::string()),
          .text = opened.text(fields ? fields->text() : std::string())};
}

Result<std::optional<Effect>> EffectsView::effect(std::string_view id) const {
  const auto row =
      TRY(find_row<v1::EffectRow>(context_.rows, row_keys::key(row_keys::kEffect, id)));
  if (!row) return std::nullopt;
  return read(*row);
}

Result<std::vector<std::string>> EffectsView::due(std::string_view channel, std::size_t hold_above,
                                                  std::size_t limit) const {
  const auto row =
      TRY(find_row<v1::BacklogRow>(context_.rows, row_keys::key(row_keys::kBacklog, channel)));
  const std::uint64_t released = row ? row->released_until() : 0;
  const std::string begin = row_keys::under(row_keys::kEffectDue, channel);
  std::string end = begin;
  put_u64(end, static_cast<std::uint64_t>(context_.at.us) + 1);
  std::vector<std::string> all, let_go;
  std::size_t unasked = 0;
  TRY(context_.rows.scan(begin, end, ScanOrder::kForward,
                         [&](std::string_view, std::string_view value) {
                           const std::string_view id = value.substr(kPositionBytes);
                           const bool may = get_u64(value) <= released;
                           unasked += may ? 0 : 1;
                           if (all.size() < limit) all.emplace_back(id);
                           if (may && let_go.size() < limit) let_go.emplace_back(id);
                           return unasked <= hold_above || let_go.size() < limit;
                         }));
  return unasked > hold_above ? let_go : all;
}

Result<std::vector<EffectsView::Due>> EffectsView::due_heads() const {
  std::vector<std::string> enabled;
  TRY(visit_rows<v1::WebhookEndpointRow>(context_.rows, row_keys::kEndpoint, ScanOrder::kForward,
                                         [&](std::string_view, const v1::WebhookEndpointRow& row) {
                                           if (row.disabled().empty())
                                             enabled.push_back(row.endpoint());
                                           return enabled.size() < kEndpoints;
                                         }));
  std::vector<Due> heads;
  for (const auto& endpoint : enabled) {
    std::string first;
    TRY(context_.rows.scan_prefix(row_keys::under(row_keys::kEndpointQueue, endpoint),
                                  ScanOrder::kForward,
                                  [&](std::string_view, std::string_view value) {
                                    first = value;
                                    return false;
                                  }));
    if (first.empty()) continue;
    const auto found = TRY(effect(first));
    if (!found || found->status != "waiting") continue;
    const Timestamp due = found->next_at.value_or(found->planned_at);
    if (due <= context_.at) heads.emplace_back(due, std::move(first));
  }
  std::ranges::sort(heads);
  return heads;
}

// Whoever waits longest comes first, so that a busy endpoint does not starve another.
Result<std::vector<std::string>> EffectsView::due_of_endpoints(std::size_t limit) const {
  std::vector<std::string> out;
  for (auto& [due, id] : TRY(due_heads())) {
    if (out.size() < limit) out.push_back(std::move(id));
  }
  return out;
}

Result<EffectTotals> EffectsView::totals(std::string_view channel) const {
  EffectTotals out;
  const auto row = TRY(find_row<v1::EffectTotalsRow>(
      context_.rows, row_keys::key(row_keys::kEffectTotals, channel)));
  if (!row) return out;
  out = {.waiting = row->waiting(),
         .sending = row->sending(),
         .delivered = row->delivered(),
         .failed = row->failed(),
         .unknown = row->unknown(),
         .skipped = row->skipped(),
         .attempts = row->attempts(),
         .due_since = std::nullopt};
  if (channel == "webhook") {
    const auto heads = TRY(due_heads());
    if (!heads.empty()) out.due_since = heads.front().first;
    return out;
  }
  const std::string prefix = row_keys::under(row_keys::kEffectDue, channel);
  TRY(context_.rows.scan_prefix(
      prefix, ScanOrder::kForward, [&](std::string_view key, std::string_view) {
        const Timestamp due{static_cast<std::int64_t>(get_u64(key.substr(prefix.size())))};
        if (due <= context_.at) out.due_since = due;
        return false;
      }));
  return out;
}

Result<std::vector<std::string>> EffectsView::sending(std::string_view channel,
                                                      std::size_t limit) const {
  std::vector<std::string> out;
  TRY(context_.rows.scan_prefix(row_keys::under(row_keys::kEffectOpen, channel),
                                ScanOrder::kForward, [&](std::string_view, std::string_view value) {
                                  out.emplace_back(value);
                                  return out.size() < limit;
                                }));
  return out;
}

Result<Backlog> EffectsView::backlog(std::string_view channel, std::size_t hold_above) const {
  Backlog backlog;
  const auto row =
      TRY(find_row<v1::BacklogRow>(context_.rows, row_keys::key(row_keys::kBacklog, channel)));
  backlog.released_until = {row ? row->released_until() : 0};
  if (channel == "webhook") {
    TRY(context_.rows.scan_prefix(
        row_keys::kEndpointQueue, ScanOrder::kForward,
        [&](std::string_view, std::string_view) { return ++backlog.waiting < kBacklogCounted; }));
    return backlog;
  }
  const std::string prefix = row_keys::under(row_keys::kEffectDue, channel);
  std::size_t unasked = 0;
  TRY(context_.rows.scan_prefix(
      prefix, ScanOrder::kForward, [&](std::string_view key, std::string_view value) {
        ++backlog.waiting;
        const bool due =
            get_u64(key.substr(prefix.size())) <= static_cast<std::uint64_t>(context_.at.us);
        unasked += due && get_u64(value) > backlog.released_until.value ? 1 : 0;
        return backlog.waiting < kBacklogCounted;
      }));
  backlog.held = unasked > hold_above;
  return backlog;
}

Result<Page<Effect>> EffectsView::dead(std::string_view deal, const PageRequest& page) const {
  return page_of_rows<Effect>(
      context_.rows, row_keys::kEffectDead, page,
      [&](std::string_view, std::string_view id) -> Result<std::optional<Effect>> {
        auto found = TRY(effect(id));
        if (!found || (!deal.empty() && found->deal != deal)) return std::nullopt;
        return found;
      });
}

Result<Page<Effect>> EffectsView::of_deal(std::string_view deal, const PageRequest& page) const {
  return page_of_rows<Effect>(context_.rows, row_keys::under(row_keys::kEffectOfDeal, deal), page,
                              [&](std::string_view, std::string_view id) { return effect(id); });
}

Result<Page<Effect>> EffectsView::of_endpoint(std::string_view endpoint,
                                              const PageRequest& page) const {
  return page_of_rows<Effect>(context_.rows, row_keys::under(row_keys::kEndpointLog, endpoint),
                              page,
                              [&](std::string_view, std::string_view id) { return effect(id); });
}

Result<std::vector<std::string>> EffectsView::planned_after(std::string_view endpoint,
                                                            Position after,
                                                            std::size_t limit) const {
  const std::string prefix = row_keys::under(row_keys::kEndpointLog, endpoint);
  std::string begin = prefix;
  put_u64(begin, after.value + 1);
  std::vector<std::string> out;
  TRY(context_.rows.scan(begin, prefix_end(prefix), ScanOrder::kForward,
                         [&](std::string_view, std::string_view value) {
                           out.emplace_back(value);
                           return out.size() < limit;
                         }));
  return out;
}

Result<std::optional<WebhookEndpoint>> EffectsView::endpoint(std::string_view id) const {
  const auto row =
      TRY(find_row<v1::WebhookEndpointRow>(context_.rows, row_keys::key(row_keys::kEndpoint, id)));
  if (!row) return std::nullopt;
  return endpoint_of(*row);
}

Result<Page<WebhookEndpoint>> EffectsView::endpoints(const PageRequest& page) const {
  return page_of_rows<WebhookEndpoint>(
      context_.rows, row_keys::kEndpoint, page,
      [](std::string_view, std::string_view value) -> Result<std::optional<WebhookEndpoint>> {
        return endpoint_of(TRY(parse_row<v1::WebhookEndpointRow>(value)));
      });
}

}  // namespace dealog::views
