#include "services/api/support/event_names.hpp"

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/domain/deal/state.hpp"

namespace dealog::api {
namespace {

using views::Named;

template <class Item>
std::string title_of(const Item* item, Language language) {
  return item == nullptr ? std::string() : item->title.in(language);
}

std::string title_in(const rules::Regulation& regulation, Named what, const std::string& code,
                     Language language) {
  switch (what) {
    case Named::kStage:
      return title_of(regulation.stage(code), language);
    case Named::kLossReason:
      return title_of(regulation.loss_reason(code), language);
    case Named::kWorkType:
      return title_of(regulation.work_type(code), language);
    case Named::kField:
      return title_of(regulation.custom_field(code), language);
    case Named::kRule:
      return title_of(regulation.rule(code), language);
    case Named::kPipeline:
    case Named::kUser:
    case Named::kPerson:
      return {};
  }
  return {};
}

}  // namespace

Result<std::string> pipeline_of(const Api& api, const RecordedEvent& event) {
  if (const auto* opened = event.as<v1::DealOpened>()) return opened->pipeline();
  if (const auto* ran = event.as<v1::ScheduleRan>()) return ran->pipeline();
  if (const auto* mode = event.as<v1::RuleModeChanged>()) return mode->pipeline();
  const auto* chosen = event.as<v1::OwnerChosen>();
  const std::string deal = chosen != nullptr ? chosen->deal() : event.stream;
  if (!deal.starts_with("deal_")) return std::string();
  return TRY(api.bus.folds().current<deal::State>(deal))->pipeline;
}

std::string EventNamesOfApi::name_of(Named what, const RecordedEvent& event,
                                     const std::string& code, Language language) const {
  if (what == Named::kUser) return elsewhere_.name_of(rules::Kept::kUser, code, language);
  if (what == Named::kPerson) return elsewhere_.name_of(rules::Kept::kPerson, code, language);
  if (what == Named::kPipeline) return elsewhere_.name_of(rules::Kept::kPipeline, code, language);
  const auto pipeline = pipeline_of(api_, event);
  if (!pipeline || pipeline->empty()) return {};
  const auto regulation = api_.regulations.current(*pipeline);
  return regulation ? title_in(**regulation, what, code, language) : std::string();
}

}  // namespace dealog::api
