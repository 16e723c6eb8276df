#include "libs/eventlog/append_checks.hpp"

#include <algorithm>
#include <set>

#include "libs/base/encoding.hpp"
#include "libs/base/limits.hpp"

namespace dealog {
namespace {

std::unexpected<Error> invalid(const std::string& what) {
  return fail(ErrorKind::kInvalid, "append_invalid", "appending to the log: " + what);
}

std::unexpected<Error> too_large(const std::string& what) {
  return fail(ErrorKind::kTooLarge, "append_too_large",
              "appending to the log: " + what + ". Split the request into smaller ones");
}

bool is_stream_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::kStreamNameBytes &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

Result<void> check_event(const EncodedEvent& event) {
  if (!is_stream_name(event.stream)) {
    return invalid("a stream name is 1 to 64 of [a-z0-9_-]");
  }
  if (event.id.is_nil()) return invalid("an event has no id");
  if (event.bytes.size() > limits::kEventBytes) {
    return too_large("an event has " + std::to_string(event.bytes.size()) + " bytes, at most " +
                     std::to_string(limits::kEventBytes) + " are taken");
  }
  if (event.open_tags.size() + event.personal_tag_hashes.size() > limits::kTagsPerEvent) {
    return too_large("an event has more than " + std::to_string(limits::kTagsPerEvent) + " tags");
  }
  for (const auto& tag : event.open_tags) {
    if (tag.empty()) return invalid("a tag is empty");
    if (tag.size() > limits::kTagBytes) {
      return too_large("a tag has more than " + std::to_string(limits::kTagBytes) + " bytes");
    }
  }
  for (const auto& hash : event.personal_tag_hashes) {
    if (hash.size() != kTagHashBytes) return invalid("a personal tag's hash has not 16 bytes");
  }
  return {};
}

std::size_t raw_bytes(const AppendRequest& request) {
  std::size_t sum = 0;
  for (const auto& body : request.raw_bodies) sum += body.sealed.size();
  return sum;
}

bool has_doubled_id(const std::vector<EncodedEvent>& events) {
  if (events.size() < 2) return false;
  std::set<Uuid> seen;
  return !std::ranges::all_of(events, [&](const auto& e) { return seen.insert(e.id).second; });
}

}  // namespace

std::size_t append_bytes(const AppendRequest& request) {
  std::size_t sum = raw_bytes(request);
  for (const auto& event : request.events) sum += event.bytes.size();
  return sum;
}

Result<void> check_append(const AppendRequest& request, std::size_t bytes) {
  const auto& events = request.events;
  if (events.empty()) return invalid("there is no event");
  if (events.size() > limits::kAppendEvents) {
    return too_large(std::to_string(events.size()) + " events, at most " +
                     std::to_string(limits::kAppendEvents) + " are taken");
  }
  const std::size_t raw = raw_bytes(request);
  if (bytes - raw > limits::kAppendBytes) {
    return too_large(std::to_string(bytes - raw) + " bytes, at most " +
                     std::to_string(limits::kAppendBytes) + " are taken");
  }
  if (raw > limits::kAppendRawBytes) {
    return too_large("raw bodies of " + std::to_string(raw) + " bytes, at most " +
                     std::to_string(limits::kAppendRawBytes) + " are taken");
  }
  if (request.conditions.size() > limits::kConditions) {
    return too_large(std::to_string(request.conditions.size()) + " conditions, at most " +
                     std::to_string(limits::kConditions) + " are taken");
  }
  for (const auto& event : events) {
    if (auto checked = check_event(event); !checked) return checked;
  }
  if (has_doubled_id(events)) return invalid("two events have one id");
  for (const auto& body : request.raw_bodies) {
    const bool belongs =
        std::ranges::any_of(events, [&](const auto& e) { return e.id == body.event_id; });
    if (!belongs) return invalid("a raw body belongs to no event of this append");
  }
  return {};
}

std::unexpected<Error> version_conflict(const StreamAt& expected, StreamVersion actual) {
  return fail(ErrorKind::kConflict, "version_conflict",
              "stream '" + expected.stream + "' is at version " + std::to_string(actual.value) +
                  ", expected was " + std::to_string(expected.version.value) +
                  ". Read it again and decide anew");
}

std::unexpected<Error> tag_conflict(const NoTagAfter& condition, Position found) {
  // A personal tag's hash says nothing to people, and its text is not known here.
  const std::string tag = condition.personal ? "a personal tag" : "tag '" + condition.tag + "'";
  return fail(ErrorKind::kConflict, "tag_conflict",
              tag + " was written at position " + std::to_string(found.value) + ", after " +
                  std::to_string(condition.position.value) + ". Read it again and decide anew");
}

std::unexpected<Error> key_reused() {
  return fail(ErrorKind::kUnprocessable, "idempotency_key_reused",
              "this idempotency key was used for another request; use a new key for a new request");
}

std::unexpected<Error> event_id_taken(const Uuid& id, Position position) {
  return fail(ErrorKind::kUnprocessable, "idempotency_key_reused",
              "event id " + id.hex() + " is in the log already, at position " +
                  std::to_string(position.value) + ", though the append's first event is not");
}

std::unexpected<Error> subject_key_conflict(const std::string& subject) {
  return fail(ErrorKind::kConflict, "version_conflict",
              "subject '" + subject + "' was given another key meanwhile; seal the events again");
}

std::unexpected<Error> log_busy() {
  return fail(
      ErrorKind::kUnavailable, "log_busy",
      "the log's queue is full: the disk is slower than the writers. Try again in a second");
}

std::unexpected<Error> log_gap(Position missing) {
  return fail(
      ErrorKind::kInternal, "log_gap",
      "position " + std::to_string(missing.value) +
          " is missing in the log. Stop the service, run `dealog verify` and restore from a "
          "backup");
}

std::unexpected<Error> version_gap(std::string_view stream, StreamVersion missing) {
  return fail(ErrorKind::kInternal, "log_gap",
              "version " + std::to_string(missing.value) + " of stream '" + std::string(stream) +
                  "' is missing in the log. Stop the service, run `dealog verify` and restore from "
                  "a backup");
}

}  // namespace dealog
