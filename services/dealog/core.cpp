#include "services/dealog/core.hpp"

#include <set>

#include <fmt/format.h>

#include "libs/base/logging.hpp"
#include "libs/command/use_cases/erasure.hpp"
#include "libs/command/use_cases/files.hpp"
#include "libs/command/use_cases/rules_at_once.hpp"
#include "libs/projection/effect_keys.hpp"
#include "libs/projection/rebuilder.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/view_folder.hpp"
#include "projections/all_projectors.hpp"
#include "services/automation/webhook_channel.hpp"
#include "services/dealog/data_folder.hpp"
#include "services/dealog/end_at_point.hpp"
#include "services/dealog/folder_in_use.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kProjectedWithin{60};
constexpr const char* kErasuresFile = "erasures";

Result<void> make_folders(const fs::path& data) {
  std::error_code error;
  for (const char* name : {"log", "keys", "views"}) {
    fs::create_directories(data / name, error);
    if (error) {
      return fail(
          ErrorKind::kInvalid, "data_folder_unusable",
          fmt::format("cannot use {} as a data folder: {}", data.string(), error.message()));
    }
  }
  // Keys and personal data: nobody else on the machine needs to look.
  fs::permissions(data, fs::perms::owner_all, error);
  return {};
}

}  // namespace

Core::Core(const CoreOptions& options) : options_(options) {}

Core::~Core() {
  for (auto& outbox : outboxes_) {
    if (outbox) outbox->begin_to_stop();
  }
  for (auto& fetcher : fetchers_) {
    if (fetcher) fetcher->begin_to_stop();
  }
  if (mailboxes_) mailboxes_->stop();
  if (intake_) intake_->stop();
  for (auto& fetcher : fetchers_) {
    if (fetcher) fetcher->stop();
  }
  if (effects_) effects_->stop();
  if (rules_) rules_->stop();
  for (auto& outbox : outboxes_) {
    if (outbox) outbox->stop();
  }
  if (approvals_) approvals_->stop();
  if (projections_) projections_->stop();
}

Result<std::unique_ptr<Core>> Core::open(const CoreOptions& options) {
  TRY(require_no_backup(options.data));
  TRY(require_nothing_lost(options.data));
  TRY(make_folders(options.data));
  TRY(require_unused(options.data));
  std::unique_ptr<Core> core(new Core(options));
  core->log_ = TRY(RocksLog::open(
      {.folder = options.data / "log",
       .clock = options.clock,
       .observer = options.end_at ? options.end_at->of_log(options.observer) : options.observer,
       .archive = options.archive,
       .environment = options.environment}));
  const RocksLog& log = *core->log_;
  const KeyId highest = TRY(log.highest_key());
  core->keys_ = TRY(KeyStore::open(
      {.folder = options.data / "keys",
       .recorded_key = [&log](std::string_view subject) { return log.subject_key(subject); },
       .highest_recorded = highest,
       .accept_loss = options.accept_lost_keys}));
  const KeyStore& keys = *core->keys_;
  core->heads_ =
      TRY(HeadSigner::open({.log = &log,
                            .public_key = keys.head_public_key(),
                            .sign = [&keys](std::string_view text) { return keys.sign_head(text); },
                            .file = options.data / "signed-head"}));
  core->bus_ = std::make_unique<CommandBus>(
      *core->log_, *core->keys_, *options.clock, *options.ids,
      BusOptions{.threads = options.command_threads, .consequences = use_cases::run_rules_at_once});
  core->regulations_ = std::make_unique<RegulationBook>(core->bus_->folds());
  core->users_ = std::make_unique<UserDirectory>(core->bus_->folds());
  core->sources_ = std::make_unique<webhooks::SourceBook>(core->bus_->folds());
  TRY(core->open_files());
  TRY(core->open_ledgers());
  TRY(core->repeat_erasures());
  TRY(core->open_views());
  core->intake_ = std::make_unique<webhooks::Intake>(*core->bus_, *core->sources_, *core->views_,
                                                     *core->files_);
  core->open_fetchers();
  core->mailboxes_ = std::make_unique<webhooks::Mailboxes>(*core->bus_, *core->sources_,
                                                           *core->views_, options.reach);
  core->effects_ =
      std::make_unique<automation::EffectRunner>(*core->bus_, *core->views_, *core->projections_);
  core->rules_ = std::make_unique<automation::RuleRunner>(*core->bus_, *core->views_,
                                                          *core->projections_, options.public_url);
  TRY(core->open_outboxes());
  core->approvals_ =
      std::make_unique<automation::ApprovalRunner>(*core->bus_, *core->views_, *core->projections_);
  return core;
}

