// Mistakes that somebody could have made in the committer. mutate.cmake builds them into copies of
// its sources, for test programs only; one at a time is switched on.
#pragma once

#include <atomic>

namespace dealog::testing {

enum class Mutant {
  kNone,
  kNoSync,
  kNoWal,
  kAnswersBeforeTheWrite,
  kShowsBeforeTheWrite,
  kCommitRowAhead,    // the commits row in a write of its own, before the records
  kStreamRowLeftOut,  // of one event in eight, as below
  kIdRowLeftOut,
  kTagRowLeftOut,
  kRawBodyLeftOut,
  kSubjectKeyLeftOut,
  kOtherLeaf,  // the tree takes another hash than the record's
  kVersionSkipped,
  kForgetsIds,     // an append that is there is written again
  kStaleVersions,  // versions of streams are not kept after the write
  kSaysRefused,    // a failed write is answered as a refusal
  kGoesOn,         // a failed write does not stop the log
  kNoVersionCheck,
  kNoTagCheck,
  kReusedKeyAccepted,  // another request under the same key is answered with the first
};

inline std::atomic<Mutant> active_mutant = Mutant::kNone;
inline bool mutant_is(Mutant mutant) { return active_mutant == mutant; }
// Once in eight times.
inline bool mutant_now(Mutant mutant) {
  static std::atomic<unsigned> calls = 0;
  return mutant_is(mutant) && ++calls % 8 == 0;
}

class MutantOn {
 public:
  explicit MutantOn(Mutant mutant) { active_mutant = mutant; }
  ~MutantOn() { active_mutant = Mutant::kNone; }
  MutantOn(const MutantOn&) = delete;
  MutantOn& operator=(const MutantOn&) = delete;
};

}  // namespace dealog::testing
