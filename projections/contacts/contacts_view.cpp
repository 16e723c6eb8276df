#include "projections/contacts/contacts_view.hpp"

#include <algorithm>

#include "libs/projection/row_reading.hpp"
#include "projections/contacts/party_fold.hpp"

namespace dealog::views {
namespace {

SealedText text_of(TextState state, const std::string& value) {
  if (state != TextState::kShown) return {state, {}};
  return value.empty() ? SealedText{} : SealedText{TextState::kShown, value};
}

// The worst of how the boxes came out; kAbsent without any.
template <class Fold, class Row>
TextState open_facts(const Row& row, const BoxOpener& opener, Fold& fold) {
  TextState state = TextState::kAbsent;
  for (const auto& facts : row.facts()) {
    const auto opened = opener.open(facts);
    state = std::max(state, opened.state());
    if (opened.state() == TextState::kShown) fold.apply(*opened.message());
  }
  return state;
}

Person read_person(const v1::PersonRow& row, const BoxOpener& opener) {
  PersonFold fold;
  const auto opened = open_facts(row, opener, fold);
  const TextState state = row.erased() ? TextState::kErased : opened;
  Person person{.id = row.person(),
                .version = row.version(),
                .name = text_of(state, fold.name),
                .position = text_of(state, fold.position),
                .contacts_state = state,
                .contacts = {},
                .company = row.company(),
                .source = row.source(),
                .merged_into = row.merged_into(),
                .erased = row.erased(),
                .merge_suggested = {row.merge_suggested().begin(), row.merge_suggested().end()},
                .created_at = {row.created_us()},
                .updated_at = {row.updated_us()}};
  // The contacts went over to the one it was merged into.
  if (state != TextState::kShown || !row.merged_into().empty()) return person;
  for (const auto& contact : fold.contacts) {
    person.contacts.push_back(
        {contact.kind(), contact.value(), contact.typed(), contact.shared(), contact.identifies()});
  }
  return person;
}

Company read_company(const v1::CompanyRow& row, const BoxOpener& opener) {
  CompanyFold fold;
  TextState state = TextState::kAbsent;
  for (int i = 0; i < row.facts_size(); ++i) {
    if (static_cast<std::uint32_t>(i) == row.accounts_from()) fold.bank_accounts.clear();
    const auto opened = opener.open(row.facts(i));
    state = std::max(state, opened.state());
    if (opened.state() == TextState::kShown) fold.apply(*opened.message());
  }
  if (row.accounts_from() == static_cast<std::uint32_t>(row.facts_size())) {
    fold.bank_accounts.clear();
  }
  Company company{.id = row.company(),
                  .version = row.version(),
                  .name = text_of(state, fold.name),
                  .tax_id = text_of(state, fold.tax_id),
                  .bank_accounts_state = state,
                  .bank_accounts = {},
                  .decision_map = {},
                  .merged_into = row.merged_into(),
                  .created_at = {row.created_us()},
                  .updated_at = {row.updated_us()}};
  if (state == TextState::kShown) company.bank_accounts = std::move(fold.bank_accounts);
  for (const auto& place : row.decision_map()) {
    company.decision_map.push_back({place.person(), place.role(), place.order()});
  }
  return company;
}

using Ids = std::set<std::string>;

// Who has a token that begins with `prefix`.
Result<Ids> holders(const ViewReader& rows, const std::string& prefix) {
  Ids ids;
  auto scanned = rows.scan_prefix(row_keys::key(row_keys::kToken, prefix), ScanOrder::kForward,
                                  [&](std::string_view key, std::string_view) {
                                    ids.emplace(row_keys::last_part(key));
                                    return true;
                                  });
  if (!scanned) return fail(std::move(scanned).error());
  return ids;
}

Result<Ids> find_ids(const ViewReader& rows, std::string_view query, std::string_view country) {
  Ids found;
  for (const auto& alternative : search_alternatives(query, country)) {
    Ids all = TRY(holders(rows, alternative.front()));
    for (std::size_t i = 1; i < alternative.size() && !all.empty(); ++i) {
      const Ids more = TRY(holders(rows, alternative[i]));
      std::erase_if(all, [&](const auto& id) { return !more.contains(id); });
    }
    found.merge(all);
  }
  return found;
}

// A page of those that a search has found and `wanted` lets through.
template <class Row, class Item, class Wanted, class Read>
Result<Page<Item>> page_of_ids(const ViewReader& rows, std::string_view kind, const Ids& ids,
                               const PageRequest& page, const Wanted& wanted, const Read& read) {
  const std::string before = page.cursor.empty() ? "" : TRY(read_cursor(page.cursor));
  Page<Item> out;
  std::string last;
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    if (!before.empty() && *id >= before) continue;
    const auto row = TRY(find_row<Row>(rows, row_keys::key(kind, *id)));
    if (!row || !wanted(*row)) continue;
    if (out.items.size() == page.limit) {
      out.next_cursor = make_cursor(last);
      break;
    }
    last = *id;
    out.items.push_back(read(*row));
  }
  return out;
}

template <class Row, class Item, class Wanted, class Read>
Result<Page<Item>> page_of(const ViewReader& rows, std::string_view kind,
                           const ContactFilter& filter, const PageRequest& page,
                           const Wanted& wanted, const Read& read) {
  if (filter.q.empty()) {
    return page_of_rows<Item>(
        rows, kind, page,
        [&](std::string_view, std::string_view value) -> Result<std::optional<Item>> {
          const Row row = TRY(parse_row<Row>(value));
          if (!wanted(row)) return std::nullopt;
          return read(row);
        });
  }
  const Ids ids = TRY(find_ids(rows, filter.q, filter.country));
  return page_of_ids<Row, Item>(rows, kind, ids, page, wanted, read);
}

}  // namespace

Result<std::optional<Person>> ContactsView::person(std::string_view id) const {
  const auto row =
      TRY(find_row<v1::PersonRow>(context_.rows, row_keys::key(row_keys::kPerson, id)));
  if (!row) return std::nullopt;
  return read_person(*row, opener_);
}

Result<std::optional<Company>> ContactsView::company(std::string_view id) const {
  const auto row =
      TRY(find_row<v1::CompanyRow>(context_.rows, row_keys::key(row_keys::kCompany, id)));
  if (!row) return std::nullopt;
  return read_company(*row, opener_);
}

Result<Page<Person>> ContactsView::people(const ContactFilter& filter,
                                          const PageRequest& page) const {
  const auto wanted = [&](const v1::PersonRow& row) {
    return row.merged_into().empty() && (filter.company.empty() || row.company() == filter.company);
  };
  return page_of<v1::PersonRow, Person>(
      context_.rows, row_keys::kPerson, filter, page, wanted,
      [&](const v1::PersonRow& row) { return read_person(row, opener_); });
}

Result<Page<Company>> ContactsView::companies(const ContactFilter& filter,
                                              const PageRequest& page) const {
  const auto wanted = [](const v1::CompanyRow& row) { return row.merged_into().empty(); };
  return page_of<v1::CompanyRow, Company>(
      context_.rows, row_keys::kCompany, filter, page, wanted,
      [&](const v1::CompanyRow& row) { return read_company(row, opener_); });
}

Result<std::vector<std::string>> ContactsView::find(std::string_view q,
                                                    std::string_view country) const {
  const Ids ids = TRY(find_ids(context_.rows, q, country));
  std::vector<std::string> out(ids.begin(), ids.end());
  if (out.size() > kFoundContacts) out.resize(kFoundContacts);
  return out;
}

}  // namespace dealog::views