void Core::open_fetchers() {
  const auto make = [this](views::FetchKind kind) {
    return std::make_unique<webhooks::Fetcher>(kind, *bus_, *sources_, *views_, *projections_,
                                               *files_, options_.reach);
  };
  fetchers_ = {make(views::FetchKind::kDelivery), make(views::FetchKind::kFile)};
}

Result<void> Core::open_outboxes() {
  TRY(automation::check(options_.mail));
  const Folds& folds = bus_->folds();
  const auto make = [this](std::unique_ptr<automation::Channel> channel) {
    if (options_.end_at) channel = options_.end_at->of_channel(std::move(channel));
    return std::make_unique<automation::Outbox>(*bus_, *views_, *projections_, std::move(channel),
                                                options_.backlog);
  };
  outboxes_ = {
      make(std::make_unique<automation::MailChannel>(folds, options_.mail)),
      make(std::make_unique<automation::TelegramChannel>(folds, options_.telegram, options_.reach)),
      make(std::make_unique<automation::WebhookChannel>(folds, *options_.clock, options_.reach))};
  return {};
}

Result<void> Core::open_files() {
  const Folds& folds = bus_->folds();
  files_ =
      TRY(FileStore::open({.folder = options_.data / kFilesFolder,
                           .keys = keys_.get(),
                           .is_named = [&folds](std::string_view subject, std::string_view name) {
                             return use_cases::is_named(folds, subject, name);
                           }}));
  return {};
}

Result<void> Core::open_ledgers() {
  const std::scoped_lock lock(ledgers_mutex_);
  ledgers_.push_back(TRY(ErasureLedger::open(options_.data / kErasuresFile)));
  if (!options_.erasures_copy.empty()) {
    ledgers_.push_back(TRY(ErasureLedger::open(options_.erasures_copy)));
  }
  return {};
}

Result<void> Core::repeat_erasures() {
  const auto destroy = [this](std::string_view subject) { return destroy_key(subject); };
  TRY(use_cases::finish_erasures(*bus_, destroy));
  TRY(use_cases::finish_deletions(*bus_, destroy));
  std::set<std::string, std::less<>> subjects;
  {
    const std::scoped_lock lock(ledgers_mutex_);
    for (const auto& ledger : ledgers_) {
      subjects.insert(ledger.subjects().begin(), ledger.subjects().end());
    }
  }
  const auto erased = TRY(use_cases::erase_again(*bus_, destroy, subjects));
  if (erased > 0)
    log_info("erased again what a restored folder brought back", {{"subjects", erased}});
  return {};
}

