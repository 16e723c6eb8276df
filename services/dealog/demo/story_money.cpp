// The second half of a story: from the invoice to the last rouble, and what comes after.
#include "services/dealog/demo/story_writer.hpp"

namespace dealog::demo {
namespace {

constexpr std::int64_t kHour = 60;

}  // namespace

bool StoryWriter::await_prepayment() {
  step("send invoice", [](DealPlay& play) { return play.send_invoice("prepayment"); });
  wait(2 * kHour, 4 * kDayMinutes, "Проверить оплату счёта");
  if (lost(4, {"no_budget", "postponed"})) return false;
  if (!wish_ && random_.chance(14)) {
    call(true, "Напомнил об оплате, обещали на неделе");
    wait(3 * kDayMinutes, 6 * kDayMinutes, "Напомнить об оплате");
    call(true, "Напомнил ещё раз");
  }
  pay("prepayment");
  return true;
}

void StoryWriter::pay(const char* invoice) {
  if (!wish_ && random_.chance(9)) {
    step("pay a part",
         [invoice](DealPlay& play) { return play.pay(invoice, 60, PaidBy::kTransfer); });
    wait(kDayMinutes, 3 * kDayMinutes, "Дождаться остатка по счёту");
  }
  const PaidBy way = draw_way();
  step("pay", [invoice, way](DealPlay& play) { return play.pay(invoice, 100, way); });
  if (way != PaidBy::kUnnamedTransfer) return;
  now_ = days_.after(now_, random_.between(kHour, kDayMinutes), random_);
  step("match", [invoice](DealPlay& play) { return play.match_by_hand(invoice); });
}

PaidBy StoryWriter::draw_way() {
  if (wish_) return PaidBy::kCard;
  switch (random_.weighted({60, 34, 6})) {
    case 0:
      return PaidBy::kCard;
    case 1:
      return PaidBy::kTransfer;
    default:
      return PaidBy::kUnnamedTransfer;
  }
}

bool StoryWriter::start_work() {
  wait(kHour, 6 * kHour, "Передать бриф в производство");
  step("start", [](DealPlay& play) -> Result<void> {
    TRY(play.acknowledge());
    TRY(play.finish("", "Оплата пришла, работа начата"));
    return play.move("in_progress");
  });
  return true;
}

bool StoryWriter::produce() {
  const std::int64_t weeks = wish_ ? 1 : random_.between(2, 7);
  for (std::int64_t week = 0; week < weeks; ++week) {
    wait(4 * kDayMinutes, 6 * kDayMinutes, "Рассказать клиенту, что сделано");
    step("report", [](DealPlay& play) -> Result<void> {
      TRY(play.touch("email", "out", "sent", 0, "Что сделано за неделю и что дальше"));
      return play.finish("call", "Рассказал о ходе работ");
    });
  }
  const auto hand_in = [](DealPlay& play) -> Result<void> {
    TRY(play.finish("", "Работа сдана"));
    return play.move("acceptance");
  };
  step("hand in", hand_in);
  if (!wish_ && random_.chance(10)) {
    wait(3 * kHour, 2 * kDayMinutes, "Показать результат");
    step("remarks",
         [](DealPlay& play) { return play.move("in_progress", {}, "Клиент прислал замечания"); });
    wait(kDayMinutes, 5 * kDayMinutes, "Исправить замечания");
    step("hand in again", hand_in);
  }
  step("acceptance document", [](DealPlay& play) -> Result<void> {
    TRY(play.add_document("acceptance", "Акт сдачи-приёмки"));
    return play.send_invoice("final");
  });
  return true;
}

bool StoryWriter::hand_in() {
  wait(kDayMinutes, 5 * kDayMinutes, "Подписать акт");
  if (!wish_ && random_.chance(12)) {
    paid_early_ = true;
    pay("final");
    wait(2 * kHour, kDayMinutes, "Подписать акт");
  }
  step("sign", [](DealPlay& play) -> Result<void> {
    TRY(play.finish("call", "Акт подписан"));
    return play.sign_document("acceptance");
  });
  return true;
}

bool StoryWriter::await_rest() {
  if (!paid_early_) {
    wait(kDayMinutes, 7 * kDayMinutes, "Проверить оплату остатка");
    pay("final");
  }
  now_ = now_ + std::chrono::minutes(random_.between(10, 90));
  step("thanks", [](DealPlay& play) -> Result<void> {
    TRY(play.finish("call", "Оплачено полностью"));
    TRY(play.touch("email", "out", "sent", 0, "Поблагодарили, попросили отзыв"));
    return play.remember_customer();
  });
  return true;
}

void StoryWriter::after_sale() {
  now_ = days_.after(now_ + std::chrono::hours(24 * random_.between(22, 28)), 0, random_);
  step("repeat sale", [](DealPlay& play) -> Result<void> {
    TRY(play.touch("call", "out", "connected", 300, "Сайт работает, пока ничего не нужно"));
    return play.finish("repeat_sale", "Позвонили, предложили поддержку");
  });
}

}  // namespace dealog::demo
