// Criteria: conditions over Facts, as data. The gates and, later, the automations speak this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/rules/facts.hpp"

namespace dealog::rules {

using dealog::Language;

struct LocalText {
  std::string ru;
  std::string en;

  const std::string& in(Language language) const { return language == Language::kRu ? ru : en; }
  bool operator==(const LocalText&) const = default;
};

enum class CriterionKind {
  kField,  // field present, or compared with `value` by `comparison`
  kTouch,
  kTask,
  kQuote,
  kInvoice,
  kDocument,
  kAcknowledgement,
  kParticipant,
  kDiscount,        // within policy or approved
  kPaidShare,       // paid at least `basis_points` of agreed; -1: the required prepayment
  kBalanceCleared,  // agreed − paid ≤ 0
  kAll,
  kAny,
  kNot,
};

enum class Comparison { kPresent, kEqual, kNotEqual, kAtLeast, kAtMost, kMore, kLess, kOneOf };

struct Criterion {
  CriterionKind kind = CriterionKind::kAll;
  // Stable within the regulation: given in the file, else made from what it asks
  // ("field:amount", "touch:meeting:held"). This is `criterion` in answers and in events.
  std::string code;
  LocalText message;  // given in the file; empty: `describe` makes one

  std::string name;   // field path, role, document/acknowledgement/invoice kind ("" any invoice)
  std::string state;  // quote/invoice: state reached; document: "signed" or ""
  Comparison comparison = Comparison::kPresent;
  std::vector<FieldValue> values;  // right side of a comparison
  std::int32_t basis_points = 0;   // kPaidShare, kDiscount
  TouchQuery touch;
  TaskQuery task;
  std::vector<Criterion> children;  // kAll, kAny, kNot (exactly one)

  bool operator==(const Criterion&) const = default;
};

// The name of a kind as it stands in the file and in answers: "field", "touch", "paid", …
std::string_view kind_name(CriterionKind kind);

// Whether it holds for these facts. A comparison needs a present field of the type compared with
// (money: of the same currency), so `kNotEqual` of an absent field does not hold. Allocates
// nothing of its own. Thread: any.
bool holds(const Criterion& criterion, const Facts& facts);

// What has to be done so that it holds, as a sentence for the person at the screen:
// "Fill in the amount", "Заполните сумму".
std::string describe(const Criterion& criterion, Language language);

// One judged criterion. A list of criteria is judged each by each, so that every unmet one is
// named at once.
struct Verdict {
  std::string code;
  std::string kind;
  bool met = false;
  LocalText message;

  bool operator==(const Verdict&) const = default;
};
std::vector<Verdict> judge(const std::vector<Criterion>& criteria, const Facts& facts);

}  // namespace dealog::rules
