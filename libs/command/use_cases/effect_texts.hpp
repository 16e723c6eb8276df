// The words of what leaves the process: fields of a rule's texts, and what is said of one that did
// not arrive.
#pragma once

#include <string>
#include <string_view>

#include "libs/command/unit.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/domain/company/company.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::use_cases {

// Fields of texts as they are now. What is read is no condition: a name that is changed a moment
// later does not make the mail wrong.
class MessageFields {
 public:
  MessageFields(Unit& unit, const MessageOfRule& message) : unit_(unit), message_(message) {}

  Result<void> read();
  std::string fill(const std::string& text, const std::string& person_name) const;
  // Whom a text to somebody who works here is about.
  Result<std::string> contact_name() const;

 private:
  std::string value(std::string_view name, const std::string& person_name) const;

  Unit& unit_;
  const MessageOfRule& message_;
  Language language_ = Language::kRu;
  deal::State deal_;
  user::State owner_;
  company::State company_;
};

// "«Site»: not sent — the quote to the customer; reason: …", for the deal's owner. Names no person:
// the text is sealed with the deal.
std::string not_sent_text(const effect::State& state, const std::string& deal_title,
                          std::string_view reason, bool unknown, Language language);

}  // namespace dealog::use_cases
