// Touches that arrive by themselves: each finds the deal that it belongs to, or opens one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/command/use_cases/deals.hpp"

namespace dealog::use_cases {

// By a thread a conversation is found again where no contact identifies anybody: a chat, a
// Message-ID, a landline number, a deal of another CRM. Kept as a keyed hash.
Tag thread_tag(const Unit& unit, const std::string& thread);

struct ArrivedTouch {
  // The deal to be opened when there is none; `open.touch` is the touch, with its id.
  OpenDealInput open;
  std::vector<std::string> threads = {};  // that it belongs to: looked for, and left on it
  std::vector<std::string> answers = {};  // looked for only: Message-IDs that it refers to
};

struct PlacedTouch {
  DealId deal;  // nil: it belongs to no open deal and none was to be opened
  std::optional<PersonId> person;
  bool opened = false;
  bool known = false;  // a touch with that id is there already; nothing was recorded
};

// First by its threads, else by its person: the latest open deal of the pipeline. Where a thread
// leads to a deal that is closed, its person is the person. Errors: those of open_deal.
Result<PlacedTouch> place_touch(Unit& unit, const ArrivedTouch& arrived);

// Who took part in the last touch of these threads, if anybody.
Result<std::optional<PersonId>> person_of_threads(Unit& unit,
                                                  const std::vector<std::string>& threads);

// What became of a message or mail that was sent, or its new words. A word of the provider that
// tells less than what is known ("sent" after "delivered") changes nothing.
struct MessageNews {
  TouchId touch;
  std::string outcome = {};  // sent, delivered, failed; empty: as it was
  std::string said = {};     // empty: as it was
};
// Whether the touch is there. Errors: those of deal::decide.
Result<bool> amend_message(Unit& unit, const MessageNews& news);

}  // namespace dealog::use_cases
