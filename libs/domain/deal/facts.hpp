// A deal's state as the criteria of a regulation see it.
#pragma once

#include "libs/domain/deal/context.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/rules/facts.hpp"

namespace dealog::deal {

// Keeps references: lives no longer than both. Pure. Thread: any.
class DealFacts final : public rules::Facts {
 public:
  DealFacts(const State& state, const Context& context) : state_(state), context_(context) {}

  std::optional<rules::FieldValue> field(std::string_view path) const override;
  bool has_touch(const rules::TouchQuery& query) const override;
  bool has_task(const rules::TaskQuery& query) const override;
  // "approved" asks for an approval of this very revision, and "submitted" for that or for its
  // submission: sending a quote unapproved does not count as either.
  bool quote_reached(std::string_view at_least) const override;
  bool invoice_reached(std::string_view kind, std::string_view at_least) const override;
  bool has_document(std::string_view kind, bool signed_only) const override;
  bool has_acknowledgement(std::string_view kind) const override;
  bool has_participant(std::string_view role) const override;
  bool discount_within(std::int32_t basis_points) const override;
  Money agreed() const override;
  Money paid() const override;
  std::int32_t prepayment_basis_points() const override;

 private:
  bool task_matches(const rules::TaskQuery& query, std::string_view kind, std::uint8_t members,
                    std::uint32_t visit, Timestamp overdue_at) const;

  const State& state_;
  const Context& context_;
};

}  // namespace dealog::deal
