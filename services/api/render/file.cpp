#include "services/api/render/file.hpp"

#include "dealog/v1/file_events.pb.h"

namespace dealog::api {

json::object render(const views::File& file) {
  json::object out = render_brief(file);
  out["touch"] = or_null(file.touch);
  out["person"] = or_null(file.person);
  out["attached_at"] = render(file.attached_at);
  out["actor"] = {{"kind", file.actor_kind}, {"id", file.actor_id}};
  return out;
}

json::object render(const use_cases::Deletion& deletion, bool personal) {
  json::object out{{"deleted_at", render(deletion.at)},
                   {"deleted_by", {{"kind", deletion.by.kind}, {"id", deletion.by.id}}}};
  out["reason"] = personal ? json::value(json::string(deletion.reason))
                           : json::value(json::object{{"masked", true}});
  return out;
}

json::object render_brief(const views::File& file) {
  return {{"id", file.id},
          {"name", render(file.name)},
          {"media_type", file.media_type},
          {"bytes", file.bytes}};
}

json::object render_attached(const RecordedEvent& event) {
  const auto& attached = *event.as<v1::FileAttached>();
  const bool erased = event.seals[v1::PERSON] == SealState::kErased;
  return {{"id", attached.file()},
          {"deal", event.stream},
          {"name", erased ? json::value(json::object{{"erased", true}})
                          : json::value(json::string(attached.name()))},
          {"media_type", attached.media_type()},
          {"bytes", attached.bytes()},
          {"touch", or_null(attached.touch())},
          {"person", or_null(attached.person())},
          {"attached_at", render(event.occurred.at)},
          {"actor", {{"kind", event.actor.kind}, {"id", event.actor.id}}}};
}

}  // namespace dealog::api
