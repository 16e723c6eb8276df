// The opened facts of a person or company, folded in order. Inside projections/contacts only.
#pragma once

#include <string>
#include <vector>

#include "dealog/v1/party_events.pb.h"
#include "projections/contacts/tokens.hpp"

namespace dealog::views {

// What is known once the boxes are open. The messages may be of any event of these streams; those
// of a box that could not be opened are simply not applied.
struct PersonFold {
  std::string name, position;
  std::vector<v1::Contact> contacts;

  void apply(const google::protobuf::Message& message);
  Tokens tokens() const;
};

struct CompanyFold {
  std::string name, tax_id;
  std::vector<std::string> bank_accounts;

  // `bank_accounts_changed` is an open field, so a box alone does not tell an emptied list.
  void apply(const google::protobuf::Message& message);
  Tokens tokens() const;
};

}  // namespace dealog::views
