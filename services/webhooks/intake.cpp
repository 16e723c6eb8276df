#include "services/webhooks/intake.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "libs/base/invalid_input.hpp"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/bcc_addresses.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/command/use_cases/history.hpp"
#include "libs/command/user_directory.hpp"
#include "libs/connectors/mail/bcc_address.hpp"
#include "projections/intake/intake_view.hpp"
#include "services/webhooks/fact_commands.hpp"
#include "services/webhooks/in_hand.hpp"

namespace dealog::webhooks {
namespace {

using connectors::Fact;

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

// Nothing runs by itself because of what an export tells.
const char* actor_kind(const connectors::Delivery& delivery) {
  return connectors::exported_what(delivery).empty() ? "source" : use_cases::kImportActor;
}

// Whoever has put his Bcc address into a mail has written it.
Result<std::optional<UserId>> bcc_sender(const Folds& folds, const Fact& fact) {
  const auto* mail = std::get_if<connectors::MailFact>(&fact.content);
  if (mail == nullptr) return std::nullopt;
  for (const auto* list : {&mail->to, &mail->cc}) {
    for (const auto& address : *list) {
      const auto token = connectors::mail::bcc_token_of(address);
      if (token.empty()) continue;
      if (const auto user = TRY(use_cases::user_of_bcc_token(folds, token))) return user;
    }
  }
  return std::nullopt;
}

// The next fact of a delivery.
void submit_fact(CommandBus& bus, FileStore& files, Together& together, InHand& delivery,
                 const std::optional<UserId>& owner) {
  Fact& fact = delivery.facts[delivery.next_fact++];
  const StoredDelivery& stored = *delivery.stored;
  const auto sender = bcc_sender(bus.folds(), fact);
  if (!sender) {
    delivery.failed = sender.error();
    return;
  }
  auto attachments = store_attachments(files, bus.folds(), fact);
  if (!attachments) {
    delivery.failed = std::move(attachments).error();
    return;
  }
  delivery.attachments = *std::move(attachments);
  auto command = command_for({fact, *delivery.source, stored.id, stored.delivery.received_at, owner,
                              delivery.attachments, *sender});
  if (!command) {
    delivery.ignored = ignore_reason(fact);
    return;
  }
  together.submit(
      {.name = command->name,
       .stream = command->stream,
       .actor = *sender ? Actor{"user", (*sender)->text()}
                        : Actor{actor_kind(stored.delivery), delivery.source->id.text()},
       .rights = user::Rights::all(),
       .caller = Caller::kSource,
       .computed_id =
           Uuid::derived(delivery.source->id.uuid(), (fact.fetch ? "ask:" : "fact:") + fact.key),
       .cause = stored.cause},
      delivery.work_of(fact, std::move(command->work)),
      [&delivery](Result<Outcome> outcome) { delivery.outcome = std::move(outcome); });
}

// One fact of each delivery after the other, so that those of one delivery keep their order.
// `meanwhile` runs once while the first ones are on their way.
template <class Meanwhile>
void apply_facts(CommandBus& bus, FileStore& files, std::vector<InHand>& deliveries,
                 const std::optional<UserId>& owner, Meanwhile meanwhile) {
  bool first = true;
  for (bool more = true; more;) {
    more = false;
    Together together(bus);
    for (auto& delivery : deliveries) {
      if (!delivery.has_more()) continue;
      submit_fact(bus, files, together, delivery, owner);
      more = true;
    }
    if (std::exchange(first, false)) meanwhile();
    together.wait();
    for (auto& delivery : deliveries) delivery.take_outcome(bus.folds());
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

// Those that were not settled with their last fact. Errors: why one stays pending.
Result<void> settle_rest(CommandBus& bus, const std::vector<InHand>& deliveries) {
  Result<void> settled;
  Together together(bus);
  for (const auto& delivery : deliveries) {
    if (delivery.settled) continue;
    if (delivery.is_left()) {
      settled = fail(*delivery.failed);
      continue;
    }
    together.submit(
        settling(delivery),
        [id = delivery.id, settlement = delivery.settlement()](Unit& unit) {
          return use_cases::settle_delivery(unit, id, settlement);
        },
        [&settled](Result<Outcome> outcome) {
          if (!outcome) settled = fail(std::move(outcome).error());
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

Intake::Intake(CommandBus& bus, const SourceBook& sources, const ViewStore& views, FileStore& files)
    : bus_(bus), sources_(sources), views_(views), files_(files) {}

Intake::~Intake() { stop(); }

void Intake::start() {
  worker_ = std::make_unique<Worker>("intake", [this] {
    if (burst_.stands_back(steady_now())) {
      std::this_thread::sleep_for(BurstWatch::kWindow);
      return Worker::Step::kMore;
    }
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

Result<Intake::Batch> Intake::look() {
  Batch batch{.deliveries = {}, .until = looked_until_};
  bool more = true;
  // The views may be behind: what they show may all be settled.
  while (more && batch.deliveries.empty()) {
    const auto snapshot = TRY(views_.snapshot());
    const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, bus_.clock().now()};
    const auto pending = TRY(views::IntakeView(context).pending(batch.until, kDeliveriesPerStep));
    more = pending.size() == kDeliveriesPerStep;
    if (pending.empty()) batch.until = std::max(batch.until, snapshot->position());
    std::size_t bytes = 0;
    for (const auto& one : pending) {
      if (bytes > kBytesInHand) break;  // the rest is found by the next look
      const DeliveryId id = TRY(DeliveryId::parse(one.delivery));
      if (auto taken = TRY(InHand::take(bus_.folds(), sources_, id))) {
        if (taken->stored) bytes += taken->stored->delivery.body.size();
        batch.deliveries.push_back(*std::move(taken));
      }
      batch.until = one.since;
    }
  }
  looked_until_ = batch.until;
  return batch;
}

Result<bool> Intake::run_once() {
  Batch batch = next_.deliveries.empty() ? TRY(look()) : std::exchange(next_, {});
  if (batch.deliveries.empty()) {
    settled_until_ = batch.until;
    return false;
  }
  // The company's first user is there before any source is.
  const auto users = TRY(UserDirectory(bus_.folds()).users());
  Result<void> looked;
  apply_facts(bus_, files_, batch.deliveries,
              users.empty() ? std::nullopt : std::optional(users.front()), [&] {
                auto found = look();
                if (found) {
                  next_ = *std::move(found);
                } else {
                  looked = fail(std::move(found).error());
                }
              });
  auto settled = settle_rest(bus_, batch.deliveries);
  if (!settled || !looked) {
    next_ = {};
    looked_until_ = settled_until_;
    return fail((settled ? looked : settled).error());
  }
  settled_until_ = batch.until;
  return true;
}

}  // namespace dealog::webhooks
