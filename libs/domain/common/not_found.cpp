#include "libs/domain/common/not_found.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"

namespace dealog {
namespace {

struct Thing {
  std::string_view name;
  std::string_view ru;  // of whom there is none
};
constexpr std::array<Thing, 22> kThings = {{{"deal", "сделки"},
                                            {"person", "человека"},
                                            {"company", "компании"},
                                            {"user", "пользователя"},
                                            {"task", "задачи"},
                                            {"quote", "предложения"},
                                            {"invoice", "счёта"},
                                            {"document", "документа"},
                                            {"file", "файла"},
                                            {"payment", "платежа"},
                                            {"delivery", "доставки"},
                                            {"source", "источника"},
                                            {"fetch", "запроса"},
                                            {"effect", "отправки"},
                                            {"endpoint", "адреса"},
                                            {"token", "токена"},
                                            {"event", "события"},
                                            {"rule", "правила"},
                                            {"legal_entity", "юридического лица"},
                                            {"template", "шаблона"},
                                            {"product", "товара"},
                                            {"absence", "отсутствия"}}};

}  // namespace

std::unexpected<Error> not_found(Language language, std::string_view what, std::string_view id) {
  const auto* const thing = std::ranges::find(kThings, what, &Thing::name);
  DEALOG_ASSERT(thing != kThings.end());
  return fail(ErrorKind::kNotFound, std::string(what) + "_not_found",
              language == Language::kRu ? fmt::format("нет {} {}", thing->ru, quoted(id))
                                        : fmt::format("there is no {} {}", what, quoted(id)));
}

}  // namespace dealog
