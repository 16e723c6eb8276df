#include "libs/event/json_form.hpp"

#include "dealog/v1/common.pb.h"
#include "dealog/v1/options.pb.h"
#include "libs/base/money.hpp"
#include "libs/event/catalogue.hpp"

namespace dealog {
namespace {

namespace json = boost::json;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

json::value money_json(const Message& message) {
  const auto& money = static_cast<const v1::Money&>(message);
  const auto currency = Currency::parse(money.currency());
  if (!currency) return nullptr;
  return json::object{{"amount", Money{money.minor(), *currency}.decimal()},
                      {"currency", money.currency()}};
}

json::value message_value(const Message& message) {
  if (message.GetDescriptor() == v1::Money::descriptor()) return money_json(message);
  return message_to_json(message);
}

json::value integer_value(const FieldDescriptor& field, std::int64_t value) {
  if (field.name().ends_with("_at") || field.name().ends_with("_by"))
    return json::string(Timestamp{value}.rfc3339());
  return value;
}

json::value singular_value(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.GetUInt64(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return integer_value(field, reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return json::string(reflection.GetStringReference(message, &field, &scratch));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return message_value(reflection.GetMessage(message, &field));
    default:
      return nullptr;  // no event has floats or enums; a test sees to it
  }
}

json::value repeated_value(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, &field);
  if (field.is_map()) {
    json::object out;
    for (int i = 0; i < size; ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      const auto& key = *entry.GetDescriptor()->map_key();
      const auto& value = *entry.GetDescriptor()->map_value();
      out[entry.GetReflection()->GetString(entry, &key)] = singular_value(entry, value);
    }
    return out;
  }
  json::array out;
  for (int i = 0; i < size; ++i) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      out.push_back(message_value(reflection.GetRepeatedMessage(message, &field, i)));
    } else {
      out.push_back(json::string(reflection.GetRepeatedString(message, &field, i)));
    }
  }
  return out;
}

bool is_set(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

json::value field_value(const Message& message, const FieldDescriptor& field) {
  return field.is_repeated() ? repeated_value(message, field) : singular_value(message, field);
}

// What stands for a sealed field; nothing: it is shown, or was never there.
std::optional<json::value> veil(SealState state, PersonalView view, bool set) {
  switch (state) {
    case SealState::kErased:
      return json::object{{"erased", true}};
    case SealState::kLost:
      return json::object{{"key_lost", true}};
    case SealState::kClosed:
      return json::object{{"masked", true}};
    case SealState::kOpened:
      if (set && view == PersonalView::kMasked) return json::object{{"masked", true}};
      return std::nullopt;
    case SealState::kAbsent:
      return std::nullopt;
  }
  return std::nullopt;
}

json::object data_json(const RecordedEvent& event, PersonalView view) {
  json::object data;
  const Message& payload = *event.payload;
  for (int i = 0; i < event.type->descriptor->field_count(); ++i) {
    const FieldDescriptor& field = *event.type->descriptor->field(i);
    const auto privacy = static_cast<std::size_t>(field.options().GetExtension(v1::privacy));
    const bool set = is_set(payload, field);
    if (privacy != v1::OPEN) {
      if (auto veiled = veil(event.seals.at(privacy), view, set)) {
        data[field.name()] = *std::move(veiled);
        continue;
      }
    }
    if (set) data[field.name()] = field_value(payload, field);
  }
  return data;
}

}  // namespace

json::object message_to_json(const Message& message) {
  json::object out;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (is_set(message, field)) out[field.name()] = field_value(message, field);
  }
  return out;
}

json::object to_json(const RecordedEvent& event, PersonalView view) {
  json::object out;
  out["position"] = event.position.value;
  out["event_id"] = EventId(event.id).text();
  out["stream"] = event.stream;
  out["version"] = event.version.value;
  out["type"] = event.type->name;
  out["occurred_at"] = event.occurred.at.rfc3339();
  if (event.occurred.date) {
    out["occurred_date"] = event.occurred.date->text();
    out["occurred_time_zone"] = event.occurred.time_zone;
  }
  out["recorded_at"] = event.recorded.rfc3339();
  out["actor"] = json::object{{"kind", event.actor.kind}, {"id", event.actor.id}};
  out["correlation_id"] = EventId(event.correlation_id).text();
  if (!event.causation_id.is_nil()) out["causation_id"] = EventId(event.causation_id).text();
  if (!event.rule.empty()) {
    out["rule"] = json::object{{"id", event.rule}, {"version", event.rule_version}};
  }
  if (!event.amends.is_nil()) out["amends"] = EventId(event.amends).text();
  out["data"] = data_json(event, view);
  return out;
}

}  // namespace dealog
