// Writes the rows of people and companies, and the tokens by which search finds them.
#pragma once

#include "libs/event/key_ring.hpp"
#include "libs/projection/projector.hpp"

namespace dealog::views {

// The only projector that opens boxes: tokens are made from what they hold. Whoever is erased
// leaves no token behind, neither when the erasure comes by nor in any rebuild after it.
// Thread: projector.
class ContactsProjector final : public Projector {
 public:
  explicit ContactsProjector(const KeyRing& keys) : keys_(keys) {}

  std::string_view name() const override { return "contacts"; }
  std::uint32_t version() const override { return 2; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;

 private:
  const KeyRing& keys_;
};

}  // namespace dealog::views
