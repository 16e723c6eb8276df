// What events name by codes, in the words of the regulation and of the company.
#pragma once

#include "libs/command/elsewhere_book.hpp"
#include "projections/timeline/summary.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// The pipeline that an event is about: its own, or its deal's; empty for other things. Errors:
// those of the log.
Result<std::string> pipeline_of(const Api& api, const RecordedEvent& event);

// Titles of the regulation in force; names of people for whoever may see them. Not on an I/O
// thread: it may read the log. Thread: any.
class EventNamesOfApi final : public views::EventNames {
 public:
  EventNamesOfApi(const Api& api, const Session& session)
      : api_(api), elsewhere_(api.bus.folds(), session.personal()) {}

  std::string name_of(views::Named what, const RecordedEvent& event, const std::string& code,
                      Language language) const override;

 private:
  const Api& api_;
  const ElsewhereBook elsewhere_;
};

}  // namespace dealog::api
