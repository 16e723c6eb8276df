#include "libs/projection/sealed_text.hpp"

#include "libs/base/logging.hpp"
#include "libs/event/catalogue.hpp"
#include "libs/event/codec.hpp"

namespace dealog {
namespace {

TextState worse(TextState a, TextState b) { return std::max(a, b); }

TextState text_state(SealState state) {
  switch (state) {
    case SealState::kErased:
      return TextState::kErased;
    case SealState::kLost:
      return TextState::kLost;
    default:
      return TextState::kShown;
  }
}

}  // namespace

SealedText OpenedFields::text(const std::string& opened) const {
  if (state_ != TextState::kShown) return {state_, {}};
  if (opened.empty()) return {};
  return {TextState::kShown, opened};
}

OpenedFields BoxOpener::open(const v1::SealedFields& fields) const {
  const EventType* type = find_event_type(fields.type());
  if (fields.boxes().empty() || type == nullptr) return {TextState::kAbsent, nullptr};
  auto message = type->make();
  if (personal_ == PersonalView::kMasked) return {TextState::kMasked, std::move(message)};
  const Uuid event_id = Uuid::from_bytes(fields.event_id());
  TextState state = TextState::kShown;
  for (int number = 0; number < fields.boxes_size(); ++number) {
    const auto opened =
        open_box(fields.boxes(number), static_cast<std::size_t>(number), event_id, keys_, *message);
    if (opened) {
      state = worse(state, text_state(*opened));
    } else {
      state = TextState::kLost;
      log_error("sealed box of a view row is broken",
                {{"event_id", "evt_" + event_id.hex()}, {"code", opened.error().code}});
    }
  }
  return {state, std::move(message)};
}

void keep_boxes(const RecordedEvent& event, v1::SealedFields& into) {
  into.Clear();
  if (event.boxes.empty()) return;
  into.set_event_id(std::string(event.id.view()));
  into.set_type(event.type->number);
  into.mutable_boxes()->Assign(event.boxes.begin(), event.boxes.end());
}

}  // namespace dealog