Result<void> Core::open_views() {
  const auto projectors = all_projectors(*keys_);
  ViewFolder folder(options_.data / "views");
  views_ = TRY(folder.open_current(log_->log_id(), projectors));
  if (!views_) {
    TRY(rebuild_views());
    views_ = TRY(folder.open_current(log_->log_id(), projectors));
  }
  if (!views_) {
    return fail(ErrorKind::kInternal, "views_unusable",
                "the views cannot be opened after a rebuild; delete the folder views and start "
                "again: it is made anew from the log");
  }
  TRY(folder.remove_old());
  projections_ = std::make_unique<ProjectionRunner>(*log_, *views_, all_projectors(*keys_));
  projections_->on_applied([this](Position) { projected_.notify(); });
  projections_->on_rows(row_keys::kPending, [this] {
    if (intake_) intake_->wake();
  });
  projections_->on_rows(row_keys::kFetchDue, [this] {
    for (auto& fetcher : fetchers_) {
      if (fetcher) fetcher->wake();
    }
  });
  projections_->on_rows(row_keys::kSource, [this] {
    if (mailboxes_) mailboxes_->wake();
  });
  projections_->on_rows(row_keys::kTrigger, [this] {
    if (effects_) effects_->wake();
  });
  projections_->on_rows(row_keys::kRuleDue, [this] {
    if (rules_) rules_->wake();
  });
  for (const auto kind : {row_keys::kEffectDue, row_keys::kEndpointQueue}) {
    projections_->on_rows(kind, [this] {
      for (auto& outbox : outboxes_) {
        if (outbox) outbox->wake();
      }
    });
  }
  // Whichever store meets damage, nothing is accepted from that moment on.
  RocksLog& log = *log_;
  keys_->on_damage([&log](const Error& damage) { log.stop_accepting(damage); });
  views_->database().on_damage([&log](const Error& damage) { log.stop_accepting(damage); });
  return projections_->start();
}

Result<void> Core::rebuild_views() {
  ViewFolder folder(options_.data / "views");
  const auto store = TRY(folder.begin_generation());
  const auto done = TRY(rebuild(*log_, all_projectors(*keys_), *store));
  TRY(folder.put_in_force());
  if (done.position.value > 0) {
    log_info("views rebuilt", {{"events", done.position.value}, {"rows", done.rows_written}});
  }
  return {};
}

std::optional<Error> Core::damage() const {
  if (auto damage = log_->damage()) return damage;
  if (auto damage = keys_->damage()) return damage;
  return views_->database().damage();
}

Result<void> Core::checkpoint(const fs::path& folder) {
  std::error_code error;
  fs::create_directory(folder, error);
  if (error) {
    return fail(ErrorKind::kInternal, "checkpoint_failed",
                fmt::format("creating {}: {}", folder.string(), error.message()));
  }
  TRY(log_->checkpoint(folder / "log"));
  return keys_->checkpoint(folder / "keys");
}

Result<void> Core::destroy_key(std::string_view subject) {
  {
    const std::scoped_lock lock(ledgers_mutex_);
    for (auto& ledger : ledgers_) TRY(ledger.add({std::string(subject)}));
  }
  const auto id = FileId::parse(subject);
  const auto file = id ? TRY(use_cases::find_file(bus_->folds(), *id)) : std::nullopt;
  // Its bytes go last: with key and bytes gone nothing is left to do, however often a start asks.
  const bool gone = file && keys_->find(file->stored.key, nullptr) == KeyState::kErased &&
                    find_stored(files_->folder(), file->stored.name).empty();
  if (gone) return {};
  TRY(keys_->erase_subject(subject));
  return file ? files_->remove(file->stored.name) : Result<void>();
}

void Core::start_workers() {
  intake_->start();
  for (auto& fetcher : fetchers_) fetcher->start();
  mailboxes_->start();
  effects_->start();
  rules_->start();
  for (auto& outbox : outboxes_) outbox->start();
  approvals_->start();
}

Result<void> Core::settle() {
  const auto views_follow = [this]() -> Result<void> {
    if (projections_->wait_for(log_->head(), kProjectedWithin)) return {};
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  };
  // Each finds what the one before has done, so that the same story makes the same log.
  for (;;) {
    TRY(views_follow());
    const bool decoded = TRY(intake_->run_once());
    TRY(views_follow());
    const bool effected = TRY(effects_->run_once());
    TRY(views_follow());
    const bool ruled = TRY(rules_->run_once());
    TRY(views_follow());
    const bool escalated = TRY(approvals_->run_once());
    if (!decoded && !effected && !ruled && !escalated) return {};
  }
}

}  // namespace dealog
