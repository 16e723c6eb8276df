// A form as people see it: one line a field.
#pragma once

#include <string>
#include <vector>

#include "libs/connectors/parse/tree.hpp"

namespace dealog::connectors::generic {

struct FormLine {
  std::string name;   // "contact[tel]"; of a field inside a wrapper such as contact{}: "tel"
  std::string value;  // several values of one field: "a, b"
  std::vector<const Node*> nodes;  // where it stands in the tree
};

// Lists of scalars are one line. Inside objects that describe the person (contact, client, …) or
// wrap the form (data, fields, …) the inner name counts, so that it is recognised.
std::vector<FormLine> form_lines(const Node& root);

// Text of a scalar, values of a list of scalars joined with ", ", "" for anything else.
std::string text_of(const Node& node);

}  // namespace dealog::connectors::generic
