#include "projections/pipelines/pipelines_projector.hpp"

#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/views.pb.h"
#include "libs/projection/row_keys.hpp"

namespace dealog::views {

std::string_view PipelinesProjector::prefix() const { return row_keys::kPipelines; }

void PipelinesProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  const auto* published = event.as<v1::RegulationPublished>();
  if (!published) return;
  auto& row =
      batch.edit<v1::PipelineRow>(row_keys::key(row_keys::kPipeline, published->pipeline()));
  row.set_pipeline(published->pipeline());
  row.set_version(published->version());
  row.set_position(event.position.value);
  row.set_sha256(published->sha256());
  row.set_yaml(published->yaml());
  row.set_published_us(event.recorded.us);
}

}  // namespace dealog::views
