#include "libs/command/use_cases/regulations.hpp"

namespace dealog::use_cases {

Result<PublishedRegulation> publish_regulation(Unit& unit, std::string_view pipeline,
                                               std::string_view yaml) {
  const auto stream = regulation::stream_of(pipeline);
  const auto* state = TRY(unit.load<regulation::State>(stream));
  auto events = TRY(regulation::decide(
      *state, regulation::PublishRegulation{std::string(pipeline), std::string(yaml)},
      unit.language()));
  PublishedRegulation published{.version = state->version.value, .published = !events.empty()};
  if (published.published) ++published.version;
  unit.emit(stream, std::move(events));
  return published;
}

}  // namespace dealog::use_cases
