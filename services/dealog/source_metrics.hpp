// What /metrics says of each source and each mailbox. The label `source` is its id, never its name.
//
//   dealog_sources                                        connected now
//   dealog_source_deliveries{source,provider,state}       the states of what it delivered, ever
//   dealog_source_received{source,provider}               their sum
//   dealog_source_last_received_age_seconds{source,…}     since its last delivery; absent: none yet
//   dealog_source_lamp{source,provider}                   1: something in quarantine, or too
//   silent,
//                                                         or its mailbox cannot be read
//   dealog_mailbox_connected{source}, dealog_mailbox_mails{source},
//   dealog_mailbox_last_read_age_seconds{source}          of those that are read by IMAP
//   dealog_fetches_given_up                               of all sources
#pragma once

#include <string>

namespace dealog {

class Core;

// Beyond these, the oldest ones, sources are only counted: a time series costs whoever stores it.
inline constexpr std::size_t kMeasuredSources = 100;

// Text exposition format 0.0.4, made anew each time, so that a removed source is gone from it.
// Empty when the views cannot be read.
std::string render_sources(Core& core);

}  // namespace dealog
