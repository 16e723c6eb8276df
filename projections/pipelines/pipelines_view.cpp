#include "projections/pipelines/pipelines_view.hpp"

#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

Pipeline read_pipeline(const v1::PipelineRow& row) {
  return {.code = row.pipeline(),
          .version = row.version(),
          .position = {row.position()},
          .sha256 = row.sha256(),
          .yaml = row.yaml(),
          .published_at = {row.published_us()}};
}

}  // namespace

Result<std::optional<Pipeline>> PipelinesView::get(std::string_view code) const {
  const auto row =
      TRY(find_row<v1::PipelineRow>(context_.rows, row_keys::key(row_keys::kPipeline, code)));
  if (!row) return std::nullopt;
  return read_pipeline(*row);
}

Result<std::vector<Pipeline>> PipelinesView::all() const {
  std::vector<Pipeline> out;
  TRY(visit_rows<v1::PipelineRow>(context_.rows, row_keys::kPipeline, ScanOrder::kForward,
                                  [&](std::string_view, const v1::PipelineRow& row) {
                                    out.push_back(read_pipeline(row));
                                    return true;
                                  }));
  return out;
}

}  // namespace dealog::views
