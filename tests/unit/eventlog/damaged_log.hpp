// A small log with a row of every kind, and hands to damage it with while it is stopped.
#pragma once

#include "libs/eventlog/verify_findings.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {

struct Row {
  std::string key;
  std::string value;
};

class DamagedLog {
 public:
  DamagedLog() {
    const auto log = open();
    const auto must = [&](AppendRequest request) {
      clock_.advance(std::chrono::seconds(1));
      if (!log.value()->append_and_wait(std::move(request))) std::abort();
    };
    must(append_of({{.stream = "deal_1",
                     .id = 1,
                     .open_tags = {"tsk_1", "per_1"},
                     .fresh_keys = {{"deal_1", 3}},
                     .box_key = 3},
                    {.stream = "deal_1", .id = 2, .box_key = 3},
                    {.stream = "per_1", .id = 3, .personal_tags = {std::string(16, 'h')}}}));
    must(append_of({{.stream = "deal_2",
                     .id = 4,
                     .open_tags = {"tsk_2"},
                     .fresh_keys = {{"deal_2", 4}},
                     .box_key = 4}}));
    auto delivery = append_of({{.stream = "dlv_1", .id = 5}, {.stream = "deal_1", .id = 6}});
    delivery.raw_bodies = {{id_of(5), "sealed body"}};
    must(std::move(delivery));
    must(append_of({{.stream = "deal_2", .id = 7, .open_tags = {"tsk_2"}}}));
  }

  // As the service does.
  Result<std::unique_ptr<RocksLog>> open() {
    tables_.reset();
    return RocksLog::open({.folder = folder(), .clock = &clock_, .cached_streams = 16});
  }
  VerifyReport verify() {
    auto report = verify_tables(tables(), {});
    if (!report) throw std::runtime_error(report.error().message);
    return *report;
  }

  std::vector<Row> rows(const std::string& family) {
    std::vector<Row> all;
    auto scan = tables().db().scan(tables().db().family(family), {});
    for (; scan.valid(); scan.next()) {
      all.push_back({std::string(scan.key()), std::string(scan.value())});
    }
    return all;
  }
  // Takes rows out and puts others in.
  void edit(const std::string& family, const std::vector<std::string>& out,
            const std::vector<Row>& in) {
    auto& db = tables().db();
    storage::WriteBatch batch;
    for (const auto& key : out) batch.erase(db.family(family), key);
    for (const auto& row : in) batch.put(db.family(family), row.key, row.value);
    if (!db.write(batch, storage::Sync::kNo)) std::abort();
  }

  // Rewrites a family into files that hold what is left and nothing of what was taken out.
  void compact(const std::string& family) {
    auto& db = tables().db();
    if (!db.compact(db.family(family), {})) std::abort();
  }

  // All rows of a family in one table, the newest of the closed log.
  std::filesystem::path only_table_of(const std::string& family) {
    compact(family);
    tables_.reset();
    std::filesystem::path newest;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
      if (entry.path().extension() == ".sst") newest = std::max(newest, entry.path());
    }
    return newest;
  }

  std::filesystem::path folder() const { return folder_.path() / "log"; }

 private:
  // Open between edits and closed for open(): opening takes longer than a whole verification.
  const LogTables& tables() {
    if (!tables_) tables_.emplace(LogTables::open({.folder = folder()}).value());
    return *tables_;
  }

  TemporaryFolder folder_;
  std::optional<LogTables> tables_;
  ManualClock clock_{kNoon};
};

inline std::string at(std::uint64_t position) { return storage::KeyWriter().u64(position).take(); }

}  // namespace dealog::testing
