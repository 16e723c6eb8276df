// Exports of other CRMs: what their APIs answer when everything is asked for, page by page.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/connectors/provider.hpp"

namespace dealog::connectors {

// Items of one delivery that an export is imported by.
inline constexpr std::size_t kExportedItems = 100;
inline constexpr std::size_t kExportedBytes = 900 << 10;

// A kind of thing in an export: a file of it is called like the CRM's API calls it.
struct ExportedKind {
  std::string_view provider;
  std::string_view file;  // "leads": the beginning of the file's name
  std::string_view what;  // "deal": what the provider's read_exported() knows it by

  bool is_of_people() const { return what == "contact" || what == "person"; }
  bool is_of_companies() const { return what == "company" || what == "organization"; }
};
// Of one provider, in the order in which they are imported: companies before the people who work
// there, people before the deals that name them, deals before what was done about them. Empty for a
// provider that exports nothing.
std::vector<ExportedKind> exported_kinds(std::string_view provider);

// The items of a file, each as the text of one JSON value: of a list, or of the first list under
// `_embedded`, `data`, `results` or `items`. They point into `json` and are not checked.
// Errors: kInvalid "no_items", "malformed_json" (it breaks off).
Result<std::vector<std::string_view>> exported_items(std::string_view json);

// The items as bodies of deliveries, JSON lists of at most kExportedItems and kExportedBytes (one
// item alone may be larger).
std::vector<std::string> exported_pages(std::span<const std::string_view> items);

// Deals name their contact by a number. So that a page stands for itself, a deal's item carries the
// contact's beside its own members. Neither is checked; `deal` is an object that is not empty.
std::string with_contact(std::string_view deal, std::string_view contact);
// The same of the name of the company that a person or a deal names by a number.
std::string with_company(std::string_view item, std::string_view company_name);
// That number; "" where none is named.
std::string company_of_item(const Node& item);

// What a delivery says, whichever way it came: a page of an export (`exported_what`) or what the
// provider itself has sent. Of a page, an item that cannot be read is an ignored fact that says so.
Result<std::vector<Fact>> decode(const Provider& provider, const Delivery& delivery,
                                 const SourceSettings& settings);

// For those who read items. HTML becomes text; both are cut to what a deal's card takes.
std::string logged_text(std::string_view html);
std::string logged_title(std::string_view text);
std::uint32_t seconds_of(std::string_view text);  // 0 for what is no number
std::unexpected<Error> export_not_known(std::string_view what);

}  // namespace dealog::connectors
