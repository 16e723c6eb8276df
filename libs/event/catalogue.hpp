// Every type of event, by number and by name, read from the options of the messages in proto/.
// Thread: any; built once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

namespace dealog {

struct EventType {
  std::uint32_t number = 0;
  std::uint32_t schema_version = 0;
  std::string name;  // "DealStageChanged"
  const google::protobuf::Descriptor* descriptor = nullptr;
  const google::protobuf::Message* prototype = nullptr;
  // Fields that are sealed, by class (dealog.v1.Privacy); [OPEN] and [0] are empty.
  std::array<std::vector<const google::protobuf::FieldDescriptor*>, 6> sealed_fields;
  bool has_sealed_fields = false;

  std::unique_ptr<google::protobuf::Message> make() const {
    return std::unique_ptr<google::protobuf::Message>(prototype->New());
  }
};

// Null for what this version does not know.
const EventType* find_event_type(std::uint32_t number);
const EventType* find_event_type(std::string_view name);
// `descriptor` must be an event's.
const EventType& event_type_of(const google::protobuf::Message& message);
const std::vector<const EventType*>& all_event_types();  // by number

}  // namespace dealog
