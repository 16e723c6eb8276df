// What a verification has found so far. Inside libs/eventlog only.
#pragma once

#include <map>

#include "dealog/v1/record.pb.h"
#include "libs/eventlog/append_checks.hpp"
#include "libs/eventlog/log_tables.hpp"
#include "libs/eventlog/verify.hpp"

namespace dealog {

// Thread: one.
class VerifyFindings {
 public:
  explicit VerifyFindings(VerifyReport& report) : report_(report) {}

  void add(Position position, std::string what) {
    ++report_.problem_count;
    // One that belongs to no position does not hide the first that does.
    const auto rank = [](Position of) { return of.value - 1; };
    if (!report_.first || rank(position) < rank(report_.first->position)) {
      report_.first = {position, what};
    }
    if (report_.problems.size() < VerifyReport::kListedProblems) {
      report_.problems.push_back({position, std::move(what)});
    }
  }
  VerifyReport& report() { return report_; }

  // Records up to here may have been dropped.
  Position dropped;
  // Roots of the tree at the sizes that somebody will ask for: keys are put in before the events
  // are walked, values while they are.
  std::map<std::uint64_t, std::optional<merkle::Hash>> roots = {{0, merkle::Frontier().root()}};

 private:
  VerifyReport& report_;
};

// Rows that the indexes must have, counted over the events.
struct ExpectedRows {
  std::uint64_t streams = 0;
  std::uint64_t ids = 0;
  std::uint64_t tags = 0;
};

// verify_log() over a log that is open already.
Result<VerifyReport> verify_tables(const LogTables& tables, const VerifyOptions& options);

// verify_bodies.cpp: which deliveries have lost their raw body. see() each record, then end().
class BodiesPass {
 public:
  BodiesPass(const LogTables& tables, VerifyReport& report) : tables_(tables), report_(report) {}
  void see(Position position, const v1::StoredRecord& record);
  Result<void> end();

 private:
  const LogTables& tables_;
  VerifyReport& report_;
  Position expired_;  // the furthest that an event tells of
};

// verify_events.cpp: events and commits, and from each event its index rows.
ExpectedRows verify_events(const LogTables& tables, const VerifyOptions& options,
                           VerifyFindings& findings, BodiesPass& bodies);
// verify_heads.cpp: the watermark and the given heads; begin() before the events, end() after.
class HeadsPass {
 public:
  HeadsPass(const LogTables& tables, const VerifyOptions& options, VerifyFindings& findings)
      : tables_(tables), options_(options), findings_(findings) {}
  Result<void> begin();
  void end();

 private:
  void check(Position position, const merkle::Hash& root, const std::string& when);

  const LogTables& tables_;
  const VerifyOptions& options_;
  VerifyFindings& findings_;
  std::optional<merkle::Hash> mark_root_;
  std::vector<TreeHead> heads_;  // those that must hold
};
// verify_indexes.cpp: index rows that no event explains.
Result<void> verify_indexes(const LogTables& tables, const ExpectedRows& expected,
                            VerifyFindings& findings);

}  // namespace dealog
