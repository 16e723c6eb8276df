#include "services/dealog/demo/cast.hpp"

#include <algorithm>

namespace dealog::demo {
namespace {

// How far back the beginning of a deal of the cast is looked for.
constexpr int kLongestDays = 120;
constexpr std::int64_t kForgottenDeals = 2;

constexpr std::pair<const char*, Scene> kCast[] = {
    {"incoming", Scene::kOrdinary},
    {"classification", Scene::kOrdinary},
    {"meeting_scheduling", Scene::kToday},
    {"meeting", Scene::kOrdinary},
    {"proposal", Scene::kOrdinary},
    {"negotiation", Scene::kToday},
    {"invoicing", Scene::kOrdinary},
    {"prepayment", Scene::kOrdinary},
    {"in_progress", Scene::kOrdinary},
    {"acceptance", Scene::kToday},
    {"paid_in_full", Scene::kOrdinary},
    {"incoming", Scene::kUnanswered},
    {"incoming", Scene::kUnanswered},
    {"meeting", Scene::kNoNextStep},
    {"negotiation", Scene::kNoNextStep},
    {"classification", Scene::kOverdue},
    {"proposal", Scene::kOverdue},
    {"meeting_scheduling", Scene::kStuck},
    {"proposal", Scene::kStuck},
    {"proposal", Scene::kQuoteForgotten},
    {"proposal", Scene::kApprovalWaiting},
    {"proposal", Scene::kApprovalWaiting},
    {"invoicing", Scene::kInvoiceOverdue},
    {"invoicing", Scene::kPartlyPaid},
    {"invoicing", Scene::kTransferUnmatched},
    {"proposal", Scene::kOverridden},
    {"negotiation", Scene::kReturned},
    {"negotiation", Scene::kReopened},
    {"classification", Scene::kToday},
    {"in_progress", Scene::kToday},
};

// The latest beginning from which everything has happened by `by`.
std::optional<Story> fit(const Season& season, const WorkDays& days, const DealSketch& sketch,
                         const Wish& wish, Timestamp by) {
  for (int back = 0; back < kLongestDays; ++back) {
    Random random(season.seed, sketch.number);
    const Date day{days.day_of(by).days - back};
    const Timestamp opened = days.at_hour(day, static_cast<int>(random.between(9, 16))) +
                             std::chrono::seconds(random.between(60, 3000));
    if (opened >= by) continue;
    if (opened < season.from) return std::nullopt;
    Story story = StoryWriter(random, days, season.until, wish).write(sketch, opened);
    if (story.end < by) return story;
  }
  return std::nullopt;
}

// Forms come at all hours, the rest while somebody is there.
Timestamp draw_opening(Random& random, const Season& season, const WorkDays& days,
                       Channel channel) {
  const auto first = days.day_of(season.from).days + 1;
  const auto last = days.day_of(season.until).days;
  for (;;) {
    // Business grows a little: now and then the later of two days.
    std::int64_t day = random.between(std::min(first, last), last);
    if (random.chance(30)) day = std::max(day, random.between(std::min(first, last), last));
    const Date date{static_cast<std::int32_t>(day)};
    const std::chrono::seconds of_day{comes_by_form(channel) ? random.between(8 * 3600, 23 * 3600)
                                                             : random.between(9 * 3600, 18 * 3600)};
    Timestamp at = days.wall(date, of_day);
    if (!comes_by_form(channel)) {
      const Timestamp working = days.exactly_after(at, 0);
      if (working != at && random.chance(70)) continue;  // a day off
      if (working != at) at = working + std::chrono::seconds(random.between(60, 4 * 3600));
    }
    if (at < season.until && at > season.from) return at;
  }
}

Story write_ordinary(const Season& season, const rules::Regulation& regulation,
                     const WorkDays& days, std::uint64_t number) {
  Random random(season.seed, number);
  DealSketch sketch = draw_deal(random, number, regulation, season.sellers);
  const Timestamp opened = draw_opening(random, season, days, sketch.channel);
  const bool gone_by_then = opened > season.departure - std::chrono::hours(24);
  if (gone_by_then && sketch.seller >= season.staying) sketch.seller = number % season.staying;
  return StoryWriter(random, days, season.until).write(std::move(sketch), opened);
}

// Deals that the leaver leaves behind and nobody takes over.
std::optional<Story> write_forgotten(const Season& season, const rules::Regulation& regulation,
                                     const WorkDays& days, std::uint64_t number) {
  Random random(season.seed, number);
  DealSketch sketch = draw_deal(random, number, regulation, 1);
  sketch.channel = Channel::kPhone;
  sketch.seller = season.staying;
  auto story = fit(season, days, sketch, {"proposal", Scene::kOrdinary},
                   season.departure - std::chrono::hours(24));
  if (story) story->forgotten = true;
  return story;
}

std::optional<Story> write_wish(const Season& season, const rules::Regulation& regulation,
                                const WorkDays& days, std::uint64_t number, const Wish& wish) {
  Random random(season.seed, number);
  DealSketch sketch = draw_deal(random, number, regulation, season.staying);
  if (wish.scene == Scene::kUnanswered) sketch.channel = Channel::kTilda;
  if (wish.scene == Scene::kOverridden) sketch.channel = Channel::kRepeat;
  return fit(season, days, sketch, wish, season.until);
}

}  // namespace

std::size_t cast_size() { return std::size(kCast) + kForgottenDeals; }

std::vector<Story> write_stories(const Season& season, const rules::Regulation& regulation,
                                 const WorkDays& days) {
  std::vector<Story> stories;
  stories.reserve(season.deals);
  const bool somebody_leaves = season.staying < season.sellers;
  for (std::uint64_t number = 0; number < season.deals; ++number) {
    std::optional<Story> story;
    if (number < std::size(kCast)) {
      const auto& [stage, scene] = kCast[number];
      story = write_wish(season, regulation, days, number, {stage, scene});
    } else if (somebody_leaves && number < cast_size()) {
      story = write_forgotten(season, regulation, days, number);
    }
    stories.push_back(story ? std::move(*story) : write_ordinary(season, regulation, days, number));
  }
  return stories;
}

}  // namespace dealog::demo
