// Sealed fields of a row, opened when the row is read.
#pragma once

#include <memory>
#include <string>

#include "dealog/v1/views.pb.h"
#include "libs/event/event.hpp"
#include "libs/event/json_form.hpp"
#include "libs/event/key_ring.hpp"

namespace dealog {

// How a field that was sealed in the log comes out for this reader.
enum class TextState {
  kAbsent,  // never filled in
  kShown,
  kMasked,  // the reader has no right to personal data; whether it is filled in is not said
  kErased,  // its key was destroyed on purpose
  kLost,    // its key should exist and does not: an alarm
};

struct SealedText {
  TextState state = TextState::kAbsent;
  std::string value;  // only when kShown

  bool operator==(const SealedText&) const = default;
  bool is_shown() const { return state == TextState::kShown; }
};

// A message of the event's type with the fields of its boxes, as far as they could be opened.
class OpenedFields {
 public:
  OpenedFields(TextState state, std::unique_ptr<google::protobuf::Message> message)
      : state_(state), message_(std::move(message)) {}

  // kShown: the message is there. kAbsent: the event had no box.
  TextState state() const { return state_; }
  // Null unless the fields are shown and are of this type.
  template <class M>
  const M* as() const {
    return message_ && message_->GetDescriptor() == M::descriptor()
               ? static_cast<const M*>(message_.get())
               : nullptr;
  }
  // Null only when the state is kAbsent.
  const google::protobuf::Message* message() const { return message_.get(); }
  // A text that stood in the boxes: shown (absent when empty), or why not.
  SealedText text(const std::string& opened) const;

 private:
  TextState state_;
  std::unique_ptr<google::protobuf::Message> message_;
};

// Opens the boxes of rows for one reader. A box whose bytes do not fit its key counts as lost and
// is logged. Thread: any.
class BoxOpener {
 public:
  BoxOpener(const KeyRing& keys, PersonalView personal) : keys_(keys), personal_(personal) {}
  OpenedFields open(const v1::SealedFields& fields) const;
  bool shows_personal() const { return personal_ == PersonalView::kShown; }

 private:
  const KeyRing& keys_;
  PersonalView personal_;
};

// Puts the boxes of `event` into a row. Leaves `into` empty when the event has none.
void keep_boxes(const RecordedEvent& event, v1::SealedFields& into);

}  // namespace dealog
