#include "libs/connectors/export/export.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/mail/html_text.hpp"
#include "libs/connectors/parse/json.hpp"

namespace dealog::connectors {
namespace {

constexpr std::array<ExportedKind, 17> kKinds{{
    {"amocrm", "companies", "company"},
    {"amocrm", "contacts", "contact"},
    {"amocrm", "leads", "deal"},
    {"amocrm", "notes", "note"},
    {"amocrm", "tasks", "task"},
    {"pipedrive", "organizations", "organization"},
    {"pipedrive", "persons", "person"},
    {"pipedrive", "deals", "deal"},
    {"pipedrive", "notes", "note"},
    {"pipedrive", "activities", "activity"},
    {"hubspot", "companies", "company"},
    {"hubspot", "contacts", "contact"},
    {"hubspot", "deals", "deal"},
    {"hubspot", "notes", "note"},
    {"hubspot", "calls", "call"},
    {"hubspot", "meetings", "meeting"},
    {"hubspot", "tasks", "task"},
}};

constexpr const char* kContact = "dealog_contact";
constexpr const char* kCompany = "dealog_company";

// A CRM's own day of opening and of closing.
constexpr auto kOpened = {"created_at", "add_time", "createdAt", "createdate"};
constexpr auto kClosed = {"closed_at", "won_time", "lost_time", "close_time", "closedate"};

std::optional<Timestamp> time_among(const Node& item, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const auto at = crm::first_time(item, {name})) return at;
    const Node* properties = item.find("properties");
    if (!properties || properties->is_scalar()) continue;
    if (const auto at = crm::first_time(*properties, {name})) return at;
  }
  return std::nullopt;
}

// A deal is opened on its own day and then reported where it stands now.
void put_days(const Node& item, Fact& fact) {
  auto& deal = std::get<StageFact>(fact.content);
  deal.opened_at = time_among(item, kOpened);
  if (!deal.opened_at) deal.opened_at = fact.occurred_at;
  const auto closed = time_among(item, kClosed);
  if (!deal.stage.outcome.empty() && closed) fact.occurred_at = closed;
  // Clocks of a CRM's servers differ; nothing happens to a deal before it is opened.
  if (fact.occurred_at < deal.opened_at) fact.occurred_at = deal.opened_at;
}

// Who the deal's contact is, of an item that carries him.
Result<void> add_contact(const Provider& provider, const Node& item, const SourceSettings& settings,
                         Fact& deal) {
  const Node* contact = item.find(kContact);
  if (contact == nullptr) return {};
  const auto kinds = exported_kinds(provider.name());
  const auto people = std::ranges::find_if(kinds, &ExportedKind::is_of_people);
  for (const auto& fact : TRY(provider.read_exported(people->what, *contact, settings))) {
    const auto* told = std::get_if<ContactFact>(&fact.content);
    if (told != nullptr) std::get<StageFact>(deal.content).person = told->person;
  }
  return {};
}

// Whose deal it is, or where somebody works, of an item that carries the name.
void add_company(const Node& item, Fact& fact) {
  const std::string name = item.text_of(kCompany).value_or("");
  if (name.empty()) return;
  if (auto* deal = std::get_if<StageFact>(&fact.content); deal && deal->company.empty()) {
    deal->company = name;
  }
  auto* card = std::get_if<ContactFact>(&fact.content);
  if (card && !card->is_company && card->company.empty()) card->company = name;
}

Fact odd_item(const Node& item, std::size_t number, const Error& error) {
  const std::string lacks = "the notification lacks ";
  std::string reason = error.message;
  if (reason.starts_with(lacks)) reason = "it has no " + reason.substr(lacks.size());
  Fact odd{.key = fmt::format("exported:item:{}", number),
           .external_id = crm::id_of(item, "id"),
           .occurred_at = {},
           .sequence = {},
           .content = IgnoreFact{std::move(reason), "row", {}}};
  odd.item = number;
  return odd;
}

Result<std::vector<Fact>> decode_page(const Provider& provider, const Delivery& page,
                                      const SourceSettings& settings) {
  const Node items = TRY(parse_json(page.body));
  if (items.kind != Node::Kind::kList) {
    return fail(ErrorKind::kInvalid, "no_items", "a page of an export is a JSON list");
  }
  std::vector<Fact> out;
  for (std::size_t n = 0; n < items.entries.size(); ++n) {
    const Node& item = items.entries[n].node;
    auto facts = provider.read_exported(exported_what(page), item, settings);
    if (!facts) {
      if (facts.error().code == "export_not_known") return facts;
      out.push_back(odd_item(item, n + 1, facts.error()));
      continue;
    }
    for (auto& fact : *facts) {
      fact.fetch.reset();  // an export asks nobody
      fact.item = n + 1;
      add_company(item, fact);
      if (std::holds_alternative<StageFact>(fact.content)) {
        if (const auto added = add_contact(provider, item, settings, fact); !added) {
          out.push_back(odd_item(item, n + 1, added.error()));
        }
        put_days(item, fact);
      }
      out.push_back(std::move(fact));
    }
  }
  if (out.empty()) return fail(ErrorKind::kInvalid, "no_items", "the page holds nothing");
  return out;
}

