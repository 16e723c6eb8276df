#include "services/dealog/source_metrics.hpp"

#include <algorithm>

#include "libs/metrics/metrics.hpp"
#include "projections/intake/fetch_view.hpp"
#include "projections/intake/intake_view.hpp"
#include "projections/leaks/silence.hpp"
#include "services/dealog/core.hpp"

namespace dealog {
namespace {

using metrics::Labels;
using metrics::Registry;

double seconds_between(Timestamp from, Timestamp to) {
  return std::max(0.0, static_cast<double>(to.us - from.us) / 1e6);
}

bool is_lit(const views::Source& source, Timestamp now) {
  const auto silent =
      views::silent_from(source.settings_json, source.last_received_at.value_or(source.created_at));
  return source.counters.quarantined > 0 || (silent && *silent <= now) ||
         (source.mailbox && !source.mailbox->code.empty());
}

void add_deliveries(Registry& registry, const views::Source& source, const Labels& labels) {
  const auto set = [&](const char* state, std::uint64_t value) {
    Labels with = labels;
    with["state"] = state;
    registry
        .gauge("dealog_source_deliveries",
               "Deliveries of a source in a state; received is the sum.", with)
        .set(static_cast<double>(value));
  };
  const auto& counters = source.counters;
  set("pending", counters.pending);
  set("accepted", counters.accepted);
  set("duplicate", counters.duplicate);
  set("quarantined", counters.quarantined);
  set("ignored", counters.ignored);
  registry.gauge("dealog_source_received", "Deliveries of a source, ever.", labels)
      .set(static_cast<double>(counters.received));
}

void add_mailbox(Registry& registry, const views::Source& source, Timestamp now) {
  const views::Mailbox& mailbox = *source.mailbox;
  const Labels labels{{"source", source.id}};
  registry.gauge("dealog_mailbox_connected", "1 while the mailbox can be read.", labels)
      .set(mailbox.connected ? 1 : 0);
  registry.gauge("dealog_mailbox_mails", "Mails that came of the mailbox, ever.", labels)
      .set(static_cast<double>(mailbox.mails));
  if (!mailbox.last_read_at) return;
  registry.gauge("dealog_mailbox_last_read_age_seconds", "Since a mail was read last.", labels)
      .set(seconds_between(*mailbox.last_read_at, now));
}

void add_source(Registry& registry, const views::Source& source, Timestamp now) {
  const Labels labels{{"source", source.id}, {"provider", source.provider}};
  add_deliveries(registry, source, labels);
  if (source.last_received_at) {
    registry.gauge("dealog_source_last_received_age_seconds", "Since its last delivery.", labels)
        .set(seconds_between(*source.last_received_at, now));
  }
  registry
      .gauge("dealog_source_lamp",
             "1 when something is in quarantine, it is silent for too long, or its mailbox fails.",
             labels)
      .set(is_lit(source, now) ? 1 : 0);
  if (source.mailbox) add_mailbox(registry, source, now);
}

Result<void> add_fetches(Registry& registry, const Core& core, const ViewContext& context) {
  std::uint64_t given_up = 0;
  for (const auto& [kind, name] :
       {std::pair{views::FetchKind::kDelivery, "delivery"}, {views::FetchKind::kFile, "file"}}) {
    const auto counts = TRY(views::FetchView(context).counts(kind));
    const std::uint64_t running = std::min<std::uint64_t>(core.fetching(kind), counts.waiting);
    const auto set = [&](const char* state, std::uint64_t value) {
      registry
          .gauge("dealog_fetches",
                 "What providers are to be asked for, by what the answer becomes; given_up waits "
                 "for a person.",
                 Labels{{"kind", name}, {"state", state}})
          .set(static_cast<double>(value));
    };
    set("waiting", counts.waiting - running);
    set("running", running);
    set("given_up", counts.given_up);
    given_up += counts.given_up;
  }
  registry.gauge("dealog_fetches_given_up", "Fetches that wait for a person.")
      .set(static_cast<double>(given_up));
  return {};
}

// The oldest first, whose series somebody may have alerts on.
Result<std::vector<views::Source>> all_sources(const ViewContext& context) {
  std::vector<views::Source> sources;
  PageRequest request{.limit = limits::kPageItems};
  for (;;) {
    auto page = TRY(views::IntakeView(context).sources(request));
    std::ranges::move(page.items, std::back_inserter(sources));
    if (!page.next_cursor) break;
    request.cursor = *page.next_cursor;
  }
  std::ranges::sort(sources, {}, [](const auto& one) { return std::pair(one.created_at, one.id); });
  return sources;
}

}  // namespace

std::string render_sources(Core& core) {
  const auto snapshot = core.views().snapshot();
  if (!snapshot) return {};
  const Timestamp now = core.clock().now();
  const ViewContext context{.rows = **snapshot, .keys = core.keys(), .at = now};
  const auto sources = all_sources(context);
  Registry registry;
  if (!sources || !add_fetches(registry, core, context)) return {};
  registry.gauge("dealog_sources", "Sources that are connected.")
      .set(static_cast<double>(sources->size()));
  const std::size_t measured = std::min(sources->size(), kMeasuredSources);
  for (std::size_t i = 0; i < measured; ++i) add_source(registry, (*sources)[i], now);
  return registry.render();
}

}  // namespace dealog
