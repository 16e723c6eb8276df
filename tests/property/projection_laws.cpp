// Views are functions of the log: whatever the pages, the restarts and the erasures, the rows of a
// live view are those of one that is built anew, and every index says what the rows say.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/rebuilder.hpp"
#include "libs/projection/row_reading.hpp"
#include "projections/all_projectors.hpp"
#include "projections/deals/card.hpp"
#include "projections/leaks/leaks_view.hpp"
#include "tests/support/random_history.hpp"

namespace dealog {
namespace {

using dealog::testing::History;
using dealog::testing::RandomHistory;

// What a live view lives through: pages of any size, and a start from the checkpoint now and then.
class Live {
 public:
  explicit Live(History& history) : history_(history) { restart(); }

  // After a crash the rows since the last page are lost, and nothing else.
  void restart() {
    pages_.emplace(store_, all_projectors(history_.keys()), history_.log().log_id(), 8);
    RC_ASSERT(pages_->load_checkpoint().has_value());
    read_ = pages_->checkpoint().position;
  }
  void read_to_head() {
    RC_ASSERT(history_.log()
                  .read(read_.next(), Direction::kForward, SIZE_MAX,
                        [&](const StoredEvent& event) {
                          RC_ASSERT(pages_->apply(event).has_value());
                          read_ = event.position;
                          return true;
                        })
                  .has_value());
  }
  void end_page() { RC_ASSERT(pages_->write_page().has_value()); }
  const MemoryViewStore& store() const { return store_; }

