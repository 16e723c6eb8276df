#include "services/webhooks/in_hand.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/invalid_input.hpp"
#include "libs/connectors/export/export.hpp"

namespace dealog::webhooks {

bool is_passing(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kUnknown ||
         error.code == "version_conflict" || error.code == "log_stopped";
}

namespace {

using connectors::Fact;

// What is kept of a delivery of many facts beside its effects, which are all carried out. An event
// holds a megabyte, and a delivery that cannot be settled would hold up all others.
constexpr std::size_t kShownJsonBytes = 640 << 10;
constexpr std::size_t kShownResults = 1'500;  // about 150 bytes each

constexpr std::size_t kShownRefusals = 20;

// The last element tells of how many facts nothing is shown.
std::string normalised_json(const std::vector<Fact>& facts) {
  std::string out = "[";
  std::size_t shown = 0;
  for (; shown < facts.size(); ++shown) {
    const std::string one = boost::json::serialize(normalised(facts[shown]));
    if (out.size() + one.size() > kShownJsonBytes) break;
    out += (shown == 0 ? "" : ",") + one;
  }
  if (shown < facts.size()) {
    out += fmt::format("{}{{\"kind\":\"not_shown\",\"facts\":{}}}", shown == 0 ? "" : ",",
                       facts.size() - shown);
  }
  return out + "]";
}

// The first of them; the others are in the delivery itself.
std::string refusals_of(const std::vector<std::string>& refused) {
  std::string out;
  for (std::size_t i = 0; i < std::min(refused.size(), kShownRefusals); ++i) {
    out += (i == 0 ? "" : "; ") + refused[i];
  }
  if (refused.size() > kShownRefusals) {
    out += fmt::format("; and {} more", refused.size() - kShownRefusals);
  }
  return out;
}

}  // namespace

Result<std::optional<InHand>> InHand::take(const Folds& folds, const SourceBook& sources,
                                           const DeliveryId& id) {
  const auto state = TRY(folds.current<delivery::State>(id.text()));
  if (state->status != delivery::Status::kPending) return std::nullopt;
  InHand taken{.id = id,
               .replays = state->replays,
               .source = TRY(sources.find_any(state->source)),
               .stored = TRY(read_delivery(folds, id))};
  if (!taken.stored) return taken;
  auto facts =
      connectors::decode(*taken.source->provider, taken.stored->delivery, taken.source->settings);
  if (facts) {
    taken.facts = *std::move(facts);
  } else {
    taken.failed = std::move(facts).error();
  }
  return taken;
}

bool InHand::is_left() const { return failed && is_passing(*failed); }

CommandBus::Work InHand::work_of(const Fact& fact, CommandBus::Work effect) {
  const bool is_last = next_fact == facts.size() && refused.empty();
  return [this, &fact, is_last, effect = std::move(effect)](Unit& unit) mutable -> Result<void> {
    TRY(effect(unit));
    if (unit.emitted().empty()) return {};
    result = result_of(fact, unit);
    if (!is_last) return {};
    return use_cases::settle_delivery(unit, id, acceptance(&*result));
  };
}

void InHand::take_outcome(const Folds& folds) {
  if (!outcome) return;
  const Result<Outcome> ended = *std::exchange(outcome, std::nullopt);
  if (const auto stored_files = std::exchange(attachments, nullptr)) settle(*stored_files, ended);
  if (!ended) {
    Fact& fact = facts[next_fact - 1];
    if (fact.item > 0 && !is_passing(ended.error())) return leave_out(fact, ended.error());
    failed = ended.error();
    return;
  }
  if (ended->events.empty()) {
    ignored = "nothing_new";
    return;
  }
  if (ended->existed) {
    auto known = result_of_known(facts[next_fact - 1], *ended, folds);
    if (!known) {
      failed = std::move(known).error();
      return;
    }
    result = *std::move(known);
  } else if (next_fact == facts.size() && refused.empty()) {
    settled = ended->last;
  }
  if (results.size() < kShownResults) results.push_back(*std::move(result));
}

void InHand::leave_out(Fact& fact, const Error& error) {
  const std::string reason = in_one_line(error);
  if (refused.empty()) refused_code = error.code;
  refused.push_back(fmt::format("item {} ({}): {}", fact.item, fact.external_id, reason));
  fact.content = connectors::IgnoreFact{reason, "row", {}};
}

use_cases::Settlement InHand::settlement() const {
  const std::uint32_t version = source->provider->decoder_version();
  if (!stored) return delivery::IgnoreDelivery{version, "body_erased"};
  if (failed) return delivery::QuarantineDelivery{version, failed->code, in_one_line(*failed)};
  if (!refused.empty()) {
    return delivery::QuarantineDelivery{version, refused_code, refusals_of(refused)};
  }
  if (results.empty()) {
    return delivery::IgnoreDelivery{version, ignored, normalised_json(facts)};
  }
  return acceptance(nullptr);
}

delivery::AcceptDelivery InHand::acceptance(const v1::DeliveryResult* last) const {
  delivery::AcceptDelivery accepted{source->provider->decoder_version(), results,
                                    normalised_json(facts)};
  if (last != nullptr && results.size() < kShownResults) accepted.results.push_back(*last);
  return accepted;
}

}  // namespace dealog::webhooks
