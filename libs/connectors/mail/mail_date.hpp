// The Date header, as RFC 5322 has it and as mailers write it.
#pragma once

#include <optional>
#include <string_view>

#include "libs/base/timestamp.hpp"

namespace dealog::connectors::mail {

// "Wed, 11 Oct 2017 18:31:04 -0700 (PDT)"; also without a weekday or seconds, years of two digits,
// "+03:00", "GMT+0300", the names of zones, the C library's "Wed Oct 11 18:31:04 2017", RFC 3339.
// A time without any zone is the wall clock of `zone` (IANA); an unknown name of one is UTC, as
// the RFC says. Nothing when it is no time of 1970 or later. Thread: any.
std::optional<Timestamp> parse_mail_date(std::string_view text, std::string_view zone);

}  // namespace dealog::connectors::mail
