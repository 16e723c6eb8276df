#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/record_fields.hpp"
#include "libs/eventlog/verify_findings.hpp"

namespace dealog {
namespace {

using RowCheck = std::function<Result<void>(std::string_view key, std::string_view value)>;

bool has_tag(const RecordFields& fields, const std::string& tag) {
  return std::ranges::any_of(fields.tags, [&](std::string_view own) { return own == tag; });
}

// Looks for index rows that no event explains.
class IndexesPass {
 public:
  IndexesPass(const LogTables& tables, VerifyFindings& findings)
      : tables_(tables), findings_(findings), report_(findings.report()) {}

  Result<void> run(const ExpectedRows& expected);

 private:
  Result<std::uint64_t> each_row(storage::Family family, const RowCheck& check) const;
  // Counts rows; when there are not as many as the events want, each one is held against its event.
  Result<std::uint64_t> counted(storage::Family family, const char* name, std::uint64_t expected,
                                const RowCheck& against_event);
  // Rows without which what was dropped could not be told from what never was.
  Result<void> check_dropped();
  Result<void> check_personal_tags();
  Result<void> check_raw_bodies();
  Result<void> check_subject_keys();

  // The event's fields when `holds` finds there what the row says; else a problem is noted.
  Result<void> must_hold(Position position, const std::string& row,
                         const std::function<bool(const RecordFields&)>& holds);

