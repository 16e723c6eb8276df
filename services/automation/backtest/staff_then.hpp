// Whom a rule could choose or tell at a moment of the past.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "libs/command/use_cases/rules.hpp"
#include "libs/event/event.hpp"

namespace dealog::automation {

// Users that rules may choose among, as the live runner has it.
inline constexpr std::size_t kStaff = 5'000;

// Thread: one.
class StaffThen {
 public:
  explicit StaffThen(const Folds& folds) : folds_(folds) {}

  // Every event of before is told, in order, when open deals are to be counted.
  void see(const RecordedEvent& event);
  // Those who work there now; the same object as long as nothing has changed.
  Result<std::shared_ptr<const use_cases::Staff>> now(bool counts, Position head);

 private:
  struct OpenDeal {
    std::string owner;
    bool open = true;
  };
  void count(const OpenDeal& deal, int change);
  void assign(const StreamName& stream, const std::string& owner);
  void set_open(const StreamName& stream, bool open);

  const Folds& folds_;
  std::unordered_map<StreamName, OpenDeal> deals_;
  std::map<std::string, std::uint32_t> open_by_owner_;
  std::shared_ptr<use_cases::Staff> staff_;
};

}  // namespace dealog::automation
