// Call detail records, in any of the forms that Asterisk writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::asterisk {

inline constexpr std::size_t kCdrRows = 10'000;   // of one file
inline constexpr std::size_t kCdrColumns = 40;    // of one row
inline constexpr std::size_t kAmiEvents = 1'000;  // of one delivery
inline constexpr std::size_t kAmiFields = 200;    // of one event

// A record as a map by the names that CDR variables have: src, dst, dcontext, clid, channel,
// dstchannel, lastapp, start, answer, end, duration, billsec, disposition, uniqueid, linkedid,
// sequence.
using Cdr = Node;

// Rows of Master.csv (16 columns, then uniqueid, userfield, and peeraccount, linkedid, sequence as
// cdr.conf asks for them) or of cdr_custom's example (clid first). Errors: kInvalid
// "malformed_csv", naming the row; kTooLarge "too_many_rows".
Result<std::vector<Cdr>> parse_cdr_csv(std::string_view text);

// "Name: value" blocks parted by empty lines, as maps with the names in lower case.
// Errors: kInvalid "malformed_event"; kTooLarge "too_many_events".
Result<std::vector<Node>> parse_ami(std::string_view text);
// The record of an AMI event Cdr.
Cdr cdr_of_ami(const Node& event);

// Errors: kInvalid "field_missing", "invalid_time", "invalid_duration", "disposition_unknown".
Result<Fact> fact_of(const Cdr& cdr, const SourceSettings& settings);

// The name in "PJSIP/101-0000001f" and "Local/101@from-queue-0001;1": "101".
std::string_view peer_of(std::string_view channel);

}  // namespace dealog::connectors::asterisk
