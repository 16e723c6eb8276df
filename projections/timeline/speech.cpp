#include "projections/timeline/speech.hpp"

#include <array>

#include "libs/base/number_text.hpp"
#include "libs/projection/view_context.hpp"

namespace dealog::views {
namespace {

struct Words {
  std::string_view code, ru, en;
};

constexpr std::array kWords = std::to_array<Words>({
    {"call", "Звонок", "Call"},
    {"email", "Письмо", "E-mail"},
    {"message", "Сообщение", "Message"},
    {"meeting", "Встреча", "Meeting"},
    {"form", "Форма", "Form"},
    {"visit", "Визит", "Visit"},
    {"note", "Заметка", "Note"},
    {"in", "от клиента", "incoming"},
    {"out", "клиенту", "outgoing"},
    {"internal", "внутри компании", "internal"},
    {"connected", "разговор состоялся", "connected"},
    {"no_answer", "не ответили", "no answer"},
    {"busy", "занято", "busy"},
    {"voicemail", "автоответчик", "voicemail"},
    {"sent", "отправлено", "sent"},
    {"delivered", "доставлено", "delivered"},
    {"failed", "не удалось", "failed"},
    {"received", "получено", "received"},
    {"held", "состоялся", "held"},
    {"no_show", "не пришли", "no-show"},
    {"cancelled", "отменено", "cancelled"},
    {"quote", "предложение", "quote"},
    {"invoice", "счёт", "invoice"},
    {"contract", "договор", "contract"},
    {"acceptance", "акт", "acceptance"},
    {"other", "документ", "document"},
    {"production", "производство", "production"},
    {"prepayment", "предоплата", "prepayment"},
    {"interim", "промежуточный", "interim"},
    {"final", "окончательный", "final"},
});

}  // namespace

std::string local_minute(Timestamp at, const std::string& zone) {
  const auto offset = utc_offset_s(at, zone);
  const std::string text = (at + std::chrono::seconds(offset ? *offset : 0)).rfc3339();
  return text.substr(0, 10) + " " + text.substr(11, 5) + (offset ? "" : " UTC");
}

std::string Speech::word(const std::string& code) const {
  for (const auto& known : kWords) {
    if (known.code == code) return std::string(say(known.ru, known.en));
  }
  return code;
}

std::string Speech::named(Named what, const std::string& code) const {
  if (code.empty() || names_ == nullptr) return code;
  const std::string name = names_->name_of(what, event_, code, language_);
  return name.empty() ? code : name;
}

std::string Speech::money(const v1::Money& money) const {
  return money_text(money_of(money), language_);
}

std::string Speech::due(const v1::Due& due) const {
  if (!due.due_date().empty()) return due.due_date();
  return due.due_at() == 0 ? std::string() : local_minute({due.due_at()}, due.time_zone());
}

}  // namespace dealog::views
