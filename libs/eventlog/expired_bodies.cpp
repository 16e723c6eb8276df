#include "libs/eventlog/expired_bodies.hpp"

#include "dealog/v1/retention_events.pb.h"
#include "libs/event/catalogue.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog {
namespace {

bool tells_of_expiry(std::uint32_t type) {
  static const std::uint32_t kType = event_type_of(v1::RawBodiesExpired::default_instance()).number;
  return type == kType;
}

}  // namespace

std::optional<Position> expiry_in(std::string_view record) {
  const auto fields = parse_record_fields(record);
  if (!fields || !tells_of_expiry(fields->type)) return std::nullopt;
  v1::StoredRecord parsed;
  if (!parsed.ParseFromArray(record.data(), static_cast<int>(record.size()))) return std::nullopt;
  return expiry_in(parsed);
}

std::optional<Position> expiry_in(const v1::StoredRecord& record) {
  if (!tells_of_expiry(record.type())) return std::nullopt;
  v1::RawBodiesExpired expired;
  if (!expired.ParseFromString(record.payload())) return std::nullopt;
  return Position{expired.until_position()};
}

}  // namespace dealog
