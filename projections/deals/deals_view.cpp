#include "projections/deals/deals_view.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/row_reading.hpp"
#include "projections/deals/approvals_view.hpp"
#include "projections/deals/card.hpp"
#include "projections/deals/deal_reader.hpp"

namespace dealog::views {
namespace {

bool matches(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

bool card_matches(const DealFilter& filter, const v1::CardRow& card, Timestamp at) {
  if (!matches(filter.pipeline, card.pipeline()) || !matches(filter.stage, card.stage()) ||
      !matches(filter.outcome, card.outcome()) || !matches(filter.owner, card.owner()) ||
      !matches(filter.source, card.source()) || !matches(filter.company, card.company())) {
    return false;
  }
  const auto has = [&](const std::string& person) {
    return std::ranges::find(card.people(), person) != card.people().end();
  };
  if (!filter.person.empty() && !has(filter.person)) return false;
  if (!filter.next_step) return true;
  // Only an open deal has a next step to ask about.
  return card.outcome() == "open" && next_step_of(card, at).state == *filter.next_step;
}

bool belongs_to_any(const std::vector<std::string>& contacts, const v1::CardRow& card) {
  return std::ranges::any_of(contacts, [&](const std::string& contact) {
    return contact == card.company() ||
           std::ranges::find(card.people(), contact) != card.people().end();
  });
}

// Every word begins a word of the title.
bool title_matches(const std::vector<std::string>& wanted, const SealedText& title) {
  if (!title.is_shown()) return false;
  const auto known = words(title.value);
  return std::ranges::all_of(wanted, [&](const std::string& word) {
    return std::ranges::any_of(known, [&](const auto& k) { return k.starts_with(word); });
  });
}

// Cards of both kinds in one order, newest first: position descending. A page is filled from the
// two scans as if they were one.
struct Candidate {
  std::uint64_t position = 0;
  std::string deal;
  bool operator<(const Candidate& other) const { return position > other.position; }
};

class ListScan {
 public:
  ListScan(const ViewContext& context, const BoxOpener& opener, const DealFilter& filter)
      : context_(context), opener_(opener), filter_(filter), words_(words(filter.q)) {}

  // The newest `limit` matching deals below `before` among the cards of `place`.
  Result<void> collect(std::string_view place, std::uint64_t before, std::size_t limit,
                       std::vector<Candidate>& into) {
    Result<void> checked;
    std::size_t found = 0;
    auto scanned = visit_range(place, before, [&](std::uint64_t position, const auto& card) {
      auto wanted = is_wanted(card);
      if (!wanted) {
        checked = fail(std::move(wanted).error());
        return false;
      }
      if (*wanted) {
        into.push_back({position, card.deal()});
        ++found;
      }
      return found < limit;
    });
    return checked ? std::move(scanned) : std::move(checked);
  }

 private:
  template <class Visit>
  Result<void> visit_range(std::string_view place, std::uint64_t before, const Visit& visit) {
    v1::CardRow card;
    return context_.rows.scan(
        place, row_keys::position_key(place, before), ScanOrder::kBackward,
        [&](std::string_view key, std::string_view value) {
          if (!card.ParseFromArray(value.data(), static_cast<int>(value.size()))) return true;
          return visit(get_u64(key.substr(place.size())), card);
        });
  }

  Result<bool> is_wanted(const v1::CardRow& card) const {
    if (!card_matches(filter_, card, context_.at)) return false;
    const bool by_contact = !words_.empty() && belongs_to_any(filter_.q_contacts, card);
    const bool ask_title = !words_.empty() && !by_contact;
    if (!ask_title && !filter_.updated_after) return true;
    const auto row = TRY(find_deal_row(context_.rows, card.deal()));
    if (!row) return false;
    if (filter_.updated_after && row->updated_us() <= filter_.updated_after->us) return false;
    return !ask_title || title_matches(words_, read_title(*row, opener_));
  }

  const ViewContext& context_;
  const BoxOpener& opener_;
  const DealFilter& filter_;
  const std::vector<std::string> words_;
};

Result<std::uint64_t> read_position_cursor(const std::string& cursor) {
  if (cursor.empty()) return UINT64_MAX;
  const std::string key = TRY(read_cursor(cursor));
  if (key.size() != 8) return fail(ErrorKind::kInvalid, "invalid_cursor", "not a cursor of deals");
  return get_u64(key);
}

Result<std::vector<std::string>> ids_under(const ViewReader& rows, std::string_view prefix) {
  std::vector<std::string> ids;
  auto scanned =
      rows.scan_prefix(prefix, ScanOrder::kBackward, [&](std::string_view key, std::string_view) {
        ids.emplace_back(row_keys::last_part(key));
        return true;
      });
  if (!scanned) return fail(std::move(scanned).error());
  return ids;
}

}  // namespace

Result<std::optional<Deal>> DealsView::get(std::string_view deal) const {
  const auto row = TRY(find_deal_row(context_.rows, deal));
  if (!row) return std::nullopt;
  Deal out = read_deal(*row, opener_, context_.at);
  TRY(add_prices(context_.rows, out));
  return out;
}

Result<Page<Deal>> DealsView::list(const DealFilter& filter, const PageRequest& page) const {
  const std::uint64_t before = TRY(read_position_cursor(page.cursor));
  ListScan scan(context_, opener_, filter);
  std::vector<Candidate> found;
  // One more than asked tells whether there is another page.
  auto active = scan.collect(row_keys::kActiveCard, before, page.limit + 1, found);
  if (!active) return fail(std::move(active).error());
  if (filter.outcome != "open") {
    auto archived = scan.collect(row_keys::kArchivedCard, before, page.limit + 1, found);
    if (!archived) return fail(std::move(archived).error());
    std::sort(found.begin(), found.end());
  }
  Page<Deal> out;
  if (found.size() > page.limit) {
    found.resize(page.limit);
    std::string key;
    put_u64(key, found.back().position);
    out.next_cursor = make_cursor(key);
  }
  std::vector<std::string> ids;
  for (auto& candidate : found) ids.push_back(std::move(candidate.deal));
  out.items = TRY(read_deals(context_, opener_, ids));
  return out;
}

Result<std::map<std::string, std::uint32_t>> DealsView::open_by_owner() const {
  std::map<std::string, std::uint32_t> counts;
  TRY(visit_rows<v1::CardRow>(context_.rows, row_keys::kActiveCard, ScanOrder::kForward,
                              [&](std::string_view, const v1::CardRow& card) {
                                if (card.outcome() == "open") ++counts[card.owner()];
                                return true;
                              }));
  return counts;
}

Result<std::vector<std::string>> DealsView::of_person(std::string_view person) const {
  return ids_under(context_.rows, row_keys::under(row_keys::kDealOfPerson, person));
}

Result<std::vector<std::string>> DealsView::of_company(std::string_view company) const {
  return ids_under(context_.rows, row_keys::under(row_keys::kDealOfCompany, company));
}

}  // namespace dealog::views
