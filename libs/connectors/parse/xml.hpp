// XML as senders of data need it: elements, attributes, text. By expat.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::connectors {

// Names are without their namespace prefix; `text` is what stands directly in the element.
struct XmlElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::vector<XmlElement> children;

  // The first child of that name; null when there is none.
  const XmlElement* child(std::string_view child_name) const;
  // Follows `child` through several names.
  const XmlElement* at(std::initializer_list<std::string_view> path) const;
  // Its trimmed text; "" when there is no such element.
  std::string text_at(std::initializer_list<std::string_view> path) const;
  // "" when absent.
  std::string_view attribute(std::string_view attribute_name) const;
};

// The root. A document type is refused whatever it says: with it go entities, external files and
// everything that grows. Charset as declared, or guessed where the declaration is wrong.
// Errors: kInvalid "malformed_xml" with the line, "xml_doctype_refused"; kTooLarge "xml_too_deep" |
// "xml_too_large". Messages never quote the text. Thread: any.
Result<XmlElement> parse_xml(std::string_view bytes);

}  // namespace dealog::connectors
