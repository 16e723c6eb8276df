#include "libs/command/recorded_form.hpp"

#include "libs/event/catalogue.hpp"

namespace dealog {

RecordedEvent recorded_form(const StreamEvent& event, const Actor& actor, Timestamp now,
                            const Place& place) {
  RecordedEvent recorded;
  recorded.position = place.position;
  recorded.stream = event.stream;
  recorded.version = place.version;
  recorded.id = place.id;
  recorded.type = &event_type_of(*event.event.payload);
  recorded.occurred =
      event.event.occurred.value_or(OccurredAt{.at = now, .date = {}, .time_zone = {}});
  recorded.recorded = place.recorded;
  recorded.actor = event.actor.value_or(actor);
  recorded.rule = event.event.rule;
  recorded.rule_version = event.event.rule_version;
  recorded.amends = event.event.amends;
  for (const auto& tag : event.event.tags) {
    if (!tag.personal) recorded.tags.push_back(tag.value);
  }
  recorded.subject = event.event.subject.empty() ? event.stream : event.event.subject;
  recorded.payload = event.event.payload;
  return recorded;
}

}  // namespace dealog
