#include "libs/eventlog/verify.hpp"

#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/verify_findings.hpp"

namespace dealog {

Result<VerifyReport> verify_log(const VerifyOptions& options) {
  const auto tables = TRY(LogTables::open(
      {.folder = options.folder, .read_only = true, .environment = options.environment}));
  return verify_tables(tables, options);
}

Result<VerifyReport> verify_tables(const LogTables& tables, const VerifyOptions& options) {
  VerifyReport report;
  VerifyFindings findings(report);
  const auto format = TRY(tables.db().get(tables.meta, kFormatKey));
  if (format != kLogFormat && format != kDroppedLogFormat) {
    findings.add({}, "the log's format is '" + format.value_or("") + "', known are '" +
                         std::string(kLogFormat) + "' and '" + std::string(kDroppedLogFormat) +
                         "'");
  }
  report.log_id = TRY(tables.db().get(tables.meta, kLogIdKey)).value_or("");
  if (report.log_id.size() != kLogIdBytes) findings.add({}, "the log has lost its id");

  const auto dropped = dropped_until(tables);
  if (dropped) {
    findings.dropped = *dropped;
  } else {
    findings.add({}, dropped.error().message);
  }
  HeadsPass heads(tables, options, findings);
  TRY(heads.begin());
  BodiesPass bodies(tables, report);
  const auto expected = verify_events(tables, options, findings, bodies);
  TRY(bodies.end());
  heads.end();
  TRY(verify_indexes(tables, expected, findings));
  return report;
}

}  // namespace dealog
