// Sealing, as the codec does it. Reading boxes is in codec.hpp.
#pragma once

#include <string>

#include <google/protobuf/message.h>

#include "dealog/v1/options.pb.h"
#include "dealog/v1/record.pb.h"
#include "libs/base/id.hpp"
#include "libs/event/key_ring.hpp"

namespace dealog {

// 12 random bytes that were not returned before. Thread: any.
std::string next_nonce();

// Seals `fields` (a message of the event's type with only the fields of one class) into `box`.
void seal_box(const google::protobuf::Message& fields, v1::Privacy privacy, const SealKey& key,
              const Uuid& event_id, std::size_t box_number, v1::SealedBox& box);

}  // namespace dealog
