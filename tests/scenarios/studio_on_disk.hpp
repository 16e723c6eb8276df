// The service without its front door: log, keys and views on the disk, a real mail server and a
// real receiver of webhooks, on a clock that is moved by hand.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "projections/automation/effects_view.hpp"
#include "projections/automation/rules_view.hpp"
#include "services/automation/webhook_channel.hpp"
#include "services/dealog/backup/restore.hpp"
#include "services/dealog/backup/take_backup.hpp"
#include "services/dealog/core.hpp"
#include "tests/scenarios/office.hpp"
#include "tests/support/crm.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::scenario {

// Thread: one.
class Studio {
 public:
  Studio() { start(folder_.path() / "data"); }

  void start(const std::filesystem::path& data) {
    calls_.reset();
    mails_.reset();
    core_.reset();
    data_ = data;
    core_ = must(
        Core::open({.data = data, .clock = &clock, .ids = &ids_, .reach = outbound::Reach::kAny}));
    const automation::MailSettings mail{.server = {.host = "localhost",
                                                   .port = post.port(),
                                                   .security = outbound::SmtpSecurity::kNone},
                                        .from = {"sales@studio.example", "Студия"}};
    const Folds& folds = core_->bus().folds();
    mails_ = outbox(std::make_unique<automation::MailChannel>(folds, mail));
    calls_ =
        outbox(std::make_unique<automation::WebhookChannel>(folds, clock, outbound::Reach::kAny));
    automate();
  }
  void rebuild() {
    stop();
    std::filesystem::remove_all(data_ / "views");
    start(data_);
  }
  void restore_from_a_backup() {
    stop();
    must(take_backup({.data = data_, .repository = folder_.path() / "backups", .clock = &clock}));
    must(restore({.repository = folder_.path() / "backups",
                  .target = folder_.path() / "restored",
                  .clock = &clock}));
    start(folder_.path() / "restored");
  }

  template <class Work>
  auto run(std::string stream, Work work) {
    CommandRequest request{.name = "test",
                           .stream = std::move(stream),
                           .actor = {"user", UserId(Uuid::derived({}, "boss")).text()},
                           .rights = user::Rights::all()};
    auto done = must(core_->bus().run_for(std::move(request), std::move(work)));
    automate();
    return done;
  }
  void change(const DealId& id, const deal::Command& command) {
    run(id.text(), [&](Unit& unit) -> Result<bool> {
      TRY(use_cases::change_deal(unit, id, command));
      return true;
    });
  }
  // Carries out whatever is due in between, when it is due.
  void pass(Duration time) {
    const Timestamp until = clock.now() + time;
    while (clock.now() < until) {
      clock.set(std::min(
          {until, clock.now() + Duration(std::chrono::hours(3)), next_timer().value_or(until)}));
      automate();
    }
  }

  deal::State deal(const DealId& id) {
    return *must(core_->bus().folds().current<deal::State>(id.text()));
  }
  std::vector<RecordedEvent> events(std::string_view type) {
    std::vector<RecordedEvent> found;
    must(core_->log().read({1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
      auto event = must(decode(stored.record, Open::kAll, &core_->keys()));
      if (event.type->name == type) found.push_back(std::move(event));
      return true;
    }));
    return found;
  }
  std::size_t dead_letters() {
    const auto rows = must(core_->views().snapshot());
    const ViewContext context{*rows, core_->keys(), PersonalView::kMasked, clock.now()};
    return must(views::EffectsView(context).dead("", {.limit = 100})).items.size();
  }
  Position head() { return core_->log().head(); }

  // Ten in the morning of a Monday in Moscow.
  ManualClock clock{Timestamp::parse("2026-03-02T07:00:00Z").value()};
  const testing_support::MailServer post{"accept"};
  testing_support::Crm crm;

 private:
  void stop() {
    calls_.reset();
    mails_.reset();
    core_.reset();
  }
  std::unique_ptr<automation::Outbox> outbox(std::unique_ptr<automation::Channel> channel) {
    return std::make_unique<automation::Outbox>(core_->bus(), core_->views(), core_->projections(),
                                                std::move(channel));
  }
  void automate() {
    for (bool more = true; more;) {
      must(core_->settle());
      more = must(mails_->run_once());
      more = must(calls_->run_once()) || more;
    }
  }
  std::optional<Timestamp> next_timer() {
    const auto rows = must(core_->views().snapshot());
    const ViewContext context{*rows, core_->keys(), PersonalView::kMasked, clock.now()};
    return must(views::RulesView(context).next_due());
  }

  testing_support::TempFolder folder_;
  std::filesystem::path data_;
  SeededIds ids_{clock, 5};
  std::unique_ptr<Core> core_;
  std::unique_ptr<automation::Outbox> mails_, calls_;
};

}  // namespace dealog::scenario
