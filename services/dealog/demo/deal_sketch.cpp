#include "services/dealog/demo/deal_sketch.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dealog::demo {
namespace {

// Prices are round: five thousand roubles.
constexpr std::int64_t kPriceStepMinor = 500'000;

constexpr const char* kWishes[] = {
    "Нужен новый сайт, старый не открывается на телефоне.",
    "Посчитайте, пожалуйста, сколько будет стоить. Есть список страниц.",
    "Хотим принимать заказы и оплату на сайте.",
    "Нужно успеть к выставке, подскажите сроки.",
    "Есть дизайн, нужна вёрстка и перенос.",
    "Смотрели ваши работы, понравилось. Перезвоните после обеда.",
    "Сайт есть, но заявок почти нет. Что можно сделать?",
    "Нужна поддержка: обновления, мелкие правки, хостинг.",
    "Переезжаем с конструктора, объём около 300 товаров.",
    "Делаем новый продукт, нужен личный кабинет для клиентов."};
constexpr const char* kCampaigns[] = {"yandex_direct", "google",     "vk",
                                      "telegram",      "newsletter", ""};

struct Part {
  const char* title;
  int percent;
};
constexpr Part kParts[] = {{"Аналитика и прототип", 20},
                           {"Дизайн", 30},
                           {"Вёрстка и программирование", 40},
                           {"Наполнение и запуск", 10}};

// Around the average, seldom near the ends of the range.
Money draw_amount(Random& random, const rules::WorkType& work) {
  const auto side = [&](std::int64_t end) {
    const std::int64_t share = random.between(0, 100) * random.between(0, 100);
    return work.average.minor + (end - work.average.minor) * share / 10'000;
  };
  const std::int64_t drawn = side(random.chance(55) ? work.price_from.minor : work.price_to.minor);
  return {std::max<std::int64_t>(1, drawn / kPriceStepMinor) * kPriceStepMinor,
          work.average.currency};
}

}  // namespace

bool comes_by_form(Channel channel) {
  return channel == Channel::kTilda || channel == Channel::kLanding;
}

DealSketch draw_deal(Random& random, std::uint64_t number, const rules::Regulation& regulation,
                     std::size_t sellers) {
  DealSketch sketch;
  sketch.number = number;
  sketch.channel = static_cast<Channel>(random.weighted({36, 14, 22, 10, 10, 8}));
  sketch.person = draw_person(random, 2 * number);
  sketch.decider = draw_person(random, 2 * number + 1);
  sketch.company = draw_company(random, number);
  const rules::WorkType& work = random.pick(regulation.work_types);
  sketch.work_type = work.code;
  sketch.amount = draw_amount(random, work);
  sketch.title = fmt::format("{}: {}", work.title.ru, sketch.company.short_name);
  sketch.wish = random.pick(kWishes);
  sketch.campaign = random.pick(kCampaigns);
  sketch.seller =
      static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(sellers) - 1));
  return sketch;
}

std::vector<deal::LineInput> draw_lines(const DealSketch& sketch, int discount_percent) {
  std::vector<deal::LineInput> lines;
  std::int64_t left = sketch.amount.minor;
  for (const Part& part : kParts) {
    const bool last = &part == &kParts[std::size(kParts) - 1];
    const std::int64_t price = last ? left : sketch.amount.minor / 100 * part.percent;
    left -= price;
    lines.push_back({.title = part.title, .unit_price = {price, sketch.amount.currency}});
  }
  lines.front().discount_basis_points = discount_percent * 100;
  return lines;
}

}  // namespace dealog::demo
