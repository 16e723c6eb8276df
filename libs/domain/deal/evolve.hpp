// Inside of evolve: how its files share the work.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include <google/protobuf/message.h>

#include "dealog/v1/common.pb.h"
#include "libs/base/money.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/event.hpp"

namespace dealog::deal {

struct State;

// What an event says besides its payload.
struct Frame {
  Timestamp occurred;
  const Actor& actor;
};

using Applier = void (*)(State&, const google::protobuf::Message&, const Frame&);
using Appliers = std::unordered_map<const google::protobuf::Descriptor*, Applier>;
// `apply(state, event, frame)` for each type of event that is named.
template <auto apply, class... Events>
void add_appliers(Appliers& appliers) {
  (appliers.emplace(Events::descriptor(),
                    [](State& state, const google::protobuf::Message& event, const Frame& frame) {
                      apply(state, static_cast<const Events&>(event), frame);
                    }),
   ...);
}
void add_commerce_appliers(Appliers& appliers);
void add_approval_appliers(Appliers& appliers);

// Stored texts were checked before they were written; what cannot be read is absent.
std::optional<Date> date_from_text(const std::string& text);
Money money_from_proto(const v1::Money& money);
template <class Id>
Id id_from_text(const std::string& text) {
  if (text.empty()) return {};
  const auto id = Id::parse(text);
  return id ? *id : Id{};
}

}  // namespace dealog::deal