 private:
  History& history_;
  MemoryViewStore store_;
  std::optional<PageProjector> pages_;
  Position read_;
};

std::vector<std::unique_ptr<Projector>> all(History& history) {
  return all_projectors(history.keys());
}

void expect_equal(const ViewReader& live, const ViewReader& rebuilt, History& history,
                  std::string_view except = "") {
  const auto found = differences(live, rebuilt, all(history));
  RC_ASSERT(found.has_value());
  for (const auto& difference : *found) {
    if (difference.view != except) RC_FAIL("the rows of view " + difference.view + " differ");
  }
}

RC_GTEST_PROP(Projections, RebuiltEqualsLiveWhateverThePagesRestartsAndErasures, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto length = *rc::gen::inRange(1, 400);
  History history(seed);
  RandomHistory random(history, seed);
  Live live(history);
  for (int i = 0; i < length; ++i) {
    random.step();
    const auto what = (seed >> (i % 50)) % 7;
    if (what < 4) live.read_to_head();
    if (what == 1) live.end_page();
    if (what == 5) live.restart();
  }
  live.read_to_head();
  live.end_page();
  MemoryViewStore rebuilt;
  const auto page = *rc::gen::element<std::size_t>(1, 2, 13, 100, 100'000);
  RC_ASSERT(rebuild(history.log(), all(history), rebuilt, {.page_events = page}).has_value());
  expect_equal(live.store(), rebuilt, history);
}

// Tokens are left out: who is erased since is erased in every past.
RC_GTEST_PROP(Projections, TheViewOfAnyPastPositionIsWhatWasLiveThen, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto then = *rc::gen::inRange(1, 200);
  const auto later = *rc::gen::inRange(0, 200);
  History history(seed);
  RandomHistory random(history, seed);
  for (int i = 0; i < then; ++i) random.step();
  const Position position = history.log().head();
  MemoryViewStore live, past;
  RC_ASSERT(project_until(history.log(), position, all(history), live).has_value());
  for (int i = 0; i < later; ++i) random.step();
  RC_ASSERT(project_until(history.log(), position, all(history), past).has_value());
  expect_equal(live, past, history, "contacts");
}

struct Rows {
  std::map<std::string, std::string, std::less<>> all;

  explicit Rows(const ViewReader& store) {
    RC_ASSERT(store
                  .scan_prefix("", ScanOrder::kForward,
                               [&](auto key, auto value) {
                                 all.emplace(key, value);
                                 return true;
                               })
                  .has_value());
  }
  template <class Row, class Visit>
  void each(std::string_view kind, const Visit& visit) const {
    for (auto it = all.lower_bound(kind); it != all.end() && it->first.starts_with(kind); ++it) {
      Row row;
      RC_ASSERT(row.ParseFromString(it->second));
      visit(it->first.substr(kind.size()), row);
    }
  }
  std::set<std::string> keys(std::string_view kind) const {
    std::set<std::string> out;
    for (auto it = all.lower_bound(kind); it != all.end() && it->first.starts_with(kind); ++it) {
      out.insert(it->first);
    }
    return out;
  }
};

void check_cards(const Rows& rows) {
  std::set<std::string> expected;
  rows.each<v1::DealRow>(row_keys::kDeal, [&](const std::string& id, const v1::DealRow& row) {
    RC_ASSERT(row.deal() == id);
    const auto key = row_keys::position_key(views::card_place(row), row.opened_position());
    expected.insert(key);
    const auto card = rows.all.find(key);
    RC_ASSERT(card != rows.all.end());
    RC_ASSERT(card->second == views::card_of(row).SerializeAsString());
    for (const auto& p : row.participants()) {
      RC_ASSERT(rows.all.contains(row_keys::key(row_keys::kDealOfPerson, p.person(), id)));
    }
  });
  auto found = rows.keys(row_keys::kActiveCard);
  found.merge(rows.keys(row_keys::kArchivedCard));
  RC_ASSERT(found == expected);
}

void check_payments(const Rows& rows) {
  std::set<std::string> unmatched;
  rows.each<v1::PaymentRow>(row_keys::kPayment, [&](const auto&, const v1::PaymentRow& row) {
    const auto left = row.amount().minor() - row.matched_minor() - row.refunded_minor();
    RC_ASSERT((row.state() == "unmatched") == (left > 0));
    if (left > 0) unmatched.insert(row_keys::position_key(row_keys::kUnmatched, row.position()));
  });
  RC_ASSERT(rows.keys(row_keys::kUnmatched) == unmatched);
}

void check_deliveries(const Rows& rows) {
  std::map<std::string, std::map<std::string, std::uint64_t>> counted;
  std::size_t pending = 0, settled = 0;
  rows.each<v1::DeliveryRow>(row_keys::kDelivery, [&](const auto&, const v1::DeliveryRow& row) {
    ++counted[row.source()][row.state()];
    row.state() == "pending" ? ++pending : ++settled;
  });
  RC_ASSERT(rows.keys(row_keys::kPending).size() == pending);
  RC_ASSERT(rows.keys(row_keys::kSettled).size() == settled);
  const auto check = [&](const std::string& source, const v1::SourceCountersRow& c) {
    RC_ASSERT(c.received() ==
              c.pending() + c.accepted() + c.duplicate() + c.quarantined() + c.ignored());
    RC_ASSERT(c.pending() == counted[source]["pending"]);
    RC_ASSERT(c.accepted() == counted[source]["accepted"]);
    RC_ASSERT(c.quarantined() == counted[source]["quarantined"]);
    RC_ASSERT(c.duplicate() == counted[source]["duplicate"]);
  };
  rows.each<v1::SourceCountersRow>(row_keys::kSourceCounters, check);
}

void check_tokens(const Rows& rows) {
  std::set<std::string> expected;
  rows.each<v1::TokensRow>(row_keys::kTokensOf, [&](const std::string& id, const auto& row) {
    for (const auto& token : row.tokens()) {
      expected.insert(row_keys::key(row_keys::kToken, token, id));
    }
    v1::PersonRow person;
    const auto found = rows.all.find(row_keys::key(row_keys::kPerson, id));
    if (found == rows.all.end()) return;
    RC_ASSERT(person.ParseFromString(found->second));
    RC_ASSERT(!person.erased() && person.merged_into().empty());
  });
  RC_ASSERT(rows.keys(row_keys::kToken) == expected);
}

RC_GTEST_PROP(Projections, EveryIndexSaysWhatTheRowsSay, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto length = *rc::gen::inRange(1, 400);
  History history(seed);
  RandomHistory random(history, seed);
  for (int i = 0; i < length; ++i) random.step();
  MemoryViewStore store;
  RC_ASSERT(rebuild(history.log(), all(history), store, {.page_events = 50}).has_value());
  const Rows rows(store);
  check_cards(rows);
  check_payments(rows);
  check_deliveries(rows);
  check_tokens(rows);
}

// The list behind each lamp holds what a look at every row finds.
RC_GTEST_PROP(Projections, LampsCountWhatTheRowsShow, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  History history(seed);
  RandomHistory random(history, seed);
  for (int i = 0; i < 200; ++i) random.step();
  MemoryViewStore store;
  RC_ASSERT(rebuild(history.log(), all(history), store).has_value());
  const Timestamp at = history.clock().now() - std::chrono::hours(*rc::gen::inRange(0, 300));
  const ViewContext context{store, history.keys(), PersonalView::kShown, at};
  std::size_t overdue = 0, idle = 0, stuck = 0;
  Rows(store).each<v1::DealRow>(row_keys::kDeal, [&](const auto&, const v1::DealRow& row) {
    for (const auto& task : row.tasks()) overdue += is_reached(task.due().overdue_at(), at);
    if (row.outcome() != "open") return;
    idle += row.tasks().empty();
    stuck += is_reached(row.stuck_us(), at);
  });
  const auto lamps = views::LeaksView(context).lamps({});
  RC_ASSERT(lamps.has_value());
  RC_ASSERT(lamps->at(0).count == idle);
  RC_ASSERT(lamps->at(1).count == overdue);
  RC_ASSERT(lamps->at(2).count == stuck);
}

}  // namespace
}  // namespace dealog
