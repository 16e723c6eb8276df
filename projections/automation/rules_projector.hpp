// Derives the triggers of rules from the log: a row for each that has no end yet, timers keyed by
// when they run out; and keeps what people ask about rules: counts and notifications.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/projection/projector.hpp"
#include "projections/automation/rule_deal.hpp"

namespace dealog::views {

// Thread: projector.
class RulesProjector final : public Projector {
 public:
  std::string_view name() const override { return "rules"; }
  std::uint32_t version() const override { return 5; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;

 private:
  void published(const v1::RegulationPublished& m, const RecordedEvent& event, ViewBatch& batch);
  void mode_changed(const v1::RuleModeChanged& m, const RecordedEvent& event, ViewBatch& batch);
  void apply_to_user(const RecordedEvent& event, ViewBatch& batch);
  void apply_to_deal(const RecordedEvent& event, ViewBatch& batch);
  // The rules in force, from memory or the row; null while nothing was published.
  const RuleBook* book_of(const std::string& pipeline, ViewBatch& batch);
  // After the row of a pipeline's book has changed.
  const RuleBook* renew_book(const std::string& pipeline, ViewBatch& batch);
  void load_what_is_heard(ViewBatch& batch);

  // Parsed from the rows; a row's contents and its book change together.
  std::map<std::string, std::unique_ptr<RuleBook>, std::less<>> books_;
  std::string key_;             // of the row of the event at hand
  bool loaded_ = false;         // the next is known
  bool hears_touches_ = false;  // else touches, which are most of what happens, are passed over
};

}  // namespace dealog::views
