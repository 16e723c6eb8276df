#include "libs/connectors/asterisk/ari.hpp"

#include "libs/base/text.hpp"
#include "libs/connectors/asterisk/cdr.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/connectors/telephony/call_fields.hpp"

namespace dealog::connectors::asterisk {
namespace {

Fact ignored_event() { return ignored("event_not_used").front(); }

// The channel that an event is about; of Dial the one that rings.
const Node* channel_of(const Node& event) {
  for (const auto* name : {"channel", "peer", "caller"}) {
    const Node* channel = event.find(name);
    if (channel && channel->kind == Node::Kind::kMap) return channel;
  }
  return nullptr;
}

// "channel:1400609726.3" of a recording.
std::string recorded_channel(const Node& event) {
  const std::string target = event.text_of({"recording", "target_uri"}).value_or("");
  return target.starts_with("channel:") ? target.substr(8) : "";
}

std::string id_of(const Node& event) {
  if (event.find("recording")) return recorded_channel(event);
  const Node* channel = channel_of(event);
  return channel ? first_text(*channel, {"id"}) : "";
}

// What makes two events of one type and channel two.
std::string part_of(const Node& event) {
  const std::string type = first_text(event, {"type"});
  if (type == "ChannelStateChange") return event.text_of({"channel", "state"}).value_or("");
  if (type == "Dial") return first_text(event, {"dialstatus"});
  if (event.find("recording")) return event.text_of({"recording", "name"}).value_or("");
  return {};
}

// ari.conf: channelvars = CHANNEL(linkedid) tells which call a channel belongs to.
std::string call_of(const Node& channel) {
  const Node* variables = channel.find("channelvars");
  const std::string linked =
      variables ? first_text(*variables, {"CHANNEL(linkedid)", "linkedid"}) : "";
  return linked.empty() ? first_text(channel, {"id"}) : linked;
}

// A channel knows who it stands for, and not which side called: a phone of ours by its name.
void put_sides(CallFact& call, const Node& channel, const SourceSettings& settings) {
  const std::string name = first_text(channel, {"name"});
  const std::string_view peer = peer_of(name);
  const std::string number = channel.text_of({"caller", "number"}).value_or("");
  const std::string dialled = channel.text_of({"dialplan", "exten"}).value_or("");
  if (is_extension(peer)) {
    call.agent = peer;
    if (is_outside_number(dialled)) {
      call.direction = Direction::kOut;
      call.person = caller(dialled, settings.country);
    }
    return;
  }
  if (!is_outside_number(number)) return;
  call.direction = Direction::kIn;
  call.person = caller(number, settings.country, channel.text_of({"caller", "name"}).value_or(""));
  if (is_outside_number(dialled)) call.line = line_of(dialled, settings.country);
}

Result<Timestamp> time_of(const Node& event) {
  const std::string text = TRY(required_text(event, "timestamp", "timestamp"));
  return time_field(text, "UTC", "timestamp");
}

Result<Fact> read_recording(const Node& event, std::string key) {
  CallFact call;
  call.state = CallState::kRecording;
  call.recording_id = TRY(required_text(*event.find("recording"), "name", "recording.name"));
  const std::string id = recorded_channel(event);
  if (id.empty()) return ignored_event();  // of a bridge
  const Timestamp at = TRY(time_of(event));
  return Fact{std::move(key), id, at, {}, std::move(call)};
}

// The end of a channel. Up means that the call was taken before.
Result<void> put_end(CallFact& call, const Node& event, const Node& channel, Timestamp at) {
  call.state = CallState::kFinished;
  call.answered = first_text(channel, {"state"}) == "Up";
  call.reason = first_text(event, {"cause_txt", "cause"});
  if (!first_text(channel, {"creationtime"}).empty()) {
    const Timestamp created =
        TRY(time_field(first_text(channel, {"creationtime"}), "UTC", "channel.creationtime"));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at - created).count();
    if (seconds >= 0 && seconds < 1'000'000) {
      call.duration_s = static_cast<std::uint32_t>(seconds);
    }
  }
  return {};
}

// Nothing when the event changes nothing for us.
std::optional<CallState> state_of(const Node& event, const Node& channel) {
  const std::string type = first_text(event, {"type"}), state = first_text(channel, {"state"});
  if (type == "StasisStart" || type == "ChannelCreated") return CallState::kStarted;
  if (type == "ChannelDestroyed") return CallState::kFinished;
  if (type == "ChannelStateChange" && (state == "Ring" || state == "Ringing")) {
    return CallState::kRinging;
  }
  if (type == "ChannelStateChange" && state == "Up") return CallState::kAnswered;
  if (type == "Dial") {
    const std::string status = first_text(event, {"dialstatus"});
    if (status == "ANSWER") return CallState::kAnswered;
    if (status.empty() || status == "RINGING") return CallState::kRinging;
  }
  return std::nullopt;
}

}  // namespace

std::string ari_key(const Node& event) {
  const std::string type = first_text(event, {"type"}), id = id_of(event);
  if (type.empty() || id.empty()) return {};
  const std::string part = part_of(event);
  return delivery_key("asterisk", id + ":" + type + (part.empty() ? "" : ":" + part));
}

Result<Fact> fact_of_ari(const Node& event, const SourceSettings& settings) {
  const std::string type = TRY(required_text(event, "type", "type"));
  std::string key = ari_key(event);
  if (type == "RecordingFinished" && event.find("recording")) {
    return read_recording(event, std::move(key));
  }
  const Node* channel = channel_of(event);
  const auto state = channel ? state_of(event, *channel) : std::nullopt;
  if (!state) return ignored_event();
  const std::string id = TRY(required_text(*channel, "id", "channel.id"));
  const Timestamp at = TRY(time_of(event));
  CallFact call;
  call.state = *state;
  put_sides(call, *channel, settings);
  if (*state == CallState::kAnswered) call.answered = true;
  if (*state == CallState::kFinished) TRY(put_end(call, event, *channel, at));
  std::string call_id = call_of(*channel);
  const Node* caller_channel = event.find("caller");
  if (type == "Dial" && caller_channel && !caller_channel->is_scalar()) {
    const std::string other = call_of(*caller_channel);
    if (!other.empty()) call_id = other;
  }
  if (call_id != id) call.leg = id;
  return Fact{std::move(key), call_id, at, {}, std::move(call)};
}

}  // namespace dealog::connectors::asterisk
