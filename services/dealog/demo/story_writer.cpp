#include "services/dealog/demo/story_writer.hpp"

#include <algorithm>
#include <array>

namespace dealog::demo {
namespace {

constexpr std::int64_t kHour = 60;

constexpr const char* kAttempts[] = {"не взял трубку", "просил перезвонить позже", "вне сети"};

}  // namespace

Story StoryWriter::write(DealSketch sketch, Timestamp opened) {
  story_ = {.sketch = std::move(sketch), .steps = {}, .end = {}};
  now_ = opened;
  arrive();
  write_chapters();
  story_.end = now_;
  return std::move(story_);
}

void StoryWriter::write_chapters() {
  static constexpr std::array<std::pair<const char*, Chapter>, 11> kChapters = {{
      {"incoming", &StoryWriter::answer},
      {"classification", &StoryWriter::classify},
      {"meeting_scheduling", &StoryWriter::arrange_meeting},
      {"meeting", &StoryWriter::meet},
      {"proposal", &StoryWriter::propose},
      {"negotiation", &StoryWriter::negotiate},
      {"invoicing", &StoryWriter::await_prepayment},
      {"prepayment", &StoryWriter::start_work},
      {"in_progress", &StoryWriter::produce},
      {"acceptance", &StoryWriter::hand_in},
      {"paid_in_full", &StoryWriter::await_rest},
  }};
  for (next_chapter_ = 0; next_chapter_ < kChapters.size();) {
    const auto& [stage, chapter] = kChapters[next_chapter_++];
    if (wish_ && wish_->stage == stage) {
      return play_scene(wish_->scene);
    }
    if (!(this->*chapter)()) return;
  }
  after_sale();
}

void StoryWriter::arrive() {
  step("open", [](DealPlay& play) { return play.open(); });
  if (!comes_by_form(story_.sketch.channel)) return;
  if (wish_ && wish_->scene == Scene::kUnanswered) return;
  now_ = days_.exactly_after(now_, random_.between(1, 4)) + std::chrono::seconds(30);
  step("take over", [](DealPlay& play) { return play.take_over(); });
}

bool StoryWriter::answer() {
  if (story_.sketch.channel != Channel::kPhone) {
    const bool late = !wish_ && random_.chance(22);
    const std::int64_t minutes = late ? random_.between(20, 300) : random_.between(2, 9);
    now_ = days_.exactly_after(now_, minutes) + std::chrono::seconds(random_.between(0, 59));
    if (!wish_ && random_.chance(20)) {
      call(false, random_.pick(kAttempts));
      wait(30, 3 * kHour, "Перезвонить по заявке");
    }
    if (story_.sketch.channel == Channel::kEmail) {
      step("answer", [](DealPlay& play) {
        return play.touch("email", "out", "sent", 0, "Спасибо за обращение, уточняем детали");
      });
    } else {
      call(true, "Поблагодарил за заявку, уточнил, как обращаться");
    }
  }
  if (lost(12, {"spam", "not_our_work", "no_answer", "not_needed"})) return false;
  wait(5, 30, "Разобрать заявку");
  step("classify", [](DealPlay& play) -> Result<void> {
    TRY(play.finish("classify", "Понятно, что нужно"));
    return play.move("classification");
  });
  return true;
}

bool StoryWriter::classify() {
  wait(30, 5 * kHour, "Уточнить задачу и бюджет");
  if (comes_by_form(story_.sketch.channel) && random_.chance(6)) {
    step("writes again", [](DealPlay& play) { return play.write_again(); });
  }
  if (lost(9, {"no_budget", "not_our_work", "not_needed", "price"})) return false;
  const auto fields = [](DealPlay& play) {
    return play.change({.amount = play.sketch().amount, .work_type = play.sketch().work_type});
  };
  step("amount", fields);
  const bool wished = wish_ && wish_->scene == Scene::kOverridden;
  if (wished || (!wish_ && story_.sketch.channel == Channel::kRepeat && random_.chance(30))) {
    step("override", [](DealPlay& play) -> Result<void> {
      TRY(play.finish("", "Постоянный клиент"));
      TRY(play.override_to("proposal", "Постоянный клиент, задача понятна без встречи"));
      return play.learn_parties();
    });
    next_chapter_ = 4;
    return true;
  }
  step("arrange", [](DealPlay& play) -> Result<void> {
    TRY(play.touch("call", "out", "connected", 240, "Назвал вилку, договорились о встрече"));
    TRY(play.finish("call", "Созвонились"));
    return play.move("meeting_scheduling");
  });
  return true;
}

bool StoryWriter::arrange_meeting() {
  wait(kHour, 6 * kHour, "Дозвониться и назначить встречу");
  if (!dial_until_connected("Согласовали время встречи")) {
    lose("no_answer");
    return false;
  }
  if (lost(8, {"postponed", "not_needed", "competitor"})) return false;
  const Timestamp at =
      days_.at_hour(days_.day_of(days_.exactly_after(now_, random_.between(1, 3) * kDayMinutes)),
                    static_cast<int>(random_.between(10, 16)));
  step("plan meeting", [at](DealPlay& play) -> Result<void> {
    TRY(play.finish("call", "Договорились"));
    TRY(play.plan_meeting(at));
    return play.move("meeting");
  });
  now_ = at;
  return true;
}

bool StoryWriter::meet() {
  if (!wish_ && random_.chance(9)) {
    now_ = now_ + std::chrono::minutes(20);
    const Timestamp again = days_.exactly_after(now_, random_.between(1, 3) * kDayMinutes);
    step("nobody came", [again](DealPlay& play) -> Result<void> {
      TRY(play.touch("meeting", "out", "no_show", 0, "Никто не пришёл, извинились"));
      return play.put_off("meeting", again, "клиент не пришёл");
    });
    now_ = again;
  }
  now_ = now_ + std::chrono::minutes(random_.between(45, 100));
  step("meeting", [](DealPlay& play) -> Result<void> {
    TRY(play.touch("meeting", "out", "held", 3600, "Прошли по брифу"));
    TRY(play.finish("meeting", "Встреча состоялась"));
    return play.learn_parties();
  });
  if (lost(11, {"price", "no_budget", "not_our_work", "terms"})) return false;
  if (random_.chance(25)) step("decider", [](DealPlay& play) { return play.add_decider(); });
  wait(kHour, 8 * kHour, "Подготовить бриф");
  const Date wanted{days_.day_of(now_).days + static_cast<std::int32_t>(random_.between(40, 120))};
  step("brief", [wanted](DealPlay& play) -> Result<void> {
    TRY(play.finish("call", "Бриф готов"));
    deal::DetailsChange fields;
    fields.expected_close = wanted;
    fields.custom = {{"brief_goal", "Больше заявок с сайта"},
                     {"brief_audience", "Компании и частные заказчики региона"},
                     {"brief_scope", play.sketch().wish},
                     {"brief_deadline", wanted}};
    return play.move("proposal", std::move(fields));
  });
  return true;
}

bool StoryWriter::propose() {
  wait(2 * kHour, 9 * kHour, "Собрать КП");
  discount_ = draw_discount();
  step("draft quote", [d = discount_](DealPlay& play) { return play.draft_quote(d); });
  approve_if_needed(discount_);
  wait(kHour, 6 * kHour, "Отправить КП");
  step("send quote", [](DealPlay& play) -> Result<void> {
    TRY(play.finish("check_quote", "Проверено"));
    TRY(play.finish("call", "КП отправлено"));
    return play.send_quote();
  });
  wait(kDayMinutes, 3 * kDayMinutes, "Узнать решение по КП");
  if (!dial_until_connected("Обсудили КП")) {
    lose("no_answer");
    return false;
  }
  if (lost(12, {"price", "competitor", "no_budget", "not_needed"})) return false;
  step("negotiate", [](DealPlay& play) -> Result<void> {
    TRY(play.finish("follow_up", "КП обсудили"));
    return play.move("negotiation");
  });
  return true;
}

bool StoryWriter::negotiate() {
  const auto rounds = wish_ ? 0 : random_.weighted({45, 35, 15, 5});
  for (std::size_t round = 0; round < rounds; ++round) revise();
  wait(kDayMinutes, 4 * kDayMinutes, "Согласовать условия");
  if (!dial_until_connected("Согласовали условия")) {
    lose("no_answer");
    return false;
  }
  if (lost(28, {"price", "competitor", "no_budget", "terms", "postponed"})) return false;
  step("accept quote", [](DealPlay& play) -> Result<void> {
    TRY(play.accept_quote());
    return play.add_document("contract", "Договор на разработку");
  });
  wait(kHour, 2 * kDayMinutes, "Подписать договор");
  step("contract", [](DealPlay& play) -> Result<void> {
    TRY(play.sign_document("contract"));
    TRY(play.finish("", "Условия согласованы, договор подписан"));
    return play.move("invoicing");
  });
  return true;
}

void StoryWriter::revise() {
  wait(4 * kHour, 2 * kDayMinutes, "Доработать КП");
  if (random_.chance(12)) {
    step("back", [](DealPlay& play) {
      return play.move("proposal", {}, "Клиент изменил состав работ, КП собираем заново");
    });
    wait(2 * kHour, kDayMinutes, "Пересобрать КП");
  }
  discount_ = std::min(20, discount_ + static_cast<int>(random_.between(0, 5)));
  step("revise quote", [d = discount_](DealPlay& play) { return play.revise_quote(d); });
  approve_if_needed(discount_);
  wait(kHour, 4 * kHour, "Отправить новую редакцию КП");
  step("send again", [](DealPlay& play) -> Result<void> {
    TRY(play.finish("check_quote", "Проверено"));
    TRY(play.send_quote());
    const auto state = TRY(play.state());
    return state->stage() == "proposal" ? play.move("negotiation") : Result<void>();
  });
}

}  // namespace dealog::demo
