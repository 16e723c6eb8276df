// Gathers the fields of a form into a lead.
#pragma once

#include <string>
#include <string_view>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/lead/field_roles.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors {

// Used once: put fields in their order, then finish. Thread: one.
class LeadBuilder {
 public:
  explicit LeadBuilder(const SourceSettings& settings) : settings_(settings) {}

  // Takes a field by the role of its name. What is empty is left out. A role that is filled
  // already (a second phone) and an amount that is no number become answers; comments are joined.
  void put_recognised(const std::string& name, const std::string& value);
  // Takes a value for a known role, the later over the earlier.
  void put(FieldRole role, std::string_view value);
  void put_utm(std::string name, std::string value);  // the earlier one stays
  void put_answer(std::string name, std::string value);
  void put_order(std::string order_id) { lead_.order_id = std::move(order_id); }
  void put_signal(std::string signal) { lead_.signal = std::move(signal); }
  void put_deal(std::string deal) { lead_.deal = std::move(deal); }
  void put_line(ProductLine line) { lead_.lines.push_back(std::move(line)); }
  void put_amount(const Money& amount) { lead_.amount = amount; }

  // Errors: kInvalid "lead_empty" when nothing is known about who asks and for what;
  // "invalid_amount", "unknown_currency".
  Result<LeadFact> finish();

  // The currency of amounts: the form's own, else the source's.
  std::string currency() const;

 private:
  std::string& slot(FieldRole role);
  std::string full_name() const;

  const SourceSettings& settings_;
  LeadFact lead_;
  std::string name_, first_, middle_, last_, phone_, email_, amount_, currency_;
};

}  // namespace dealog::connectors
