// A recording or an attachment, asked for from where its provider keeps it.
#pragma once

#include <expected>
#include <string>

#include "libs/domain/fetch/fetch.hpp"
#include "libs/outbound/interrupt.hpp"
#include "libs/outbound/web_client.hpp"
#include "services/webhooks/source_book.hpp"

namespace dealog::webhooks {

inline constexpr int kRedirects = 3;                      // to the file, by the provider
inline constexpr std::chrono::seconds kBodyTimeout{300};  // of 40 MB at 140 KB/s

struct FetchedBody {
  std::string bytes;
  std::string name;        // tidy, with an ending where one is known; never empty
  std::string media_type;  // plain
};

// Through as many requests as the provider wants. A redirect is followed without headers, so that
// no key leaves for another host; `client` keeps to its reach at every step. An answer that says
// that asking again would not help makes the failure final. `stop`, raised, ends it within seconds.
// Thread: one at a time.
std::expected<FetchedBody, fetch::FailFetch> fetch_body(const ConnectedSource& source,
                                                        const fetch::State& state,
                                                        outbound::WebClient& client, Timestamp now,
                                                        const outbound::Interrupt& stop);

// The provider's own word for how long to wait, a day at most.
fetch::FailFetch failure_of(const outbound::WebAnswer& answer, bool final, Timestamp now);

}  // namespace dealog::webhooks
