// Reading records and events from text.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/connectors/asterisk/cdr.hpp"
#include "libs/connectors/parse/csv.hpp"

namespace dealog::connectors::asterisk {
namespace {

using Row = std::vector<std::string>;

std::unexpected<Error> malformed(std::size_t row, std::string_view what) {
  return fail(ErrorKind::kInvalid, "malformed_csv", fmt::format("row {} {}", row, what));
}

constexpr std::array<std::string_view, 16> kMaster{
    "accountcode", "src",   "dst",    "dcontext", "clid",     "channel", "dstchannel",  "lastapp",
    "lastdata",    "start", "answer", "end",      "duration", "billsec", "disposition", "amaflags"};
constexpr std::array<std::string_view, 20> kCustom{
    "clid",     "src",         "dst",      "dcontext",  "channel",  "dstchannel", "lastapp",
    "lastdata", "start",       "answer",   "end",       "duration", "billsec",    "disposition",
    "amaflags", "accountcode", "uniqueid", "userfield", "sequence", "linkedid"};

bool is_disposition(std::string_view text) {
  constexpr std::array<std::string_view, 6> kNames{"ANSWERED", "NO ANSWER",  "BUSY",
                                                   "FAILED",   "CONGESTION", "UNKNOWN"};
  return std::find(kNames.begin(), kNames.end(), text) != kNames.end();
}

// "[name-]1598519380.114"
bool is_uniqueid(std::string_view text) {
  text.remove_prefix(std::min(text.rfind('-') + 1, text.size()));
  const auto dot = text.find('.');
  return dot != std::string_view::npos && dot >= 9 && dot + 1 < text.size() &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

void put(Cdr& cdr, std::string_view name, std::string value) {
  cdr.entries.push_back({std::string(name), Node::of_text(std::move(value))});
}

Cdr named(const Row& row, std::span<const std::string_view> names) {
  Cdr cdr = Node::map();
  for (std::size_t i = 0; i < std::min(row.size(), names.size()); ++i) put(cdr, names[i], row[i]);
  return cdr;
}

// What follows the sixteen columns is chosen in cdr.conf: loguniqueid, loguserfield, newcdrcolumns.
Result<Cdr> master_row(const Row& row, std::size_t number) {
  Cdr cdr = named(row, kMaster);
  std::size_t at = kMaster.size();
  const std::size_t extra = row.size() - at;
  if (extra > 5) return malformed(number, "has more columns than Master.csv can have");
  const std::size_t own = extra >= 3 ? extra - 3 : extra;  // uniqueid, userfield
  if (own == 2 || (own == 1 && is_uniqueid(row[at]))) put(cdr, "uniqueid", row[at++]);
  if (own == 2 || (own == 1 && at == kMaster.size())) put(cdr, "userfield", row[at++]);
  if (extra >= 3) {
    put(cdr, "linkedid", row[at + 1]);
    put(cdr, "sequence", row[at + 2]);
  }
  return cdr;
}

Result<Cdr> record_of(const Row& row, std::size_t number) {
  constexpr std::size_t kDisposition = 14;  // of Master.csv; one less in cdr_custom
  if (row.size() >= kMaster.size() && is_disposition(row[kDisposition])) {
    return master_row(row, number);
  }
  if (row.size() > kDisposition && is_disposition(row[kDisposition - 1])) {
    return named(row, kCustom);
  }
  if (row.size() < kMaster.size()) return malformed(number, "has fewer columns than a record");
  return malformed(number, "has no disposition where Master.csv has it");
}

}  // namespace

Result<std::vector<Cdr>> parse_cdr_csv(std::string_view text) {
  if (!is_valid_utf8(text)) {
    return fail(ErrorKind::kInvalid, "invalid_text", "the file is not written in UTF-8");
  }
  std::vector<Cdr> out;
  for (std::size_t number = 1; !trim(text).empty(); ++number) {
    const Row row = TRY(take_csv_row(text, ',', number));
    if (row.size() == 1 && trim(row[0]).empty()) continue;
    if (out.size() == kCdrRows) {
      return fail(ErrorKind::kTooLarge, "too_many_rows",
                  fmt::format("a delivery may hold {} rows; send the file in parts", kCdrRows));
    }
    out.push_back(TRY(record_of(row, number)));
  }
  return out;
}

Result<std::vector<Node>> parse_ami(std::string_view text) {
  if (!is_valid_utf8(text)) {
    return fail(ErrorKind::kInvalid, "invalid_text", "the event is not written in UTF-8");
  }
  std::vector<Node> out;
  bool open = false;
  for (const auto raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    if (line.empty()) {
      open = false;
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      // The greeting of the socket, "Asterisk Call Manager/7.0.3".
      if (!open && line.starts_with("Asterisk ")) continue;
      return fail(ErrorKind::kInvalid, "malformed_event", "a line of the event has no colon");
    }
    if (!open) out.push_back(Node::map());
    open = true;
    if (out.size() > kAmiEvents || out.back().entries.size() == kAmiFields) {
      return fail(ErrorKind::kTooLarge, "too_many_events",
                  fmt::format("a delivery may hold {} events of {} lines", kAmiEvents, kAmiFields));
    }
    put(out.back(), to_lower_ascii(trim(line.substr(0, colon))),
        std::string(trim(line.substr(colon + 1))));
  }
  return out;
}

Cdr cdr_of_ami(const Node& event) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kNames{{
      {"source", "src"},
      {"destination", "dst"},
      {"destinationcontext", "dcontext"},
      {"callerid", "clid"},
      {"destinationchannel", "dstchannel"},
      {"lastapplication", "lastapp"},
      {"starttime", "start"},
      {"answertime", "answer"},
      {"endtime", "end"},
      {"billableseconds", "billsec"},
      {"linked_id", "linkedid"},
      {"unique_id", "uniqueid"},
  }};
  Cdr cdr = event;
  for (auto& entry : cdr.entries) {
    entry.key = to_lower_ascii(entry.key);
    for (const auto& [ami, name] : kNames) {
      if (entry.key == ami) entry.key = name;
    }
  }
  return cdr;
}

}  // namespace dealog::connectors::asterisk
