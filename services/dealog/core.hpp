// A company's data folder, opened: log, keys, views, commands, intake and effects, without any
// network. The server, the command line, the demo and the tests are all built on it.
//
//   log/    every event          keys/   keys of sealed data
//   views/  what can be rebuilt  owner-token  of the first start
//   files/  sealed attachments and uploads
//   log.watermark  how far the log had come     signed-head  the newest signed head of its tree
//   erasures  whose keys were destroyed: survives the restore of an older folder of keys
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "libs/async/deadline.hpp"
#include "libs/base/clock.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/command/regulation_book.hpp"
#include "libs/command/user_directory.hpp"
#include "libs/eventlog/head_signer.hpp"
#include "libs/eventlog/rocks_log.hpp"
#include "libs/files/file_store.hpp"
#include "libs/keys/erasure_ledger.hpp"
#include "libs/keys/key_store.hpp"
#include "libs/projection/projection_runner.hpp"
#include "libs/projection/rocks_view_store.hpp"
#include "services/automation/approval_runner.hpp"
#include "services/automation/effect_runner.hpp"
#include "services/automation/mail_channel.hpp"
#include "services/automation/outbox.hpp"
#include "services/automation/rule_runner.hpp"
#include "services/automation/telegram_channel.hpp"
#include "services/webhooks/fetcher.hpp"
#include "services/webhooks/intake.hpp"
#include "services/webhooks/mailboxes.hpp"
#include "services/webhooks/source_book.hpp"

namespace rocksdb {
class Env;
}

namespace dealog {

class EndAtPoint;

struct CoreOptions {
  std::filesystem::path data;
  const Clock* clock = nullptr;  // never null
  IdSource* ids = nullptr;       // never null
  unsigned command_threads = 2;
  LogObserver observer = {};
  // A second list of erasures, on another disk: what it names is erased as well. Empty: none.
  std::filesystem::path erasures_copy = {};
  // Where the records lie that were dropped from the log; empty: where they did when they were.
  std::filesystem::path archive = {};
  // Open although keys are missing that the log names: KeyStoreOptions::accept_loss.
  bool accept_lost_keys = false;
  // Whom the fetcher and the mailboxes may call.
  outbound::Reach reach = outbound::Reach::kPublic;
  // By what address customers reach this service, for links in mails; may be empty.
  std::string public_url = {};
  // By what effects leave, and how many may be due at once before a person is asked.
  automation::MailSettings mail = {};
  automation::TelegramSettings telegram = {};
  std::size_t backlog = automation::kBacklog;
  // Where the process ends in a test of crashes; null: nowhere. Not owned.
  EndAtPoint* end_at = nullptr;
  // The file system of log and keys; null: the machine's. Not owned.
  rocksdb::Env* environment = nullptr;
};

// Members are made in this order and destroyed in the reverse one: each uses those before it.
// Thread: any, after open().
class Core {
 public:
  // Views that are missing or were made by other projectors are rebuilt first.
  // Errors: those of the log, the keys and the views; kInvalid "data_folder_unusable";
  // kConflict "data_folder_in_use", "is_a_backup"; kInternal "log_absent" for a folder that had a
  // log. Nothing is opened or made then.
  static Result<std::unique_ptr<Core>> open(const CoreOptions& options);
  ~Core();

  RocksLog& log() { return *log_; }
  KeyStore& keys() { return *keys_; }
  HeadSigner& heads() { return *heads_; }
  FileStore& files() { return *files_; }
  CommandBus& bus() { return *bus_; }
  RegulationBook& regulations() { return *regulations_; }
  UserDirectory& users() { return *users_; }
  ViewStore& views() { return *views_; }
  ProjectionRunner& projections() { return *projections_; }
  Signal& projected() { return projected_; }
  webhooks::SourceBook& sources() { return *sources_; }
  webhooks::Intake& intake() { return *intake_; }
  const Clock& clock() const { return *options_.clock; }
  // How many are under way.
  std::size_t fetching(views::FetchKind kind) const {
    return fetchers_[kind == views::FetchKind::kFile ? 1 : 0]->running();
  }

  // The first bytes of log, keys or views that were met and do not fit their checksums, or a file
  // of theirs that is gone.
  std::optional<Error> damage() const;

  // A copy of log and keys, in that order, for a backup. `folder` must not exist and must lie on
  // the file system of the data folder.
  Result<void> checkpoint(const std::filesystem::path& folder);

  // Destroys a subject's key: what erasure needs. The list of erasures knows it before it happens.
  // Of a file its bytes go as well.
  Result<void> destroy_key(std::string_view subject);

  // Intake, fetches, mailboxes and effects on threads of their own.
  void start_workers();
  // Intake and effects on the caller's thread until nothing is pending: for runs on a virtual
  // clock. Nothing leaves the process.
  Result<void> settle();

 private:
  explicit Core(const CoreOptions& options);
  Result<void> open_files();
  Result<void> open_ledgers();
  // Finishes what a crash interrupted, and erases anew what a restored folder of keys brought back.
  Result<void> repeat_erasures();
  Result<void> open_views();
  void open_fetchers();
  Result<void> open_outboxes();
  Result<void> rebuild_views();

  const CoreOptions options_;
  Signal projected_;
  std::unique_ptr<RocksLog> log_;
  std::unique_ptr<KeyStore> keys_;
  std::unique_ptr<HeadSigner> heads_;
  std::mutex ledgers_mutex_;
  std::vector<ErasureLedger> ledgers_;  // guarded by ledgers_mutex_; the data folder's and its copy
  std::unique_ptr<CommandBus> bus_;
  std::unique_ptr<FileStore> files_;
  std::unique_ptr<RegulationBook> regulations_;
  std::unique_ptr<UserDirectory> users_;
  std::unique_ptr<webhooks::SourceBook> sources_;
  std::unique_ptr<RocksViewStore> views_;
  std::unique_ptr<ProjectionRunner> projections_;
  std::unique_ptr<webhooks::Intake> intake_;
  std::array<std::unique_ptr<webhooks::Fetcher>, 2> fetchers_;  // of deliveries, of files
  std::unique_ptr<webhooks::Mailboxes> mailboxes_;
  std::unique_ptr<automation::EffectRunner> effects_;
  std::unique_ptr<automation::RuleRunner> rules_;
  std::array<std::unique_ptr<automation::Outbox>, 3> outboxes_;  // one a channel
  std::unique_ptr<automation::ApprovalRunner> approvals_;
};

}  // namespace dealog
