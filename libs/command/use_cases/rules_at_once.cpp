#include "libs/command/use_cases/rules_at_once.hpp"

#include <algorithm>
#include <map>

#include "dealog/v1/deal_events.pb.h"
#include "libs/command/regulation_book.hpp"
#include "libs/command/use_cases/rules.hpp"
#include "libs/domain/deal/rule_occasions.hpp"

namespace dealog::use_cases {
namespace {

// What came from elsewhere is history: it triggers nothing here.
constexpr std::string_view kImportActor = "import";

class Consequences {
 public:
  explicit Consequences(Unit& unit) : unit_(unit) {}

  Result<void> run() {
    for (std::size_t place = 0; place < unit_.emitted().size(); ++place) {
      if (unit_.emitted()[place].stream.starts_with("deal_")) TRY(look_at(place));
    }
    return {};
  }

 private:
  // A deal as it was at the event that is looked at, while the unit knows how it ends.
  struct Then {
    deal::State state;
    RegulationRef regulation;  // null: no rule of its pipeline acts at once
    // The order of rules is kept: behind one that the runner has to end, it carries out all.
    bool left_to_runner = false;
  };

  Result<Then> begin(const StreamName& stream, std::size_t place) {
    Then then{.state = *TRY(unit_.folds().current<deal::State>(stream))};
    const auto* state = TRY(unit_.glance<deal::State>(stream));
    auto regulation = TRY(regulation_for(unit_, state->pipeline, false));
    if (std::ranges::any_of(regulation->rules, rules::acts_at_once)) {
      then.regulation = std::move(regulation);
    }
    for (std::size_t i = 0; i < place; ++i) {
      if (unit_.emitted()[i].stream == stream) deal::evolve(then.state, unit_.recorded(i));
    }
    // What another system reports is history, also of a deal that is opened in the same append.
    then.left_to_runner = std::ranges::any_of(unit_.emitted(), [&](const StreamEvent& made) {
      return made.stream == stream &&
             made.event.payload->GetDescriptor() == v1::DealStageReported::descriptor();
    });
    return then;
  }

  Result<void> look_at(std::size_t place) {
    const StreamName stream = unit_.emitted()[place].stream;
    const auto payload = unit_.emitted()[place].event.payload;
    const bool is_occasion = deal::may_be_occasion(*payload);
    auto known = deals_.find(stream);
    if (known == deals_.end()) {
      if (!is_occasion) return {};
      known = deals_.emplace(stream, TRY(begin(stream, place))).first;
    }
    Then& then = known->second;
    if (!then.regulation || then.left_to_runner) return {};
    const deal::State before = is_occasion ? then.state : deal::State{};
    deal::evolve(then.state, unit_.recorded(place));
    if (!is_occasion) return {};
    for (const auto& occasion : deal::occasions_of(*payload, before, then.state)) {
      for (const rules::Rule& rule : then.regulation->rules) {
        if (!rules::acts_at_once(rule) || !occasion.is_meant_by(rule.trigger)) continue;
        if (!deal::may_act(rule, then.state)) continue;
        then.left_to_runner = ended_ == kRulesAtOnce || !carry_out(then, rule, occasion, place);
        if (then.left_to_runner) return {};
        ++ended_;
      }
    }
    return {};
  }

  // Whether the trigger came to its end.
  bool carry_out(const Then& then, const rules::Rule& rule, const deal::Occasion& occasion,
                 std::size_t place) {
    const auto deal = DealId::parse(unit_.emitted()[place].stream);
    if (!deal) return false;
    const rules::Regulation& regulation = *then.regulation;
    const Uuid cause = unit_.id_of(place);
    const auto& occurred = unit_.emitted()[place].event.occurred;
    TriggeredRule triggered{.trigger = rule::trigger_id(cause, regulation.code, rule.id,
                                                        occasion.visit, occasion.about, 0),
                            .pipeline = regulation.code,
                            .rule = rule.id,
                            .regulation_version = regulation.version,
                            .deal = *deal,
                            .call = {.visit = occasion.visit,
                                     .episode = then.state.episode,
                                     .about = occasion.about,
                                     .since = occurred ? occurred->at : unit_.now()},
                            .causation_depth = unit_.depth_of(place),
                            .cause = place};
    triggered.id = rule::command_id(cause, triggered.trigger);
    Unit::Part part(unit_, author_of(regulation.code, rule.id, regulation.version));
    RuleAttempt attempt;
    if (!carry_out_rule(unit_, triggered, Staff{}, attempt)) return attempt.simulated;
    part.keep();
    return true;
  }

  Unit& unit_;
  std::map<StreamName, Then> deals_;
  std::size_t ended_ = 0;
};

}  // namespace

void run_rules_at_once(Unit& unit) {
  if (unit.actor().kind == kImportActor) return;
  // What cannot be read here, the runner will meet again.
  std::ignore = Consequences(unit).run();
}

}  // namespace dealog::use_cases
