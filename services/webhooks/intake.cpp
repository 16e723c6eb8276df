#include "services/webhooks/intake.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "libs/base/invalid_input.hpp"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/command/user_directory.hpp"
#include "projections/intake/intake_view.hpp"
#include "services/webhooks/fact_commands.hpp"
#include "services/webhooks/stored_delivery.hpp"

namespace dealog::webhooks {
namespace {

using connectors::Fact;

constexpr std::chrono::milliseconds kProjectedWithin{5'000};

// Errors after which the delivery stays pending and is tried again.
bool is_passing(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kUnknown ||
         error.code == "version_conflict" || error.code == "log_stopped";
}

// Commands that are on the way together, so that one sync makes all of them durable. Their order is
// kept where they queue for the same stream.
class Together {
 public:
  explicit Together(CommandBus& bus) : bus_(bus) {}
  ~Together() { wait(); }

  void submit(CommandRequest request, CommandBus::Work work,
              std::move_only_function<void(Result<Outcome>)> done) {
    {
      const std::scoped_lock lock(mutex_);
      ++running_;
    }
    bus_.submit(std::move(request), std::move(work),
                [this, done = std::move(done)](Result<Outcome> outcome) mutable {
                  const std::scoped_lock lock(mutex_);
                  done(std::move(outcome));
                  if (--running_ == 0) finished_.notify_all();
                });
  }
  void wait() {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  CommandBus& bus_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::size_t running_ = 0;  // guarded by mutex_
};

// Bodies that are decoded together: mails may have 40 MB each.
constexpr std::size_t kBytesInHand = 64 << 20;

// What is kept of a delivery of many facts beside its effects, which are all carried out. An event
// holds a megabyte, and a delivery that cannot be settled would hold up all others.
constexpr std::size_t kShownJsonBytes = 640 << 10;
constexpr std::size_t kShownResults = 1'500;  // about 150 bytes each

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

// One delivery of a step.
struct InHand {
  DeliveryId id;
  std::uint32_t replays = 0;
  std::shared_ptr<const ConnectedSource> source;
  std::optional<StoredDelivery> stored;  // nothing: it was erased
  std::vector<Fact> facts;
  std::size_t next_fact = 0;
  std::optional<Result<Outcome>> outcome;  // of the fact before that one
  // How it ends so far.
  std::vector<v1::DeliveryResult> results;
  std::string ignored;  // why the last fact that did nothing did nothing
  std::optional<Error> failed;

  bool has_more() const { return !failed && next_fact < facts.size(); }
  bool is_left() const { return failed && is_passing(*failed); }

  use_cases::Settlement settlement() const {
    const std::uint32_t version = source->provider->decoder_version();
    if (!stored) return delivery::IgnoreDelivery{version, "body_erased"};
    if (failed) {
      return delivery::QuarantineDelivery{version, failed->code, in_one_line(*failed)};
    }
    if (results.empty()) {
      return delivery::IgnoreDelivery{version, ignored, normalised_json(facts)};
    }
    return delivery::AcceptDelivery{version, results, normalised_json(facts)};
  }
};

// Nothing when it is settled already.
Result<std::optional<InHand>> take_in_hand(const Folds& folds, const SourceBook& sources,
                                           const DeliveryId& id) {
  const auto state = TRY(folds.current<delivery::State>(id.text()));
  if (state->status != delivery::Status::kPending) return std::nullopt;
  InHand taken{.id = id,
               .replays = state->replays,
               .source = TRY(sources.find_any(state->source)),
               .stored = TRY(read_delivery(folds, id))};
  if (!taken.stored) return taken;
  auto facts = taken.source->provider->decode(taken.stored->delivery, taken.source->settings);
  if (facts) {
    taken.facts = *std::move(facts);
  } else {
    taken.failed = std::move(facts).error();
  }
  return taken;
}

// After the command of the fact before `next_fact` has ended.
void take_outcome(CommandBus& bus, InHand& delivery) {
  if (!delivery.outcome) return;
  const Result<Outcome> outcome = *std::exchange(delivery.outcome, std::nullopt);
  if (!outcome) {
    delivery.failed = outcome.error();
  } else if (outcome->events.empty()) {
    delivery.ignored = "nothing_new";
  } else if (auto result = result_of(delivery.facts[delivery.next_fact - 1], *outcome, bus)) {
    if (delivery.results.size() < kShownResults) delivery.results.push_back(*std::move(result));
  } else {
    delivery.failed = std::move(result).error();
  }
}

// The next fact of a delivery.
void submit_fact(Together& together, InHand& delivery, const std::optional<UserId>& owner) {
  const Fact& fact = delivery.facts[delivery.next_fact++];
  const StoredDelivery& stored = *delivery.stored;
  auto command =
      command_for({fact, *delivery.source, stored.id, stored.delivery.received_at, owner});
  if (!command) {
    delivery.ignored = ignore_reason(fact);
    return;
  }
  together.submit({.name = command->name,
                   .stream = command->stream,
                   .actor = {"source", delivery.source->id.text()},
                   .rights = user::Rights::all(),
                   .caller = Caller::kSource,
                   .computed_id = Uuid::derived(delivery.source->id.uuid(),
                                                (fact.fetch ? "ask:" : "fact:") + fact.key),
                   .cause = stored.cause},
                  std::move(command->work),
                  [&delivery](Result<Outcome> outcome) { delivery.outcome = std::move(outcome); });
}

// One fact of each delivery after the other, so that those of one delivery keep their order.
void apply_facts(CommandBus& bus, std::vector<InHand>& deliveries,
                 const std::optional<UserId>& owner) {
  for (bool more = true; more;) {
    more = false;
    Together together(bus);
    for (auto& delivery : deliveries) {
      if (!delivery.has_more()) continue;
      submit_fact(together, delivery, owner);
      more = true;
    }
    together.wait();
    for (auto& delivery : deliveries) take_outcome(bus, delivery);
  }
}

CommandRequest settling(const InHand& delivery) {
  CommandRequest request{.name = "settle_delivery",
                         .stream = delivery.id.text(),
                         .actor = {"system", "intake"},
                         .rights = user::Rights::all(),
                         .caller = Caller::kSource,
                         .computed_id = Uuid::derived(delivery.id.uuid(),
                                                      fmt::format("settled:{}", delivery.replays))};
  if (delivery.stored) request.cause = delivery.stored->cause;
  return request;
}

struct Settled {
  Position last;
  std::optional<Error> failed;  // of one that stays pending
};

Settled settle_all(CommandBus& bus, const std::vector<InHand>& deliveries) {
  Settled settled;
  Together together(bus);
  for (const auto& delivery : deliveries) {
    if (delivery.is_left()) {
      settled.failed = delivery.failed;
      continue;
    }
    together.submit(
        settling(delivery),
        [id = delivery.id, settlement = delivery.settlement()](Unit& unit) {
          return use_cases::settle_delivery(unit, id, settlement);
        },
        [&settled](Result<Outcome> outcome) {
          if (outcome) {
            settled.last = std::max(settled.last, outcome->last);
          } else {
            settled.failed = std::move(outcome).error();
          }
        });
  }
  together.wait();
  return settled;
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
    pending = TRY(views::IntakeView(context).pending(settled_before_, kDeliveriesPerStep));
    settled_before_ =
        pending.empty() ? snapshot->position() : Position{pending.front().since.value - 1};
  }
  std::vector<InHand> deliveries;
  std::size_t bytes = 0;
  for (const auto& one : pending) {
    if (bytes > kBytesInHand) break;  // the rest is found by the next look
    const DeliveryId id = TRY(DeliveryId::parse(one.delivery));
    if (auto taken = TRY(take_in_hand(bus_.folds(), sources_, id))) {
      if (taken->stored) bytes += taken->stored->delivery.body.size();
      deliveries.push_back(*std::move(taken));
    }
  }
  // The company's first user is there before any source is.
  const auto users = TRY(UserDirectory(bus_.folds()).users());
  apply_facts(bus_, deliveries, users.empty() ? std::nullopt : std::optional(users.front()));
  auto settled = settle_all(bus_, deliveries);
  // The next look must not find again what has just been settled.
  if (!pending.empty() && !projections_.wait_for(settled.last, kProjectedWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  }
  if (settled.failed) return fail(*std::move(settled.failed));
  return !pending.empty();
}

}  // namespace dealog::webhooks
