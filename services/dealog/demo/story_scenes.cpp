// How the deals of the cast stand when the story ends.
#include "services/dealog/demo/story_writer.hpp"

namespace dealog::demo {
namespace {

constexpr std::chrono::minutes kForgottenBeforeEnd{40};

}  // namespace

void StoryWriter::leave_open() {
  now_ = now_ + std::chrono::minutes(3);
  const Timestamp next = days_.exactly_after(until_, random_.between(2 * 60, 2 * kDayMinutes));
  step("leave open", [next](DealPlay& play) -> Result<void> {
    return play.keep_promises(next, "Связаться с клиентом");
  });
}

void StoryWriter::days_pass(std::int64_t days) {
  now_ = days_.after(now_, days * kDayMinutes, random_);
}

void StoryWriter::play_scene(Scene scene) {
  now_ = now_ + std::chrono::minutes(5);
  switch (scene) {
    case Scene::kToday:
      step("today", [](DealPlay& play) -> Result<void> {
        TRY(play.finish("", "Сделано"));
        return play.plan_for_last_day("Позвонить сегодня, как договорились");
      });
      return;
    case Scene::kNoNextStep:
      // Two hours later the regulation makes a task of it.
      now_ = std::max(now_, until_ - kForgottenBeforeEnd);
      return step("no next step", [](DealPlay& play) { return play.finish("", "Сделано"); });
    case Scene::kOverdue: {
      const Timestamp due = days_.exactly_after(now_, kDayMinutes);
      step("promise", [due](DealPlay& play) -> Result<void> {
        TRY(play.finish("", "Сделано"));
        return play.plan("call", "Позвонить и узнать решение", {.at = due});
      });
      return days_pass(2);
    }
    case Scene::kStuck:
      days_pass(7);
      return leave_open();
    case Scene::kUnanswered:
      now_ = days_.exactly_after(now_, 60);
      return;
    case Scene::kQuoteForgotten:
      return step("forget quote", [until = until_](DealPlay& play) -> Result<void> {
        TRY(play.draft_quote(5));
        TRY(play.send_quote());
        TRY(play.finish("", "КП отправлено"));
        return play.plan("other", "Подобрать примеры работ",
                         {.at = until + std::chrono::hours(48)});
      });
    case Scene::kApprovalWaiting:
      step("ask for approval", [](DealPlay& play) -> Result<void> {
        TRY(play.draft_quote(20));
        return play.submit_quote();
      });
      return leave_open();
    case Scene::kReturned:
      step("back", [](DealPlay& play) {
        return play.move("proposal", {}, "Клиент изменил состав работ, КП собираем заново");
      });
      return leave_open();
    case Scene::kReopened:
      lose("postponed");
      days_pass(6);
      step("reopen", [](DealPlay& play) -> Result<void> {
        TRY(play.reopen("Клиент вернулся"));
        return play.touch("call", "in", "connected", 200, "Вопрос снова актуален");
      });
      return leave_open();
    default:
      return play_money_scene(scene);
  }
}

void StoryWriter::play_money_scene(Scene scene) {
  if (wish_->stage == "invoicing") {
    step("send invoice", [](DealPlay& play) { return play.send_invoice("prepayment"); });
  }
  // An invoice that is issued by itself is due a week later.
  if (scene == Scene::kInvoiceOverdue) days_pass(7);
  if (scene == Scene::kPartlyPaid) {
    step("pay a half", [](DealPlay& play) { return play.pay("prepayment", 50, PaidBy::kCard); });
    days_pass(7);
  }
  if (scene == Scene::kTransferUnmatched) {
    step("pay",
         [](DealPlay& play) { return play.pay("prepayment", 100, PaidBy::kUnnamedTransfer); });
  }
  leave_open();
}

}  // namespace dealog::demo
