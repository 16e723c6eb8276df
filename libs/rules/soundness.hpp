// Whether a regulation that could be read can be worked by: references, vocabularies, the graph of
// stages, money and time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/rules/elsewhere.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::rules {

// At most this many issues are looked for; the reader shows fewer.
inline constexpr std::size_t kSoundnessIssues = 1000;

class SoundnessIssues {
 public:
  void error(std::string path, std::string message);
  void warning(std::string path, std::string message);
  // Further ones are not kept, so their messages need not be made.
  bool is_full() const { return issues_.size() >= kSoundnessIssues; }
  std::vector<RegulationIssue> take() { return std::move(issues_); }

 private:
  std::vector<RegulationIssue> issues_;
};

// All that is wrong, with paths as in the file and without lines. What could not be read (empty
// codes) is passed over. With `graph` false the moves are incomplete, so that what is reachable
// from where is not judged. Pure. Thread: any.
std::vector<RegulationIssue> check_soundness(const Regulation& regulation, bool graph = true);

// Three parts of it, a file each.
void check_criteria(const Regulation& regulation, SoundnessIssues& issues);
void check_rules(const Regulation& regulation, SoundnessIssues& issues);
void check_stage_graph(const Regulation& regulation, SoundnessIssues& issues);

// Whether what the regulation names elsewhere is there: of one rule alone when `only_rule` is not
// empty, else of all of it.
void check_elsewhere(const Regulation& regulation, const Elsewhere& elsewhere,
                     std::string_view only_rule, SoundnessIssues& issues);

}  // namespace dealog::rules
