#include "libs/rules/describe.hpp"

#include <gtest/gtest.h>

#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

// The only criterion of a gate written as in a regulation file.
Criterion gate(std::string_view yaml) {
  const Regulation regulation =
      parsed_soundly(sound_text_with("      - field: amount\n", fmt::format("      - {}\n", yaml)));
  return regulation.stages.at(0).exit.at(0);
}

struct Sentence {
  std::string_view yaml;
  std::string_view ru;
  std::string_view en;
};

TEST(DescribingACriterion, IsASentenceThatASellerUnderstands) {
  const Sentence sentences[] = {
      {"field: amount", "Заполните сумму", "Fill in the amount"},
      {"{field: amount, at_least: 1234567.50 RUB}",
       "Сумма: нужно не меньше 1\u00a0234\u00a0567,50\u00a0₽",
       "The amount must be at least 1,234,567.50\u00a0RUB"},
      {"{field: amount, more: 0.00 RUB}", "Сумма: нужно больше 0\u00a0₽",
       "The amount must be more than 0\u00a0RUB"},
      {"{field: expected_close_date, at_most: 2026-12-31}",
       "Ожидаемая дата закрытия: нужно не позже 2026-12-31",
       "The expected close date must not be after 2026-12-31"},
      {"{field: work_type, one_of: [site]}", "Вид работ: нужно одно из «Сайт»",
       "The type of work must be one of \"Site\""},
      {"field: custom.goal", "Заполните поле «Цель»", "Fill in the field \"Goal\""},
      {"{field: custom.pages, at_least: 3}", "Поле «Страниц»: нужно не меньше 3",
       "The field \"Pages\" must be at least 3"},
      {"any: [{field: person.phone}, {field: person.email}]",
       "Заполните хотя бы одно: телефон контакта, e-mail контакта",
       "Fill in at least one of: the person's phone, the person's e-mail"},
      {"any: [{quote: sent}, {field: custom.goal}]",
       "Выполните хотя бы одно: Отправьте КП клиенту; Заполните поле «Цель»",
       "Do at least one: Send the quote to the customer; Fill in the field \"Goal\""},
      {"not: {field: company}", "Должно быть пусто: компания", "Leave empty: the company"},
      {"touch: {kind: call, outcome: connected}", "Дозвонитесь до клиента",
       "Reach the customer by phone"},
      {"touch: {kind: [email, message], direction: out, since_entering_stage: true}",
       "Нужен контакт: письмо или сообщение клиенту, уже на этом этапе",
       "Record an e-mail or a message to the customer, during this stage"},
      {"touch: {answers_customer: true}", "Ответьте клиенту", "Answer the customer"},
      {"task: {kind: meeting, in_future: true, with: [place, due]}",
       "Поставьте задачу «встреча» на будущее, в ней должны быть: место, срок",
       "Plan a task \"meeting\" in the future, with a place, a due time"},
      {"invoice: {kind: prepayment, state: sent}", "Отправьте клиенту счёт на предоплату",
       "Send the customer the prepayment invoice"},
      {"document: {kind: acceptance, signed: true}", "Подпишите акт приёмки",
       "Get the acceptance document signed"},
      {"participant: decision_maker", "Добавьте участника с ролью: принимает решение",
       "Add a participant: decision maker"},
      {"discount: within_policy", "Скидка не больше 12,5\u00a0%, иначе утвердите КП у руководителя",
       "Keep the discount within 12.5\u00a0%, or have the quote approved"},
      {"paid: 100 %", "Дождитесь оплаты не меньше 100\u00a0% суммы сделки",
       "Wait until at least 100\u00a0% of the agreed amount is paid"},
  };
  for (const Sentence& sentence : sentences) {
    const Criterion criterion = gate(sentence.yaml);
    EXPECT_EQ(describe(criterion, Language::kRu), sentence.ru) << sentence.yaml;
    EXPECT_EQ(describe(criterion, Language::kEn), sentence.en) << sentence.yaml;
  }
}

TEST(DescribingACriterion, SaysWhatTheFileSaysWhereItSaysAnything) {
  const Criterion criterion =
      gate("{field: amount, message: {ru: Назовите цену, en: Name the price}}");
  EXPECT_EQ(describe(criterion, Language::kRu), "Назовите цену");
  EXPECT_EQ(describe(criterion, Language::kEn), "Name the price");
}

}  // namespace
}  // namespace dealog::rules
