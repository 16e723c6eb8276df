// The header of a mail and what Dealog takes from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/connectors/fact.hpp"

namespace dealog::connectors::mail {

// Fields in order, values as they came (folded lines joined), names as they were written.
struct Headers {
  NamedTexts fields;

  // The lines up to the first empty one. Lines that are no field are skipped; at most
  // kMailHeaders fields and kMailHeaderBytes are read. Thread: any.
  static Headers parse(std::string_view block);
  // The first of that name, ASCII case ignored; "" when absent.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
};

struct Mailbox {
  std::string name;
  std::string address;  // as it is compared, in lower case
  bool operator==(const Mailbox&) const = default;
};

// Members of groups among the rest; at most kMailAddresses.
std::vector<Mailbox> parse_mailboxes(std::string_view raw);
std::vector<std::string> addresses_of(std::string_view raw);

// "<id>" of Message-ID or In-Reply-To, brackets added where they lack; "" when there is none.
std::string message_id_of(std::string_view raw);
// All of References, the first and the latest kMailReferences - 1 when there are more.
std::vector<std::string> message_ids_of(std::string_view raw);

// Whether a program wrote it: out of office, bounces, lists and mailings.
bool is_automatic(const Headers& headers);

}  // namespace dealog::connectors::mail
