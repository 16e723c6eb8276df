#include "services/dealog/demo/people.hpp"

#include <array>

#include <fmt/format.h>

namespace dealog::demo {
namespace {

struct Name {
  const char* ru;
  const char* latin;
};

constexpr Name kMen[] = {{"Александр", "alexander"}, {"Дмитрий", "dmitry"}, {"Максим", "maxim"},
                         {"Сергей", "sergey"},       {"Андрей", "andrey"},  {"Алексей", "alexey"},
                         {"Артём", "artem"},         {"Илья", "ilya"},      {"Кирилл", "kirill"},
                         {"Михаил", "mikhail"},      {"Никита", "nikita"},  {"Егор", "egor"},
                         {"Роман", "roman"},         {"Павел", "pavel"},    {"Тимур", "timur"},
                         {"Владимир", "vladimir"},   {"Денис", "denis"},    {"Иван", "ivan"},
                         {"Олег", "oleg"},           {"Руслан", "ruslan"}};
constexpr Name kWomen[] = {
    {"Анна", "anna"},         {"Мария", "maria"},       {"Елена", "elena"},
    {"Ольга", "olga"},        {"Наталья", "natalia"},   {"Екатерина", "kate"},
    {"Татьяна", "tatiana"},   {"Ирина", "irina"},       {"Юлия", "julia"},
    {"Светлана", "svetlana"}, {"Дарья", "daria"},       {"Алина", "alina"},
    {"Ксения", "ksenia"},     {"Полина", "polina"},     {"Вера", "vera"},
    {"Марина", "marina"},     {"Виктория", "victoria"}, {"Жанна", "zhanna"},
    {"Алсу", "alsu"},         {"Софья", "sofia"}};
// Surnames that add "а" for a woman.
constexpr Name kSurnames[] = {
    {"Иванов", "ivanov"},     {"Смирнов", "smirnov"},    {"Кузнецов", "kuznetsov"},
    {"Попов", "popov"},       {"Васильев", "vasiliev"},  {"Петров", "petrov"},
    {"Соколов", "sokolov"},   {"Михайлов", "mikhailov"}, {"Новиков", "novikov"},
    {"Фёдоров", "fedorov"},   {"Морозов", "morozov"},    {"Волков", "volkov"},
    {"Алексеев", "alekseev"}, {"Лебедев", "lebedev"},    {"Семёнов", "semenov"},
    {"Егоров", "egorov"},     {"Павлов", "pavlov"},      {"Козлов", "kozlov"},
    {"Степанов", "stepanov"}, {"Николаев", "nikolaev"},  {"Орлов", "orlov"},
    {"Андреев", "andreev"},   {"Макаров", "makarov"},    {"Никитин", "nikitin"},
    {"Захаров", "zakharov"},  {"Зайцев", "zaitsev"},     {"Соловьёв", "soloviev"},
    {"Борисов", "borisov"},   {"Яковлев", "yakovlev"},   {"Григорьев", "grigoriev"},
    {"Воробьёв", "vorobiev"}, {"Сергеев", "sergeev"},    {"Галиев", "galiev"},
    {"Сафин", "safin"},       {"Абрамов", "abramov"},    {"Тарасов", "tarasov"},
    {"Белов", "belov"},       {"Комаров", "komarov"},    {"Титов", "titov"},
    {"Гусев", "gusev"}};
constexpr const char* kPositions[] = {"директор",
                                      "владелец",
                                      "маркетолог",
                                      "коммерческий директор",
                                      "руководитель отдела продаж",
                                      "помощник директора",
                                      "бренд-менеджер"};
constexpr const char* kForms[] = {"ООО", "ООО", "ООО", "АО", "ИП"};
constexpr const char* kFirstWords[] = {"Северный",  "Зелёный",    "Новый",   "Первый",  "Городской",
                                       "Умный",     "Добрый",     "Быстрый", "Светлый", "Волжский",
                                       "Уральский", "Балтийский", "Южный",   "Золотой", "Белый",
                                       "Тихий",     "Живой",      "Ясный",   "Лесной",  "Речной"};
constexpr const char* kSecondWords[] = {
    "дом",    "сад",   "ветер", "берег",  "мост",      "квартал",  "проект",
    "рынок",  "хлеб",  "свет",  "урожай", "транспорт", "текстиль", "камень",
    "путь",   "склад", "центр", "причал", "мебельщик", "доктор",   "инструмент",
    "ремонт", "кофе",  "театр", "парк"};

// Number n of the block +7 900 000-00-00 … as different people type it.
std::string phone_of(Random& random, std::uint64_t number) {
  const std::uint64_t digits = 9'000'000'000 + number % 99'000'000;
  const std::uint64_t code = digits / 10'000'000;
  const std::uint64_t first = digits / 10'000 % 1000;
  const std::uint64_t second = digits / 100 % 100;
  const std::uint64_t third = digits % 100;
  switch (random.weighted({40, 25, 20, 15})) {
    case 0:
      return fmt::format("+7 {} {:03}-{:02}-{:02}", code, first, second, third);
    case 1:
      return fmt::format("8 ({}) {:03}-{:02}-{:02}", code, first, second, third);
    case 2:
      return fmt::format("8{}{:03}{:02}{:02}", code, first, second, third);
    default:
      return fmt::format("+7{}{:03}{:02}{:02}", code, first, second, third);
  }
}

// Ten digits of which the last checks the others, as the tax service reckons it.
std::string tax_id_of(std::uint64_t number) {
  constexpr std::array<int, 9> kWeights = {2, 4, 10, 3, 5, 9, 4, 6, 8};
  std::string digits = fmt::format("00{:07}", number % 10'000'000);
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += kWeights[i] * (digits[i] - '0');
  return digits + std::to_string(sum % 11 % 10);
}

}  // namespace

PersonSketch draw_person(Random& random, std::uint64_t number) {
  const bool woman = random.chance(45);
  const Name& first = woman ? random.pick(kWomen) : random.pick(kMen);
  const Name& last = random.pick(kSurnames);
  return {.name = fmt::format("{} {}{}", first.ru, last.ru, woman ? "а" : ""),
          .phone = phone_of(random, number),
          .email = fmt::format("{}.{}{}{}@example.com", first.latin, last.latin, woman ? "a" : "",
                               number),
          .position = random.pick(kPositions)};
}

CompanySketch draw_company(Random& random, std::uint64_t number) {
  CompanySketch company;
  company.short_name = fmt::format("{} {}", random.pick(kFirstWords), random.pick(kSecondWords));
  company.name = fmt::format("{} «{}»", random.pick(kForms), company.short_name);
  company.tax_id = tax_id_of(number);
  return company;
}

}  // namespace dealog::demo
