#include "libs/eventlog/log_identity.hpp"

#include <charconv>

#include "libs/base/assert.hpp"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"

namespace dealog {
namespace {

constexpr std::size_t kEpochRandomBytes = 4;

Result<std::string> make_log_id(const LogTables& tables, const std::string& wanted) {
  const std::string fresh = wanted.empty() ? random_bytes(kLogIdBytes) : wanted;
  DEALOG_ASSERT(fresh.size() == kLogIdBytes);
  storage::WriteBatch batch;
  batch.put(tables.meta, kFormatKey, kLogFormat);
  batch.put(tables.meta, kLogIdKey, fresh);
  batch.put(tables.meta, kEpochKey, kFirstEpoch);
  TRY(tables.db().write(batch, storage::Sync::kYes));
  TRY(tables.db().flush(tables.meta));
  return fresh;
}

}  // namespace

Result<std::optional<LogIdentity>> find_log_identity(const LogTables& tables) {
  const auto format = TRY(tables.db().get(tables.meta, kFormatKey));
  if (format && *format != kLogFormat && *format != kDroppedLogFormat) {
    return fail(ErrorKind::kInternal, "log_format_unknown",
                "the log in " + tables.db().folder().string() + " has format " + *format +
                    ", this version of dealog knows " + std::string(kLogFormat) + " and " +
                    std::string(kDroppedLogFormat) + ". Start the newer version that wrote it");
  }
  const auto stored = TRY(tables.db().get(tables.meta, kLogIdKey));
  if (format && stored && stored->size() == kLogIdBytes) {
    const auto epoch = TRY(tables.db().get(tables.meta, kEpochKey));
    const auto archive = TRY(tables.db().get(tables.meta, kArchiveKey));
    return LogIdentity{.log_id = *stored,
                       .epoch = epoch.value_or(std::string(kFirstEpoch)),
                       .watermarked = TRY(tables.db().contains(tables.meta, kWatermarkedKey)),
                       .dropped = TRY(dropped_until(tables)),
                       .archive = archive.value_or("")};
  }
  const auto events = tables.db().scan(tables.events, {});
  TRY(events.status());
  if (format || stored || events.valid()) {
    return fail(ErrorKind::kInternal, "log_broken",
                "the log in " + tables.db().folder().string() +
                    " has lost its id. Restore it from a backup with `dealog restore`");
  }
  return std::nullopt;
}

Result<LogIdentity> load_log_identity(const LogTables& tables, const std::string& wanted) {
  if (auto identity = TRY(find_log_identity(tables))) return *std::move(identity);
  return LogIdentity{.log_id = TRY(make_log_id(tables, wanted)), .epoch = std::string(kFirstEpoch)};
}

Result<Position> dropped_until(const LogTables& tables) {
  const auto row = TRY(tables.db().get(tables.meta, kDroppedKey));
  if (!row) return Position{};
  const auto position = parse_u64(*row);
  if (position) return Position{*position};
  return fail(ErrorKind::kInternal, "log_broken",
              "the log's row that says how far it was dropped is damaged. Run `dealog verify`");
}

std::string next_epoch(std::string_view epoch) {
  std::uint64_t number = 0;
  std::from_chars(epoch.data(), epoch.data() + epoch.size(), number);
  return std::to_string(number + 1) + "-" + to_hex(random_bytes(kEpochRandomBytes));
}

Result<void> write_identity_row(const LogTables& tables, std::string_view key,
                                std::string_view value) {
  storage::WriteBatch batch;
  batch.put(tables.meta, key, value);
  TRY(tables.db().write(batch, storage::Sync::kYes));
  return tables.db().flush(tables.meta);
}

}  // namespace dealog
