#include "libs/connectors/parse/xml.hpp"

#include <algorithm>
#include <memory>

#include <expat.h>
#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/connectors/parse/charset.hpp"
#include "libs/connectors/parse/charset_guess.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors {
namespace {

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

struct Tree {
  XML_Parser parser = nullptr;
  XmlElement document;  // holds the root
  // Open elements. A parent's children do not move while the last of them is open.
  std::vector<XmlElement*> open;
  std::size_t nodes = 0;
  std::optional<Error> error;

  void stop(ErrorKind kind, std::string code, std::string message) {
    if (!error) error = Error{kind, std::move(code), std::move(message)};
    XML_StopParser(parser, XML_FALSE);
  }
};

std::string_view local_name(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

void start_element(void* data, const XML_Char* name, const XML_Char** attributes) {
  auto& tree = *static_cast<Tree*>(data);
  if (tree.error) return;
  if (tree.open.size() > kXmlDepth) {
    return tree.stop(ErrorKind::kTooLarge, "xml_too_deep", "the XML is nested too deep");
  }
  XmlElement element{
      .name = std::string(local_name(name)), .attributes = {}, .text = {}, .children = {}};
  std::size_t names_bytes = element.name.size();
  for (; *attributes; attributes += 2) {
    if (std::string_view(attributes[0]).starts_with("xmlns")) continue;
    element.attributes.emplace_back(local_name(attributes[0]), attributes[1]);
    names_bytes = std::max(names_bytes, element.attributes.back().first.size());
  }
  if (++tree.nodes > kXmlNodes || element.attributes.size() > kXmlAttributes ||
      names_bytes > kXmlNameBytes) {
    return tree.stop(ErrorKind::kTooLarge, "xml_too_large", "the XML has too many elements");
  }
  auto& siblings = tree.open.back()->children;
  siblings.push_back(std::move(element));
  tree.open.push_back(&siblings.back());
}

void end_element(void* data, const XML_Char*) {
  auto& tree = *static_cast<Tree*>(data);
  if (!tree.error) tree.open.pop_back();
}

void add_text(void* data, const XML_Char* text, int length) {
  auto& tree = *static_cast<Tree*>(data);
  if (!tree.error) tree.open.back()->text.append(text, static_cast<std::size_t>(length));
}

void refuse_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Tree*>(data)->stop(ErrorKind::kInvalid, "xml_doctype_refused",
                                 "the XML declares a document type, which data does not need");
}

// <?xml version="1.0" encoding="…"?>
std::string declared_encoding(std::string_view bytes) {
  const std::string_view start = bytes.substr(0, 200);
  const auto end = start.find("?>");
  const auto at = start.substr(0, end).find("encoding=");
  if (!start.starts_with("<?xml") || end == start.npos || at == start.npos) return {};
  const auto begin = at + 10;
  const auto stop = start.find_first_of("\"'", begin);
  return stop == start.npos ? std::string() : std::string(start.substr(begin, stop - begin));
}

std::string utf8_of(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    return to_utf8(bytes, "utf-16", BadBytes::kReplace).value_or("");
  }
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  while (!bytes.empty() &&
         (bytes.front() == '\n' || bytes.front() == '\r' || bytes.front() == ' ')) {
    bytes.remove_prefix(1);
  }
  return text_of(bytes, declared_encoding(bytes));
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
  for (const auto& one : children) {
    if (one.name == child_name) return &one;
  }
  return nullptr;
}

const XmlElement* XmlElement::at(std::initializer_list<std::string_view> path) const {
  const XmlElement* element = this;
  for (const auto step : path) {
    if (element) element = element->child(step);
  }
  return element;
}

std::string XmlElement::text_at(std::initializer_list<std::string_view> path) const {
  const XmlElement* element = at(path);
  if (!element) return {};
  const auto start = element->text.find_first_not_of(" \t\r\n");
  if (start == element->text.npos) return {};
  return element->text.substr(start, element->text.find_last_not_of(" \t\r\n") + 1 - start);
}

std::string_view XmlElement::attribute(std::string_view attribute_name) const {
  for (const auto& [own, value] : attributes) {
    if (own == attribute_name) return value;
  }
  return {};
}

Result<XmlElement> parse_xml(std::string_view bytes) {
  if (bytes.size() > kBodyBytes) {
    return fail(ErrorKind::kTooLarge, "xml_too_large", "the XML is larger than any route takes");
  }
  const std::string text = utf8_of(bytes);
  const Parser parser(XML_ParserCreate("UTF-8"));
  Tree tree;
  tree.parser = parser.get();
  tree.open.push_back(&tree.document);
  XML_SetUserData(parser.get(), &tree);
  XML_SetElementHandler(parser.get(), start_element, end_element);
  XML_SetCharacterDataHandler(parser.get(), add_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), refuse_doctype);
  XML_SetParamEntityParsing(parser.get(), XML_PARAM_ENTITY_PARSING_NEVER);
  const auto status = XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
  if (tree.error) return fail(*std::move(tree.error));
  if (status != XML_STATUS_OK || tree.document.children.empty()) {
    return fail(
        ErrorKind::kInvalid, "malformed_xml",
        fmt::format("the XML is broken in line {}: {}", XML_GetCurrentLineNumber(parser.get()),
                    XML_ErrorString(XML_GetErrorCode(parser.get()))));
  }
  return std::move(tree.document.children.front());
}

}  // namespace dealog::connectors
