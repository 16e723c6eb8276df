// What recurs in every chapter of a story: waiting, calling, losing, discounts.
#include <cstring>

#include "services/dealog/demo/story_writer.hpp"

namespace dealog::demo {
namespace {

// Beyond it, in percent, the regulation wants the head's approval.
constexpr int kFreeDiscount = 10;
// Of a hundred lost deals that can be found again.
constexpr int kReopened = 6;
constexpr int kAttempts = 4;
constexpr std::chrono::hours kFollowUpWithin{48};

constexpr std::pair<const char*, const char*> kLossNotes[] = {
    {"price", "Дороже, чем рассчитывали"},
    {"no_budget", "Бюджет не согласовали"},
    {"competitor", "Выбрали подрядчика дешевле"},
    {"no_answer", "Не отвечает на звонки и письма"},
    {"not_needed", "Решили обойтись без сайта"},
    {"postponed", "Вернутся к вопросу в следующем квартале"},
    {"terms", "Нужно вдвое быстрее"},
    {"not_our_work", "Мобильное приложение, мы их не делаем"},
    {"spam", "Реклама"}};

const char* note_of(const char* reason) {
  for (const auto& [code, note] : kLossNotes) {
    if (std::strcmp(code, reason) == 0) return note;
  }
  return "";
}

}  // namespace

void StoryWriter::step(std::string what, std::function<Result<void>(DealPlay&)> act) {
  story_.steps.push_back({now_, std::move(what), std::move(act)});
}

void StoryWriter::wait(std::int64_t low, std::int64_t high, std::string title) {
  const Timestamp from = now_;
  Timestamp next = days_.after(from, random_.between(low, high), random_);
  if (careless()) {
    next = days_.after(next, random_.between(3, 10) * kDayMinutes, random_);
  } else if (next - from > std::chrono::hours(3)) {
    now_ = from + std::chrono::minutes(1);
    step("plan ahead", [next, title = std::move(title)](DealPlay& play) {
      return play.keep_promises(next, title);
    });
  }
  now_ = next;
}

void StoryWriter::call(bool connected, std::string note) {
  const auto seconds = connected ? random_.between(60, 900) : random_.between(0, 20);
  step("call", [connected, seconds, note = std::move(note)](DealPlay& play) {
    return play.touch("call", "out", connected ? "connected" : "no_answer",
                      static_cast<std::uint32_t>(seconds), note);
  });
}

bool StoryWriter::dial_until_connected(std::string note) {
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    if (wish_ || random_.chance(68)) {
      call(true, std::move(note));
      return true;
    }
    call(false, "");
    wait(60, kDayMinutes, "Перезвонить");
  }
  return false;
}

bool StoryWriter::lost(int percent, std::initializer_list<const char*> reasons) {
  if (wish_ || !random_.chance(percent)) return false;
  const char* reason = random_.pick(reasons);
  if (std::strcmp(reason, "no_answer") == 0) call(false, "Третий раз без ответа");
  const bool may_return =
      std::strcmp(reason, "spam") != 0 && std::strcmp(reason, "not_our_work") != 0;
  if (!may_return || !random_.chance(kReopened)) {
    step("reject quote", [reason](DealPlay& play) { return play.reject_quote(note_of(reason)); });
    lose(reason);
    return true;
  }
  lose(reason);
  now_ = days_.after(now_, random_.between(5, 30) * kDayMinutes, random_);
  step("reopen", [](DealPlay& play) -> Result<void> {
    TRY(play.reopen("Клиент вернулся"));
    TRY(play.touch("call", "in", "connected", 200, "Позвонил сам, вопрос снова актуален"));
    // The follow-up was given up with the deal; a quote that is out needs one again.
    const auto state = TRY(play.state());
    if (state->quotes.empty()) return {};
    return play.plan("follow_up", "Вернуться к КП", {.at = state->last_move_at + kFollowUpWithin});
  });
  wait(60, kDayMinutes, "Продолжить разговор");
  return false;
}

void StoryWriter::lose(const char* reason) {
  step("lose", [reason](DealPlay& play) { return play.lose(reason, note_of(reason)); });
}

int StoryWriter::draw_discount() {
  if (wish_) return 0;
  switch (random_.weighted({50, 20, 16, 14})) {
    case 0:
      return 0;
    case 1:
      return 5;
    case 2:
      return 10;
    default:
      return static_cast<int>(random_.between(12, 20));
  }
}

void StoryWriter::approve_if_needed(int discount) {
  if (discount <= kFreeDiscount) return;
  step("submit quote", [](DealPlay& play) { return play.submit_quote(); });
  wait(60, 7 * 60, "Согласовать скидку");
  step("approve quote", [](DealPlay& play) { return play.approve_quote(); });
}

}  // namespace dealog::demo