// Steps over values without understanding them, so that a file may be larger than what is parsed at
// once; whoever decodes a page finds what is broken in it. Never goes round in a circle.
class Stepper {
 public:
  explicit Stepper(std::string_view json) : rest_(json) {}

  bool enter(char bracket) {
    skip_space();
    if (!rest_.starts_with(bracket)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // The next member's name without its quotes, as it is written; nothing at the end of the object.
  std::optional<std::string_view> name() {
    skip_separators();
    if (!rest_.starts_with('"')) return std::nullopt;
    const std::string_view quoted_name = value();
    skip_separators();
    return quoted_name.substr(1, quoted_name.size() - 2);
  }
  // The next value; empty at the end of a list.
  std::string_view value() {
    skip_separators();
    const std::size_t end = end_of_value();
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return found;
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  void skip_separators() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n,:"), rest_.size()));
  }
  std::size_t end_of_value() const {
    std::size_t depth = 0;
    bool text = false;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (text) {
        if (c == '\\') ++i;
        if (c == '"') text = false;
        if (c == '"' && depth == 0) return i + 1;
        continue;
      }
      if (c == '"') text = true;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') {
        if (depth == 0) return i;
        if (--depth == 0) return i + 1;
      }
      if (depth == 0 && (c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) return i;
    }
    return rest_.size();
  }

  std::string_view rest_;
};

// The first list among the members of an object, looked for one level deeper under `_embedded`.
std::optional<std::string_view> list_in(std::string_view object, bool embedded) {
  Stepper in(object);
  if (!in.enter('{')) return std::nullopt;
  while (const auto name = in.name()) {
    const std::string_view value = in.value();
    const bool named = *name == "data" || *name == "results" || *name == "items";
    if (value.starts_with('[') && (embedded || named)) return value;
    if (*name == "_embedded" && !embedded) return list_in(value, true);
  }
  return std::nullopt;
}

}  // namespace

std::vector<ExportedKind> exported_kinds(std::string_view provider) {
  std::vector<ExportedKind> out;
  for (const auto& kind : kKinds) {
    if (kind.provider == provider) out.push_back(kind);
  }
  return out;
}

Result<std::vector<std::string_view>> exported_items(std::string_view json) {
  if (json.starts_with("\xef\xbb\xbf")) json.remove_prefix(3);
  std::string_view list = trim(json);
  if (!list.starts_with('[')) {
    const auto found = list_in(list, false);
    if (!found) {
      return fail(ErrorKind::kInvalid, "no_items",
                  "there is no list: neither the file itself nor under _embedded, data, results "
                  "or items");
    }
    list = *found;
  }
  if (!list.ends_with(']')) {
    return fail(ErrorKind::kInvalid, "malformed_json", "the file breaks off within its list");
  }
  Stepper in(list);
  in.enter('[');
  std::vector<std::string_view> items;
  for (auto item = in.value(); !item.empty(); item = in.value()) items.push_back(item);
  return items;
}

std::vector<std::string> exported_pages(std::span<const std::string_view> items) {
  std::vector<std::string> pages;
  std::size_t in_page = 0;
  for (const auto item : items) {
    const bool full = in_page == kExportedItems ||
                      (in_page > 0 && pages.back().size() + item.size() > kExportedBytes);
    if (pages.empty() || full) {
      if (!pages.empty()) pages.back() += ']';
      pages.emplace_back("[");
      in_page = 0;
    }
    if (in_page++ > 0) pages.back() += ',';
    pages.back() += item;
  }
  if (!pages.empty()) pages.back() += ']';
  return pages;
}

std::string with_contact(std::string_view deal, std::string_view contact) {
  return fmt::format("{},\"{}\":{}}}", deal.substr(0, deal.size() - 1), kContact, contact);
}

std::string with_company(std::string_view item, std::string_view company_name) {
  return fmt::format("{},\"{}\":{}}}", item.substr(0, item.size() - 1), kCompany,
                     boost::json::serialize(boost::json::string(company_name)));
}

std::string company_of_item(const Node& item) {
  for (const char* parent : {"_embedded", "associations"}) {
    const Node* companies = item.find({parent, "companies"});
    if (companies != nullptr && companies->find("results")) companies = companies->find("results");
    if (companies == nullptr) continue;
    if (const auto id = companies->text_of({"0", "id"})) return *id;
  }
  return crm::id_of(item, "org_id");
}

Result<std::vector<Fact>> decode(const Provider& provider, const Delivery& delivery,
                                 const SourceSettings& settings) {
  if (exported_what(delivery).empty()) return provider.decode(delivery, settings);
  return decode_page(provider, delivery, settings);
}

std::string logged_text(std::string_view html) {
  return std::string(utf8_prefix(trim(mail::html_to_text(html)), dealog::limits::kNoteBytes));
}

std::string logged_title(std::string_view text) {
  const std::string title(utf8_prefix(trim(text), dealog::limits::kTitleBytes));
  return title.empty() ? "Задача" : title;
}

std::uint32_t seconds_of(std::string_view text) {
  return parse_number<std::uint32_t>(text.substr(0, text.find('.'))).value_or(0);
}

std::unexpected<Error> export_not_known(std::string_view what) {
  return fail(ErrorKind::kInvalid, "export_not_known",
              "an export of " + quoted(what) + " cannot be imported");
}

}  // namespace dealog::connectors
