#include "projections/files/files_projector.hpp"

#include "dealog/v1/file_events.pb.h"
#include "dealog/v1/file_views.pb.h"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/sealed_text.hpp"

namespace dealog::views {

std::string_view FilesProjector::prefix() const { return row_keys::kFiles; }

void FilesProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  const auto* attached = event.as<v1::FileAttached>();
  if (attached == nullptr) return;
  const auto key = row_keys::position_key(row_keys::under(row_keys::kFileOfDeal, event.stream),
                                          event.position.value);
  auto& row = batch.edit<v1::FileRow>(key);
  row.set_file(attached->file());
  row.set_media_type(attached->media_type());
  row.set_bytes(attached->bytes());
  row.set_touch(attached->touch());
  row.set_person(attached->person());
  row.set_occurred_us(event.occurred.at.us);
  row.set_actor_kind(event.actor.kind);
  row.set_actor_id(event.actor.id);
  keep_boxes(event, *row.mutable_texts());
}

}  // namespace dealog::views
