#include "libs/command/use_cases/conversations.hpp"

#include <algorithm>
#include <array>

#include "dealog/v1/deal_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::use_cases {
namespace {

// The event by which one of the threads was touched last. That no other comes to be is held.
Result<std::optional<RecordedEvent>> last_of_threads(Unit& unit,
                                                     const std::vector<std::string>& threads) {
  std::optional<RecordedEvent> last;
  for (const auto& thread : threads) {
    auto event = TRY(unit.hold_tag(thread_tag(unit, thread)));
    if (event && (!last || event->position > last->position)) last = std::move(event);
  }
  return last;
}

std::optional<PersonId> person_in(const RecordedEvent& event) {
  std::string person;
  if (const auto* recorded = event.as<v1::TouchRecorded>()) person = recorded->person();
  if (const auto* opened = event.as<v1::DealOpened>()) person = opened->person();
  if (const auto* amended = event.as<v1::TouchAmended>()) person = amended->person();
  const auto id = PersonId::parse(person);
  return id ? std::optional(*id) : std::nullopt;
}

// How much an outcome says of what was sent; failing is final.
std::size_t certainty(std::string_view outcome) {
  static constexpr std::array<std::string_view, 3> kOrder = {"sent", "delivered", "failed"};
  const auto found = std::ranges::find(kOrder, outcome);
  return found == kOrder.end() ? 0 : static_cast<std::size_t>(found - kOrder.begin()) + 1;
}

// What an earlier event of the touch says, as a command that says it again.
template <class Touch>
deal::RecordTouch repeated(const Touch& touch, const RecordedEvent& event, const TouchId& id) {
  deal::RecordTouch out{.kind = touch.kind(),
                        .direction = touch.direction(),
                        .outcome = touch.outcome(),
                        .duration_s = touch.duration_s(),
                        .recording_url = touch.recording_url()};
  if (const auto person = PersonId::parse(touch.person())) out.person = *person;
  out.id = id;
  out.occurred = event.occurred;
  out.tags = {open_tag(id.text())};
  return out;
}

std::optional<deal::RecordTouch> known_touch(const RecordedEvent& event, const TouchId& id) {
  if (const auto* touch = event.as<v1::TouchRecorded>()) return repeated(*touch, event, id);
  if (const auto* touch = event.as<v1::TouchAmended>()) return repeated(*touch, event, id);
  return std::nullopt;
}

}  // namespace

Tag thread_tag(const Unit& unit, const std::string& thread) {
  return open_tag("thread:" + to_hex(unit.folds().keys().tag_hash("thread:" + thread)));
}

Result<std::optional<PersonId>> person_of_threads(Unit& unit,
                                                  const std::vector<std::string>& threads) {
  const auto last = TRY(last_of_threads(unit, threads));
  if (!last) return std::nullopt;
  return person_in(*last);
}

Result<PlacedTouch> place_touch(Unit& unit, const ArrivedTouch& arrived) {
  OpenDealInput open = arrived.open;
  deal::RecordTouch& touch = *open.touch;
  touch.tags.push_back(open_tag(touch.id.text()));
  const auto known = TRY(unit.hold_tag(touch.tags.front()));
  if (known && known->stream.starts_with("deal_")) {
    return PlacedTouch{TRY(DealId::parse(known->stream)), person_in(*known), false, true};
  }
  for (const auto& thread : arrived.threads) touch.tags.push_back(thread_tag(unit, thread));

  std::vector<std::string> looked_for = arrived.threads;
  looked_for.insert(looked_for.end(), arrived.answers.begin(), arrived.answers.end());
  const auto last = TRY(last_of_threads(unit, looked_for));
  if (last && last->stream.starts_with("deal_")) {
    const auto person = person_in(*last);
    const auto* state = TRY(unit.glance<deal::State>(last->stream));
    if (state->is_open()) {
      const DealId deal = TRY(DealId::parse(last->stream));
      touch.person = person;
      TRY(change_deal(unit, deal, touch));
      return PlacedTouch{deal, person, false, false};
    }
    if (person) open.person = *person;
  }
  if (std::holds_alternative<std::monostate>(open.person) &&
      open.on_open_deal == OnOpenDeal::kTouchOnly) {
    return PlacedTouch{};
  }
  const auto opened = TRY(open_deal(unit, open));
  return PlacedTouch{opened.deal, opened.person, opened.opened, false};
}

Result<bool> amend_message(Unit& unit, const MessageNews& news) {
  const auto last = TRY(unit.hold_tag(open_tag(news.touch.text())));
  if (!last || !last->stream.starts_with("deal_")) return false;
  auto touch = known_touch(*last, news.touch);
  if (!touch) return false;
  const bool more = certainty(news.outcome) > certainty(touch->outcome);
  if (!more && news.said.empty()) return true;
  if (more) touch->outcome = news.outcome;
  touch->said = news.said;
  const DealId deal = TRY(DealId::parse(last->stream));
  TRY(change_deal(unit, deal, deal::AmendTouch{*std::move(touch)}));
  return true;
}

}  // namespace dealog::use_cases
