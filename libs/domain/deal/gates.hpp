// The one judge of moves: `options`, a person's move, a reported one and an automatic one all ask
// it.
#pragma once

#include <vector>

#include <google/protobuf/repeated_field.h>

#include "dealog/v1/common.pb.h"
#include "libs/domain/deal/decide.hpp"

namespace dealog::deal {

// How a move of this deal to `target` stands. Open deal or not is judged too; `state` may be
// hypothetical.
StageOption judge_move(const State& state, const rules::Stage& target, const Context& context);

// The refusal that an option which is not allowed stands for.
Error refusal_of(const StageOption& option, const State& state, const Context& context);

// Errors: kInvalid "invalid_input" at `pointer` with code unknown_stage.
Result<const rules::Stage*> find_stage(std::string_view code, const char* pointer,
                                       const Context& context);

// A verdict for every criterion; one whose code was judged already is not judged again.
void judge_into(std::vector<rules::Verdict>& verdicts,
                const std::vector<rules::Criterion>& criteria, const State& state,
                const Context& context);
bool all_met(const std::vector<rules::Verdict>& verdicts);

using VerdictList = google::protobuf::RepeatedPtrField<v1::CriterionVerdict>;
void put_verdicts(VerdictList* out, const std::vector<rules::Verdict>& verdicts);

}  // namespace dealog::deal
