// Plays all stories at once, in the order of time, with what else happens at a company.
#pragma once

#include <deque>
#include <queue>

#include "services/dealog/demo/cast.hpp"
#include "services/dealog/demo/company.hpp"

namespace dealog::demo {

// Thread: one; everything is done one after the other, so the same stories give the same log.
class Year {
 public:
  Year(Stagehands& crew, const Season& season, const WorkDays& days, std::vector<Story> stories);

  // Until the story's end. Errors: the first step that failed, named.
  Result<MonthReport> play(const CompanyOptions& options);

 private:
  struct Part {
    Story story;
    DealPlay play;
    std::size_t next = 0;
  };
  struct Incident {
    Timestamp at;
    std::string what;
    std::function<Result<void>()> happen;
  };
  // A step of a part, or an incident.
  struct Turn {
    Timestamp at;
    std::size_t place = 0;  // parts first, incidents after them
    auto operator<=>(const Turn&) const = default;
  };

  void plan_incidents();
  void plan_noise();
  void add(Timestamp at, std::string what, std::function<Result<void>()> happen);
  void enqueue(std::size_t part);
  Result<void> take(const Turn& turn);
  Result<void> dismiss_leaver();
  Result<MonthReport> report(std::string month) const;

  Stagehands& crew_;
  const Season season_;
  const WorkDays& days_;
  std::deque<Part> parts_;
  std::deque<Incident> incidents_;
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns_;
};

}  // namespace dealog::demo
