#include "projections/intake/intake_view.hpp"

#include <algorithm>
#include <array>

#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/mailbox_views.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/event/codec.hpp"
#include "libs/projection/mailbox_keys.hpp"
#include "libs/projection/row_reading.hpp"
#include "projections/intake/delivery_keys.hpp"

namespace dealog::views {
namespace {

constexpr std::array<std::string_view, 4> kSettledStates = {"accepted", "duplicate", "quarantined",
                                                            "ignored"};

template <class Message>
void read_secrets(const OpenedFields& opened, Source& source) {
  source.secrets_state = opened.state();
  source.secrets.clear();
  const auto* m = opened.as<Message>();
  if (!m || opened.state() != TextState::kShown) return;
  for (const auto& [name, value] : m->secrets()) source.secrets.emplace_back(name, value);
  std::ranges::sort(source.secrets);
}

Source read_source(const v1::SourceRow& row, const BoxOpener& opener) {
  const auto connected = opener.open(row.connected());
  Source source{.id = row.source(),
                .version = row.version(),
                .provider = row.provider(),
                .name = row.name(),
                .token_sha256 = row.token_sha256(),
                .settings_json = row.settings_json(),
                .removed = row.removed(),
                .created_at = {row.created_us()},
                .token = {connected.state(), {}},
                .secrets_state = TextState::kAbsent,
                .secrets = {},
                .counters = {},
                .last_received_at = std::nullopt};
  if (const auto* m = connected.as<v1::SourceConnected>())
    source.token = connected.text(m->token());
  if (row.secrets_changed()) {
    read_secrets<v1::SourceChanged>(opener.open(row.secrets()), source);
  } else {
    read_secrets<v1::SourceConnected>(connected, source);
  }
  return source;
}

Result<void> add_counters(const ViewReader& rows, Source& source) {
  const auto row = TRY(
      find_row<v1::SourceCountersRow>(rows, row_keys::key(row_keys::kSourceCounters, source.id)));
  if (!row) return {};
  source.counters = {.received = row->received(),
                     .pending = row->pending(),
                     .accepted = row->accepted(),
                     .duplicate = row->duplicate(),
                     .quarantined = row->quarantined(),
                     .ignored = row->ignored()};
  source.last_received_at = instant(row->last_received_us());
  return {};
}

Result<void> add_mailbox(const ViewReader& rows, Source& source) {
  const auto row =
      TRY(find_row<v1::MailboxRow>(rows, row_keys::key(row_keys::kMailbox, source.id)));
  if (!row) return {};
  source.mailbox = Mailbox{.connected = row->connected(),
                           .code = row->code(),
                           .failing_since = instant(row->failed_us()),
                           .last_read_at = instant(row->read_us()),
                           .mails = row->mails()};
  return {};
}

DeliverySummary read_summary(const v1::DeliveryRow& row) {
  DeliverySummary out{.id = row.delivery(),
                      .source = row.source(),
                      .state = row.state(),
                      .code = row.code(),
                      .first = row.first(),
                      .received_at = {row.received_us()},
                      .settled_at = instant(row.settled_us()),
                      .replays = row.replays(),
                      .results = {}};
  for (const auto& r : row.results()) {
    out.results.push_back(
        {r.event_id(), r.type(), r.deal(), r.person(), r.fact_kind(), r.already_known()});
  }
  return out;
}

SealedText sealed(const RecordedEvent& event, const std::string& value) {
  switch (event.seals[v1::RAW]) {
    case SealState::kAbsent:
      return {};
    case SealState::kOpened:
      return value.empty() ? SealedText{} : SealedText{TextState::kShown, value};
    case SealState::kClosed:
      return {TextState::kMasked, {}};
    case SealState::kErased:
      return {TextState::kErased, {}};
    case SealState::kLost:
      return {TextState::kLost, {}};
  }
  return {};
}

void add_event(const RecordedEvent& event, Delivery& delivery) {
  if (const auto* received = event.as<v1::DeliveryReceived>()) {
    delivery.delivery_key = sealed(event, received->delivery_key());
    delivery.method = received->method();
    delivery.suffix = received->suffix();
    delivery.content_type = received->content_type();
    delivery.body_bytes = received->body_bytes();
  } else if (const auto* accepted = event.as<v1::DeliveryAccepted>()) {
    delivery.normalised_json = sealed(event, accepted->normalised_json());
    delivery.reason = {};
  } else if (const auto* ignored = event.as<v1::DeliveryIgnored>()) {
    delivery.normalised_json = sealed(event, ignored->normalised_json());
    delivery.reason = {TextState::kShown, ignored->code()};
  } else if (const auto* quarantined = event.as<v1::DeliveryQuarantined>()) {
    delivery.reason = sealed(event, quarantined->reason());
  }
}

// The newest deliveries of one index below a position; `limit` at most.
struct Found {
  std::uint64_t position = 0;
  std::string delivery;
};

Result<void> collect(const ViewReader& rows, const std::string& prefix, std::uint64_t before,
                     std::size_t limit, std::vector<Found>& out) {
  std::size_t count = 0;
  std::string end = prefix;
  put_u64(end, before);
  return rows.scan(prefix, end, ScanOrder::kBackward,
                   [&](std::string_view key, std::string_view value) {
                     out.push_back({get_u64(key.substr(prefix.size())), std::string(value)});
                     return ++count < limit;
                   });
}

// Pending ones lie in the queue of all sources, by the position since which they are pending; few
// at any moment, unless intake stands still.
Result<void> collect_pending(const ViewReader& rows, std::string_view source, std::uint64_t before,
                             std::vector<Found>& out) {
  Result<void> looked;
  TRY(rows.scan_prefix(
      row_keys::kPending, ScanOrder::kForward, [&](std::string_view, std::string_view id) {
        auto row = find_row<v1::DeliveryRow>(rows, row_keys::key(row_keys::kDelivery, id));
        if (!row) {
          looked = fail(std::move(row).error());
          return false;
        }
        if (*row && (*row)->source() == source && (*row)->received_position() < before) {
          out.push_back({(*row)->received_position(), std::string(id)});
        }
        return true;
      }));
  return looked;
}

Result<std::uint64_t> read_before(const std::string& cursor) {
  if (cursor.empty()) return UINT64_MAX;
  const std::string key = TRY(read_cursor(cursor));
  if (key.size() != 8) {
    return fail(ErrorKind::kInvalid, "invalid_cursor", "not a cursor of deliveries");
  }
  return get_u64(key);
}

}  // namespace

Result<std::optional<Source>> IntakeView::source(std::string_view id) const {
  const auto row =
      TRY(find_row<v1::SourceRow>(context_.rows, row_keys::key(row_keys::kSource, id)));
  if (!row) return std::nullopt;
  Source source = read_source(*row, opener_);
  TRY(add_counters(context_.rows, source));
  TRY(add_mailbox(context_.rows, source));
  return source;
}

Result<Page<Source>> IntakeView::sources(const PageRequest& page) const {
  return page_of_rows<Source>(
      context_.rows, row_keys::kSource, page,
      [&](std::string_view, std::string_view value) -> Result<std::optional<Source>> {
        const auto row = TRY(parse_row<v1::SourceRow>(value));
        if (row.removed()) return std::nullopt;
        Source source = read_source(row, opener_);
        TRY(add_counters(context_.rows, source));
        TRY(add_mailbox(context_.rows, source));
        return source;
      });
}

Result<DeliveryCounters> IntakeView::totals() const {
  DeliveryCounters sum;
  TRY(visit_rows<v1::SourceCountersRow>(context_.rows, row_keys::kSourceCounters,
                                        ScanOrder::kForward,
                                        [&](std::string_view, const v1::SourceCountersRow& row) {
                                          sum.received += row.received();
                                          sum.pending += row.pending();
                                          sum.accepted += row.accepted();
                                          sum.duplicate += row.duplicate();
                                          sum.quarantined += row.quarantined();
                                          sum.ignored += row.ignored();
                                          return true;
                                        }));
  return sum;
}

Result<Page<DeliverySummary>> IntakeView::deliveries(std::string_view source,
                                                     std::string_view state,
                                                     const PageRequest& page) const {
  const std::uint64_t before = TRY(read_before(page.cursor));
  std::vector<Found> found;
  for (const auto settled : kSettledStates) {
    if (!state.empty() && state != settled) continue;
    TRY(collect(context_.rows, settled_under(source, settled), before, page.limit + 1, found));
  }
  if (state.empty() || state == "pending") {
    TRY(collect_pending(context_.rows, source, before, found));
  }
  std::ranges::sort(found, std::greater(), &Found::position);
  Page<DeliverySummary> out;
  if (found.size() > page.limit) {
    found.resize(page.limit);
    std::string key;
    put_u64(key, found.back().position);
    out.next_cursor = make_cursor(key);
  }
  for (const auto& entry : found) {
    const auto row = TRY(find_row<v1::DeliveryRow>(
        context_.rows, row_keys::key(row_keys::kDelivery, entry.delivery)));
    if (row) out.items.push_back(read_summary(*row));
  }
  return out;
}

Result<std::optional<Delivery>> IntakeView::delivery(std::string_view id,
                                                     const EventLog& log) const {
  const auto row =
      TRY(find_row<v1::DeliveryRow>(context_.rows, row_keys::key(row_keys::kDelivery, id)));
  if (!row) return std::nullopt;
  Delivery delivery;
  delivery.summary = read_summary(*row);
  delivery.decoder_version = row->decoder_version();
  const Open open = opener_.shows_personal() ? Open::kAll : Open::kNothing;
  Result<void> decoded;
  TRY(log.read_stream(id, StreamVersion{1}, Direction::kForward, SIZE_MAX,
                      [&](const StoredEvent& stored) {
                        auto event = decode(stored.record, open, &context_.keys);
                        if (!event) {
                          decoded = fail(std::move(event).error());
                          return false;
                        }
                        add_event(*event, delivery);
                        return true;
                      }));
  if (!decoded) return fail(std::move(decoded).error());
  return delivery;
}

Result<std::vector<PendingDelivery>> IntakeView::pending(Position after, std::size_t limit) const {
  std::vector<PendingDelivery> out;
  TRY(context_.rows.scan(
      row_keys::position_key(row_keys::kPending, after.value + 1), prefix_end(row_keys::kPending),
      ScanOrder::kForward, [&](std::string_view key, std::string_view id) {
        if (out.size() == limit) return false;
        out.push_back({.delivery = std::string(id),
                       .source = {},
                       .since = {get_u64(key.substr(row_keys::kPending.size()))}});
        return true;
      }));
  for (auto& pending : out) {
    const auto row = TRY(find_row<v1::DeliveryRow>(
        context_.rows, row_keys::key(row_keys::kDelivery, pending.delivery)));
    if (row) pending.source = row->source();
  }
  return out;
}

}  // namespace dealog::views
