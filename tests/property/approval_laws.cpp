// Laws of approval over random drafts, revisions, requests, decisions and late steps.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dealog/v1/price_events.pb.h"
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

const UserId kOlga = id<UserId>(6);

const rules::Regulation& with_steps() {
  static const rules::Regulation kRegulation = [] {
    rules::Regulation regulation = web_studio();
    regulation.discounts = {
        .roles = {{"seller", 1000}, {"supervisor", 2500}},
        .steps = {{1000, "supervisor", rules::TimeLimit{std::chrono::hours(4), true}},
                  {2500, "owner", rules::TimeLimit{std::chrono::hours(24), false}}}};
    return regulation;
  }();
  return kRegulation;
}

Command command_of(const DealStory& story, int what, std::int32_t discount) {
  const QuoteId quote = story.quote();
  const Quote& state = story.state().quotes.back();
  switch (what) {
    case 0:
      return ReviseQuote{quote, one_line(rub(100), discount)};
    case 1:
      return SubmitQuote{quote};
    case 2:
      return DeclineQuote{quote, "No"};
    case 3:
      return EscalateApproval{quote, state.revision, static_cast<std::uint32_t>(discount % 3)};
    case 4:
      return SendQuote{quote};
    default:
      return ApproveQuote{quote};
  }
}

// What the log says of the last revision: who wrote it, who passed which step.
struct Told {
  std::uint32_t revision = 0;
  std::int32_t discount = 0;
  Actor author;
  std::uint32_t asked = 0;
  std::set<std::uint32_t> given;
  bool approved = false;
};

template <class Contents>
void begin(Told& told, const Contents& contents, const Actor& actor) {
  told = {};
  told.revision = contents.revision();
  told.discount = contents.highest_discount_basis_points();
  told.author = actor;
}

Told told_by(const std::vector<RecordedEvent>& history) {
  Told told;
  for (const RecordedEvent& event : history) {
    if (const auto* drafted = event.as<v1::QuoteDrafted>()) begin(told, *drafted, event.actor);
    if (const auto* revised = event.as<v1::QuoteRevised>()) begin(told, *revised, event.actor);
    if (const auto* asked = event.as<v1::ApprovalRequested>()) {
      RC_ASSERT(asked->revision() == told.revision);
      told.asked = static_cast<std::uint32_t>(asked->steps_size());
      told.given.clear();
    }
    if (const auto* given = event.as<v1::ApprovalGiven>()) {
      RC_ASSERT(given->revision() == told.revision);
      RC_ASSERT(event.actor != told.author);  // nobody approves his own
      RC_ASSERT(!told.approved);
      RC_ASSERT(told.given.insert(given->step()).second);
    }
    if (const auto* approved = event.as<v1::QuoteApproved>()) {
      RC_ASSERT(approved->revision() == told.revision);
      RC_ASSERT(event.actor != told.author);
      told.approved = true;
    }
  }
  return told;
}

RC_GTEST_PROP(ApprovalLaws, AnApprovedQuoteIsTheOneThatWasApprovedByAllItsSteps, ()) {
  const auto steps =
      *rc::gen::scale(3, rc::gen::container<std::vector<std::tuple<int, int, std::int32_t>>>(
                             rc::gen::tuple(rc::gen::inRange(0, 9), rc::gen::inRange(0, 3),
                                            rc::gen::inRange<std::int32_t>(0, 4000))));
  DealStory story(with_steps());
  story.with_role(kAnna, "seller").with_role(kBoris, "supervisor").with_role(kOlga, "owner");
  story.who_may_override().given(a_lead()).given(DraftQuote{one_line(rub(100), 3000)});
  const UserId users[] = {kAnna, kBoris, kOlga};
  for (const auto& [what, who, discount] : steps) {
    story.later(std::chrono::minutes(discount)).as(users[who]);
    story.when(command_of(story, what, discount));
    const Told told = told_by(story.history());
    const Quote& quote = story.state().quotes.back();
    RC_ASSERT(quote.revision == told.revision);
    RC_ASSERT(quote.approved() == told.approved);
    if (told.approved) RC_ASSERT(told.given.size() == told.asked);
    if (quote.waiting_step()) RC_ASSERT(*quote.waiting_step() == told.given.size());
  }
  RC_ASSERT(!::testing::Test::HasFailure());
  const Told told = told_by(story.history());
  RC_CLASSIFY(told.approved, "approved");
  RC_CLASSIFY(told.approved && told.asked == 2, "approved in two steps");
}

}  // namespace
}  // namespace dealog::deal