  const LogTables& tables_;
  VerifyFindings& findings_;
  VerifyReport& report_;
};

Result<void> IndexesPass::run(const ExpectedRows& expected) {
  TRY(counted(tables_.streams, "streams", expected.streams,
              [&](std::string_view key, std::string_view value) -> Result<void> {
                storage::KeyReader reader(key);
                const auto stream = reader.text();
                const auto version = reader.u64();
                return must_hold({parse_u64(value).value_or(0)}, "a row of streams",
                                 [&](const RecordFields& fields) {
                                   return stream == fields.stream && reader.at_end() &&
                                          version == fields.version.value;
                                 });
              }));
  TRY(counted(tables_.ids, "ids", expected.ids,
              [&](std::string_view key, std::string_view value) -> Result<void> {
                const auto row = parse_id_row(value);
                return must_hold(
                    row ? row->position : Position{}, "a row of ids",
                    [&](const RecordFields& fields) { return fields.event_id == key; });
              }));
  TRY(check_dropped());
  report_.tags =
      TRY(counted(tables_.tags, "tags", expected.tags,
                  [&](std::string_view key, std::string_view) -> Result<void> {
                    storage::KeyReader reader(key);
                    const auto tag = reader.text();
                    return must_hold({reader.u64().value_or(0)}, "a row of tags",
                                     [&](const RecordFields& fields) {
                                       return tag && reader.at_end() && has_tag(fields, *tag);
                                     });
                  }));
  TRY(check_personal_tags());
  TRY(check_raw_bodies());
  TRY(each_row(tables_.meta, {}));  // whole as well, or the log does not open
  return check_subject_keys();
}

Result<std::uint64_t> IndexesPass::each_row(storage::Family family, const RowCheck& check) const {
  std::uint64_t rows = 0;
  auto scan = tables_.db().scan(family, {});
  for (; scan.valid(); scan.next(), ++rows) {
    if (check) TRY(check(scan.key(), scan.value()));
  }
  if (const auto status = scan.status(); !status) {
    findings_.add({}, "an index cannot be read to its end (" + status.error().message + ")");
  }
  return rows;
}

Result<std::uint64_t> IndexesPass::counted(storage::Family family, const char* name,
                                           std::uint64_t expected, const RowCheck& against_event) {
  const auto rows = TRY(each_row(family, {}));
  if (rows == expected) return rows;
  // What the records want that were not read is not known, but for one row of ids and of streams
  // where they were dropped.
  const bool all_seen = report_.events + report_.unread == report_.head.value;
  const bool unknown =
      rows > expected && (!all_seen || (report_.unread > 0 && family == tables_.tags));
  const auto before = report_.problem_count;
  TRY(each_row(family, against_event));
  // Rows that are missing were noted with their events; this is for a count that nothing explains.
  if (unknown) return rows;
  if (report_.problem_count == 0 || (rows > expected && before == report_.problem_count)) {
    findings_.add({}, "the index of " + std::string(name) + " has " + std::to_string(rows) +
                          " rows, the events want " + std::to_string(expected));
  }
  return rows;
}

Result<void> IndexesPass::must_hold(Position position, const std::string& row,
                                    const std::function<bool(const RecordFields&)>& holds) {
  storage::PinnedValue record;
  const auto there = tables_.record_at(position, record);
  if (!there) return {};  // noted with its event
  if (*there) {
    const auto fields = parse_record_fields(record.view());
    if (fields && holds(*fields)) return {};
  } else if (report_.unread + report_.archived > 0 && position.value > 0 &&
             position <= findings_.dropped) {
    return {};  // held against its record, where that was read, from the other side
  }
  findings_.add(position, row + " names position " + std::to_string(position.value) +
                              ", whose record says otherwise");
  return {};
}

Result<void> IndexesPass::check_dropped() {
  if (report_.unread == 0) return {};
  TRY(each_row(tables_.ids, [&](std::string_view, std::string_view value) -> Result<void> {
    const auto row = parse_id_row(value);
    if (!row || row->position > findings_.dropped || row->answer) return {};
    storage::PinnedValue record;
    const auto there = tables_.record_at(row->position, record);
    if (!there || *there) return {};
    findings_.add(row->position, "position " + std::to_string(row->position.value) +
                                     " was dropped and a repeated request could not be answered");
    return {};
  }));
  // Those of records that were not read count as well.
  report_.streams = 0;
  TRY(each_row(tables_.streams, [&](std::string_view key, std::string_view) -> Result<void> {
    storage::KeyReader reader(key);
    if (reader.text() && reader.u64() == 1) ++report_.streams;
    return {};
  }));
  return {};
}

Result<void> IndexesPass::check_personal_tags() {
  report_.personal_tags = TRY(each_row(
      tables_.personal_tags, [&](std::string_view key, std::string_view value) -> Result<void> {
        storage::KeyReader reader(key);
        const bool hash = reader.raw(kTagHashBytes).has_value();
        const Position position{reader.u64().value_or(0)};
        if (!hash || !reader.at_end() || !value.empty() || position.value == 0 ||
            position > report_.head) {
          findings_.add(position, "a row of personal_tags names position " +
                                      std::to_string(position.value) + ", which does not exist");
        }
        return {};
      }));
  return {};
}

Result<void> IndexesPass::check_raw_bodies() {
  report_.raw_bodies =
      TRY(each_row(tables_.raw, [&](std::string_view key, std::string_view) -> Result<void> {
        const auto there = tables_.db().contains(tables_.ids, key);
        if (there && !*there) {
          findings_.add({},
                        "a raw body belongs to event " + to_hex(key) + ", which does not exist");
        }
        return {};
      }));
  return {};
}

Result<void> IndexesPass::check_subject_keys() {
  const KeyId highest = TRY(tables_.highest_key());
  report_.subject_keys = TRY(each_row(
      tables_.subject_keys, [&](std::string_view key, std::string_view value) -> Result<void> {
        const auto id = parse_u64(value);
        if (!id || *id == 0 || *id > highest) {
          findings_.add(
              {}, "subject_keys names a key for '" + std::string(key) + "' that was never drawn");
        }
        return {};
      }));
  return {};
}

}  // namespace

Result<void> verify_indexes(const LogTables& tables, const ExpectedRows& expected,
                            VerifyFindings& findings) {
  return IndexesPass(tables, findings).run(expected);
}

}  // namespace dealog
