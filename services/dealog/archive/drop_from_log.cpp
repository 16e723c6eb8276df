#include "services/dealog/archive/drop_from_log.hpp"

#include <algorithm>
#include <array>

#include "libs/eventlog/archive.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "libs/eventlog/start_check.hpp"
#include "libs/keys/key_store.hpp"
#include "services/dealog/archive/take_archive.hpp"
#include "services/dealog/data_folder.hpp"
#include "services/dealog/folder_in_use.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

// Streams of which there are as many as there is business; all others are few and read all the
// time.
constexpr std::array<std::string_view, 10> kBusiness = {
    DealId::prefix(),     PersonId::prefix(),  CompanyId::prefix(), TaskId::prefix(),
    TouchId::prefix(),    QuoteId::prefix(),   InvoiceId::prefix(), PaymentId::prefix(),
    DocumentId::prefix(), DeliveryId::prefix()};

bool stays(std::string_view stream) {
  const auto prefix = stream.substr(0, stream.find('_'));
  return std::ranges::find(kBusiness, prefix) == kBusiness.end();
}

// A manifest that was exchanged together with its segments is told by the key.
Result<void> require_signed(const fs::path& archive, const fs::path& keys) {
  const auto manifest = TRY(read_archive_manifest(archive));
  const auto key = TRY(KeyStore::read_head_public_key(keys));
  if (manifest) {
    const auto head = open_head(manifest->signed_head, key);
    if (head && *head == manifest->head) return {};
  }
  return fail(ErrorKind::kInternal, "archive_broken",
              "the archive " + archive.string() +
                  " has no head that is signed by this log, so nothing was dropped. Run `dealog "
                  "archive` to its end first");
}

}  // namespace

Result<DropDone> drop_from_log(const DropFromLogOptions& options) {
  TRY(require_unused(options.data));
  const fs::path log = options.data / "log";
  TRY(require_log(options.data));
  TRY(require_signed(options.archive, options.data / "keys"));
  // As at every start: an end that was lost is noticed before anything goes.
  const auto opened = TRY(open_checked_log({.folder = log}));
  const LogTables& tables = opened.tables;
  DropOptions how{.keeps = stays, .on_step = options.on_step, .dry_run = options.dry_run};
  if (!options.until.empty()) how.until = TRY(position_of(tables, options.until));
  return drop_archived(tables, options.archive, how);
}

}  // namespace dealog
