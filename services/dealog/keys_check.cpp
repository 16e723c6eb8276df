#include "services/dealog/keys_check.hpp"

#include <fmt/format.h>

#include "libs/eventlog/log_tables.hpp"
#include "libs/keys/key_store.hpp"
#include "libs/keys/keys_folder.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

struct NamedKeys {
  std::vector<std::string> subjects;
  std::vector<KeyId> ids;
};

Result<NamedKeys> named_keys(const LogTables& tables) {
  NamedKeys named;
  auto rows = tables.db().scan(tables.subject_keys, {});
  for (; rows.valid(); rows.next()) {
    const auto id = parse_u64(rows.value());
    if (!id) continue;  // verify_log() tells of it
    named.subjects.emplace_back(rows.key());
    named.ids.push_back(*id);
  }
  TRY(rows.status());
  return named;
}

// Where the subject's stream begins: the first that cannot be read without its key.
Result<Position> first_of(const LogTables& tables, const std::string& subject) {
  storage::KeyWriter key;
  const auto row = TRY(tables.db().get(tables.streams, stream_key(key, subject, {1})));
  return Position{row ? parse_u64(*row).value_or(0) : 0};
}

bool there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// Why a folder without keys is none that has lost them; empty: it has.
std::string excuse(const fs::path& data, const NamedKeys& named) {
  if (there(data / "manifest.json")) {
    return there(data / "keys.json") ? "" : "this backup has none any more, later ones have";
  }
  for (const char* part : {"signed-head", "views", "files", "owner-token", "erasures"}) {
    if (there(data / part)) return "";
  }
  return named.ids.empty() ? "there are none and the log names none"
                           : "there is no folder keys beside this copy of the log";
}

Result<void> look_for(const LogTables& tables, const fs::path& keys, const NamedKeys& named,
                      KeysReport& report) {
  const KeyId accepted = TRY(accepted_loss(keys));
  const auto states = TRY(KeyStore::read_states(keys, named.ids));
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == KeyState::kErased) ++report.erased;
    if (states[i] != KeyState::kLost) continue;
    if (named.ids[i] <= accepted) {
      ++report.given_up;
      continue;
    }
    const Position first = TRY(first_of(tables, named.subjects[i]));
    report.problems.push_back(
        {first, fmt::format("key {} of {} is missing in keys, so what it seals cannot be read",
                            named.ids[i], named.subjects[i])});
  }
  return {};
}

}  // namespace

Result<KeysReport> check_keys(const fs::path& data) {
  const auto tables = TRY(LogTables::open({.folder = data / "log", .read_only = true}));
  const auto named = TRY(named_keys(tables));
  KeysReport report{.named = named.ids.size()};
  const fs::path keys = data / "keys";
  if (!there(keys)) {
    report.not_checked = excuse(data, named);
    if (report.not_checked.empty()) report.problems.push_back({{}, "the folder keys is missing"});
    return report;
  }
  auto checked = check_keys_folder(keys);
  if (checked) checked = look_for(tables, keys, named, report);
  report.checked = checked.has_value();
  if (!checked) report.problems.push_back({{}, checked.error().message});
  return report;
}

}  // namespace dealog
