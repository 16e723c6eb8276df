#include "libs/connectors/asterisk/cdr.hpp"

#include <algorithm>
#include <array>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/connectors/telephony/call_fields.hpp"

namespace dealog::connectors::asterisk {
namespace {

std::string field(const Cdr& cdr, std::string_view name) { return first_text(cdr, {name}); }

// `"Ivan" <79161234567>` → Ivan.
std::string name_in(std::string_view clid) {
  std::string_view name = trim(clid.substr(0, clid.find('<')));
  if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"')) {
    name = name.substr(1, name.size() - 2);
  }
  return std::string(trim(name));
}

bool starts_inside(std::string_view context) {
  return context.starts_with("from-internal") || context.starts_with("from-inside") ||
         context == "internal";
}

// One of our phones began the call: its channel is named after an extension, or its context says
// so. A channel named after a line (PJSIP/trunk-…) brought the call in.
bool began_inside(const Cdr& cdr) {
  const std::string channel = field(cdr, "channel");
  const std::string_view peer = peer_of(channel);
  if (is_extension(peer)) return true;
  if (starts_inside(field(cdr, "dcontext"))) return true;
  // No channel to tell: by the numbers.
  return channel.empty() && is_extension(field(cdr, "src"));
}

void put_sides(CallFact& call, const Cdr& cdr, const SourceSettings& settings) {
  const std::string src = field(cdr, "src"), dst = field(cdr, "dst");
  const std::string channel = field(cdr, "channel"), far_channel = field(cdr, "dstchannel");
  const std::string_view near = peer_of(channel), far = peer_of(far_channel);
  if (began_inside(cdr)) {
    const bool outside = is_outside_number(dst);
    call.direction = outside ? Direction::kOut : Direction::kInternal;
    call.agent = is_extension(near)  ? std::string(near)
                 : is_extension(src) ? src
                                     : std::string(near);
    if (!outside) return;
    call.person = caller(dst, settings.country);
    // What the called party is shown.
    if (is_outside_number(src)) call.line = line_of(src, settings.country);
    return;
  }
  call.direction = Direction::kIn;
  call.person = caller(src, settings.country, name_in(field(cdr, "clid")));
  if (is_outside_number(dst)) call.line = line_of(dst, settings.country);
  call.agent = is_extension(far) ? std::string(far) : is_extension(dst) ? dst : std::string(far);
}

// A machine took the call and nobody of ours did: the caller left a queue, or a message.
bool met_a_machine(const Cdr& cdr) {
  const std::string app = to_lower_ascii(field(cdr, "lastapp"));
  return (app == "queue" || app == "voicemail") && field(cdr, "dstchannel").empty();
}

Result<void> put_outcome(CallFact& call, const Cdr& cdr) {
  const std::string disposition = TRY(required_text(cdr, "disposition", "disposition"));
  constexpr std::array<std::string_view, 5> kUnanswered{"NO ANSWER", "BUSY", "FAILED", "CONGESTION",
                                                        "UNKNOWN"};
  call.duration_s = TRY(seconds_field(cdr, {"duration"}));
  call.talk_s = TRY(seconds_field(cdr, {"billsec"}));
  if (equals_ignoring_case_ascii(disposition, "ANSWERED")) {
    call.answered = !met_a_machine(cdr);
    if (!*call.answered) {
      call.reason = to_lower_ascii(field(cdr, "lastapp"));
      call.talk_s = 0;
    }
    return {};
  }
  const auto* known = std::find_if(
      kUnanswered.begin(), kUnanswered.end(),
      [&](std::string_view name) { return equals_ignoring_case_ascii(name, disposition); });
  if (known == kUnanswered.end()) {
    return fail(ErrorKind::kInvalid, "disposition_unknown",
                "disposition is none that Asterisk documents");
  }
  call.answered = false;
  call.reason = *known;
  return {};
}

// The records of one call share its uniqueid; what they differ in makes them apart.
std::string hash_of(const Cdr& cdr) {
  std::string text;
  for (const auto* name : {"start", "end", "src", "dst", "channel", "dstchannel", "disposition"}) {
    text += field(cdr, name) + "\n";
  }
  return to_hex(sha256(text)).substr(0, 32);
}

}  // namespace

std::string_view peer_of(std::string_view channel) {
  const auto slash = channel.find('/');
  if (slash == std::string_view::npos) return {};
  std::string_view peer = channel.substr(slash + 1);
  if (const auto dash = peer.rfind('-'); dash != std::string_view::npos) {
    peer = peer.substr(0, dash);
  }
  return peer.substr(0, peer.find('@'));
}

Result<Fact> fact_of(const Cdr& cdr, const SourceSettings& settings) {
  CallFact call;
  call.state = CallState::kFinished;
  TRY(put_outcome(call, cdr));
  put_sides(call, cdr, settings);
  const std::string start = TRY(required_text(cdr, "start", "start"));
  const Timestamp at = TRY(time_field(start, settings.time_zone, "start"));
  const std::string hash = hash_of(cdr);
  const std::string unique = field(cdr, "uniqueid"), linked = field(cdr, "linkedid");
  const std::string sequence = field(cdr, "sequence");
  const std::string id = !linked.empty() ? linked : !unique.empty() ? unique : "sha256:" + hash;
  // The channel that a call began with ends it; others are legs of it.
  if (!linked.empty() && unique != linked) call.leg = unique;
  const std::string key = delivery_key("asterisk:cdr", unique.empty() ? id : unique);
  return Fact{key + ":" + (sequence.empty() ? hash : sequence), id, at, {}, std::move(call)};
}

}  // namespace dealog::connectors::asterisk
