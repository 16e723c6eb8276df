#include "services/webhooks/intake.hpp"

#include <fmt/format.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/base/invalid_input.hpp"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/command/user_directory.hpp"
#include "projections/intake/intake_view.hpp"
#include "services/webhooks/fact_commands.hpp"

namespace dealog::webhooks {
namespace {

using connectors::Fact;

constexpr std::chrono::milliseconds kProjectedWithin{5'000};

// Errors after which the delivery stays pending and is tried again.
bool is_passing(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kUnknown ||
         error.code == "version_conflict" || error.code == "log_stopped";
}

struct StoredDelivery {
  StreamName id;
  connectors::Delivery delivery;
  Cause cause;
};

// The delivery as it came, from its first event and the body beside it. Nothing when it was erased.
Result<std::optional<StoredDelivery>> read_delivery(const Folds& folds, const DeliveryId& id) {
  auto body = TRY(use_cases::delivery_body(folds, id));
  if (!body) return std::nullopt;
  std::optional<StoredDelivery> out;
  Result<void> decoded;
  TRY(folds.log().read_stream(id.text(), StreamVersion{1}, Direction::kForward, 1,
                              [&](const StoredEvent& stored) {
                                auto event = decode(stored.record, Open::kAll, &folds.keys());
                                if (!event) {
                                  decoded = std::unexpected(event.error());
                                  return false;
                                }
                                const auto* received = event->as<v1::DeliveryReceived>();
                                if (received == nullptr) return false;
                                out.emplace();
                                out->id = id.text();
                                out->cause = Cause::of(*event);
                                out->delivery = {.method = received->method(),
                                                 .suffix = received->suffix(),
                                                 .query = received->query(),
                                                 .headers = {},
                                                 .body = *std::move(body),
                                                 .remote_ip = received->remote_ip(),
                                                 .received_at = event->recorded};
                                for (const auto& header : received->headers()) {
                                  out->delivery.headers.emplace_back(header.name(), header.value());
                                }
                                return false;
                              }));
  if (!decoded) return std::unexpected(decoded.error());
  return out;
}

// The person that one of the appended events names, so that an erasure finds the delivery that told
// of him.
Result<std::string> person_named(const EventLog& log, const Outcome& outcome) {
  std::string person;
  TRY(log.read(outcome.first, Direction::kForward, outcome.events.size(),
               [&](const StoredEvent& stored) {
                 const auto event = decode(stored.record, Open::kNothing, nullptr);
                 if (!event || !event->payload) return true;
                 const auto* field = event->payload->GetDescriptor()->FindFieldByName("person");
                 if (field == nullptr || field->is_repeated() ||
                     field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
                   return true;
                 }
                 person = event->payload->GetReflection()->GetString(*event->payload, field);
                 return person.empty();
               }));
  return person;
}

// What the events of a fact's command amount to: the deal, the person, and the event to show.
Result<v1::DeliveryResult> result_of(const Fact& fact, const Outcome& outcome, CommandBus& bus) {
  v1::DeliveryResult result;
  result.set_fact_kind(std::string(fact.kind()));
  result.set_fact_key_hash(to_hex(bus.keys().tag_hash(fact.key)));
  result.set_already_known(outcome.existed);
  const AppendedEvent* shown = &outcome.events.front();
  for (const auto& event : outcome.events) {
    if (event.stream.starts_with(PersonId::prefix()) && result.person().empty()) {
      result.set_person(event.stream);
    }
    if (!event.stream.starts_with(DealId::prefix()) || !result.deal().empty()) continue;
    result.set_deal(event.stream);
    shown = &event;
  }
  result.set_event_id(EventId(shown->id).text());
  result.set_type(shown->type->name);
  if (result.person().empty()) result.set_person(TRY(person_named(bus.log(), outcome)));
  return result;
}

struct Applied {
  std::vector<v1::DeliveryResult> results;
  std::string ignored;  // why nothing was done, when nothing was
};

Result<Applied> apply_facts(CommandBus& bus, const ConnectedSource& source,
                            const StoredDelivery& stored, const std::vector<Fact>& facts) {
  Applied applied;
  // The company's first user is there before any source is.
  const auto users = TRY(UserDirectory(bus.folds()).users());
  const auto owner = users.empty() ? std::nullopt : std::optional(users.front());
  for (const Fact& fact : facts) {
    auto command = command_for({fact, source, stored.id, stored.delivery.received_at, owner});
    if (!command) {
      applied.ignored = ignore_reason(fact);
      continue;
    }
    const Outcome outcome =
        TRY(bus.run({.name = command->name,
                     .stream = command->stream,
                     .actor = {"source", source.id.text()},
                     .rights = user::Rights::all(),
                     .caller = Caller::kSource,
                     .computed_id = Uuid::derived(source.id.uuid(), "fact:" + fact.key),
                     .cause = stored.cause},
                    std::move(command->work)));
    if (outcome.events.empty()) {
      applied.ignored = "nothing_new";
      continue;
    }
    applied.results.push_back(TRY(result_of(fact, outcome, bus)));
  }
  return applied;
}

std::string normalised_json(const std::vector<Fact>& facts) {
  boost::json::array out;
  for (const Fact& fact : facts) out.push_back(normalised(fact));
  return boost::json::serialize(out);
}

// What to write at the end. Errors are passing ones: try the delivery again.
Result<use_cases::Settlement> settlement_of(CommandBus& bus, const ConnectedSource& source,
                                            const std::optional<StoredDelivery>& stored) {
  const std::uint32_t version = source.provider->decoder_version();
  const auto quarantine = [version](const Error& error) {
    return delivery::QuarantineDelivery{version, error.code, in_one_line(error)};
  };
  if (!stored) {
    return delivery::IgnoreDelivery{version, "body_erased"};
  }
  auto facts = source.provider->decode(stored->delivery, source.settings);
  if (!facts) return quarantine(facts.error());
  auto applied = apply_facts(bus, source, *stored, *facts);
  if (!applied) {
    if (is_passing(applied.error())) return std::unexpected(std::move(applied).error());
    return quarantine(applied.error());
  }
  if (applied->results.empty())
    return delivery::IgnoreDelivery{version, applied->ignored, normalised_json(*facts)};
  return delivery::AcceptDelivery{version, std::move(applied->results), normalised_json(*facts)};
}

}  // namespace

Trial try_delivery(const ConnectedSource& source, const connectors::Delivery& delivery) {
  return {source.provider->verify(delivery, source.settings),
          source.provider->receive(delivery, source.settings),
          source.provider->decode(delivery, source.settings)};
}

Intake::Intake(CommandBus& bus, const SourceBook& sources, const ViewStore& views,
               const ProjectionRunner& projections)
    : bus_(bus), sources_(sources), views_(views), projections_(projections) {}

Intake::~Intake() { stop(); }

void Intake::start() {
  worker_ = std::make_unique<Worker>("intake", [this] {
    const auto done = run_once();
    if (done) return *done ? Worker::Step::kMore : Worker::Step::kIdle;
    log_warning("intake is delayed", {{"code", done.error().code}});
    return Worker::Step::kRetryLater;
  });
}

void Intake::stop() {
  if (worker_) worker_->stop();
}

void Intake::wake() {
  if (worker_) worker_->wake();
}

Result<bool> Intake::run_once() {
  std::vector<views::PendingDelivery> pending;
  {
    const auto snapshot = TRY(views_.snapshot());
    const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, bus_.clock().now()};
    pending = TRY(views::IntakeView(context).pending({}, kDeliveriesPerStep));
  }
  Position last;
  for (const auto& delivery : pending) {
    const DeliveryId id = TRY(DeliveryId::parse(delivery.delivery));
    last = std::max(last, TRY(settle(id)));
  }
  // The next look must not find again what has just been settled.
  if (!pending.empty() && !projections_.wait_for(last, kProjectedWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  }
  return !pending.empty();
}

Result<Position> Intake::settle(const DeliveryId& id) {
  const auto state = TRY(bus_.folds().current<delivery::State>(id.text()));
  if (state->status != delivery::Status::kPending) return bus_.log().head();
  const auto source = TRY(sources_.find_any(state->source));
  const auto stored = TRY(read_delivery(bus_.folds(), id));
  const auto settlement = TRY(settlement_of(bus_, *source, stored));
  CommandRequest request{
      .name = "settle_delivery",
      .stream = id.text(),
      .actor = {"system", "intake"},
      .rights = user::Rights::all(),
      .caller = Caller::kSource,
      .computed_id = Uuid::derived(id.uuid(), fmt::format("settled:{}", state->replays))};
  if (stored) request.cause = stored->cause;
  return TRY(bus_.run(std::move(request),
                      [&](Unit& unit) { return use_cases::settle_delivery(unit, id, settlement); }))
      .last;
}

}  // namespace dealog::webhooks
