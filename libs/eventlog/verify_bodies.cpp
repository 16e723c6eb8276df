#include <algorithm>

#include "dealog/v1/intake_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/event/catalogue.hpp"
#include "libs/eventlog/expired_bodies.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/verify_findings.hpp"

namespace dealog {

void BodiesPass::see(Position position, const v1::StoredRecord& record) {
  static const auto kReceived = event_type_of(v1::DeliveryReceived::default_instance()).number;
  if (const auto until = expiry_in(record)) expired_ = std::max(expired_, *until);
  if (record.type() != kReceived) return;
  const auto there = tables_.db().contains(tables_.raw, record.event_id());
  if (!there || *there) return;  // a family that cannot be read is a problem of the indexes
  v1::DeliveryReceived received;
  if (!received.ParseFromString(record.payload()) || received.sealed_sha256().empty()) return;
  report_.absent_bodies.push_back({position, received.body_key_id()});
}

Result<void> BodiesPass::end() {
  const auto row = TRY(tables_.db().get(tables_.meta, kNoBodiesKey));
  const auto forget = [&](Position until) {
    return std::erase_if(report_.absent_bodies,
                         [&](const AbsentBody& body) { return body.position <= until; });
  };
  report_.expired_bodies = forget(expired_);
  if (row) report_.unarchived_bodies = forget({parse_u64(*row).value_or(0)});
  return {};
}

}  // namespace dealog
