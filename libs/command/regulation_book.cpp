#include "libs/command/regulation_book.hpp"

#include <set>

#include <fmt/format.h>

#include "dealog/v1/intake_events.pb.h"
#include "libs/event/codec.hpp"

namespace dealog {
namespace {

constexpr std::size_t kPublications = 100'000;  // of all pipelines, ever

std::unexpected<Error> no_pipeline(std::string_view pipeline) {
  return fail(ErrorKind::kNotFound, "pipeline_not_found",
              fmt::format("no regulation of pipeline '{}' was published", pipeline));
}

}  // namespace

Result<RegulationRef> RegulationBook::current(std::string_view pipeline) const {
  const auto state = TRY(folds_.current<regulation::State>(regulation::stream_of(pipeline)));
  auto regulation = state->current();
  if (regulation == nullptr) return no_pipeline(pipeline);
  return regulation;
}

Result<RegulationRef> RegulationBook::version(std::string_view pipeline,
                                              std::uint64_t number) const {
  const auto state = TRY(folds_.current<regulation::State>(regulation::stream_of(pipeline)));
  if (!state->exists()) return no_pipeline(pipeline);
  auto regulation = state->at(number);
  if (regulation == nullptr) {
    return fail(ErrorKind::kNotFound, "regulation_version_not_found",
                fmt::format("pipeline '{}' has no regulation version {}", pipeline, number));
  }
  return regulation;
}

Result<RegulationRef> RegulationBook::as_of(std::string_view pipeline, Position position) const {
  const auto stream = regulation::stream_of(pipeline);
  const auto state = TRY(folds_.as_of<regulation::State>(stream, position));
  auto regulation = state->current();
  if (regulation == nullptr) return no_pipeline(pipeline);
  return regulation;
}

Result<std::string> RegulationBook::text(std::string_view pipeline, std::uint64_t number) const {
  TRY(version(pipeline, number));
  Result<RecordedEvent> event =
      fail(ErrorKind::kInternal, "regulation_missing", "the regulation's text cannot be read");
  // Nothing else stands in its stream.
  TRY(folds_.log().read_stream(regulation::stream_of(pipeline), {number}, Direction::kForward, 1,
                               [&](const StoredEvent& stored) {
                                 event = decode(stored.record, Open::kAll, &folds_.keys());
                                 return false;
                               }));
  const RecordedEvent read = TRY(std::move(event));
  const auto* published = read.as<v1::RegulationPublished>();
  return published == nullptr ? std::string() : published->yaml();
}

Result<std::vector<std::string>> RegulationBook::pipelines() const {
  std::set<std::string> codes;
  for (const auto& event :
       TRY(folds_.with_tag(open_tag(std::string(regulation::kPipelinesTag)), kPublications))) {
    const auto* published = event.as<v1::RegulationPublished>();
    if (published != nullptr) codes.insert(published->pipeline());
  }
  return std::vector<std::string>(codes.begin(), codes.end());
}

Result<RegulationRef> regulation_for(Unit& unit, std::string_view pipeline, bool conditional) {
  const auto stream = regulation::stream_of(pipeline);
  const auto* state = conditional ? TRY(unit.load<regulation::State>(stream))
                                  : TRY(unit.glance<regulation::State>(stream));
  auto regulation = state->current();
  if (regulation == nullptr) return no_pipeline(pipeline);
  return regulation;
}

}  // namespace dealog
