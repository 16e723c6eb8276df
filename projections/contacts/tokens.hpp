// What a person or company is found by. Inside projections/contacts only.
//
// A token is one letter and a text:
//   n  a folded word of the name
//   e  a normalised e-mail address
//   l  the same word as latin_key() has it, so that a name is found in either alphabet
//   d  the digits of a phone from some place on, one for each place: any part of it is a prefix
//   h  a folded handle of a messenger
//   t  the digits and letters of a tax id
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dealog/v1/party_events.pb.h"

namespace dealog::views {

using Tokens = std::set<std::string>;

void add_name_tokens(std::string_view name, Tokens& tokens);
void add_contact_tokens(const v1::Contact& contact, Tokens& tokens);
void add_tax_id_token(std::string_view tax_id, Tokens& tokens);

// What to look for: somebody is found by an alternative when each of its prefixes begins one of
// his tokens; he is found when any alternative finds him. Empty: the query finds nobody.
using Alternative = std::vector<std::string>;
std::vector<Alternative> search_alternatives(std::string_view query, std::string_view country);

}  // namespace dealog::views
