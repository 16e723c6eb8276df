#include "libs/rules/vocabulary.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dealog::rules {
namespace {

constexpr Word kTouchKinds[] = {
    {"call", "звонок", "a call"},          {"email", "письмо", "an e-mail"},
    {"message", "сообщение", "a message"}, {"meeting", "встреча", "a meeting"},
    {"form", "заявка с формы", "a form"},  {"visit", "визит", "a visit"},
    {"note", "заметка", "a note"}};

constexpr Word kTouchDirections[] = {{"in", "от клиента", "from the customer"},
                                     {"out", "клиенту", "to the customer"},
                                     {"internal", "внутри компании", "inside the company"}};

constexpr Word kTouchOutcomes[] = {{"connected", "дозвонились", "that connected"},
                                   {"no_answer", "нет ответа", "with no answer"},
                                   {"busy", "занято", "with a busy line"},
                                   {"voicemail", "автоответчик", "that reached voicemail"},
                                   {"sent", "отправлено", "that was sent"},
                                   {"delivered", "доставлено", "that was delivered"},
                                   {"failed", "не удалось", "that failed"},
                                   {"received", "получено", "that was received"},
                                   {"held", "проведена", "that was held"},
                                   {"no_show", "не пришли", "where nobody came"},
                                   {"cancelled", "отменено", "that was cancelled"}};

constexpr Word kTaskKinds[] = {{"classify", "классификация", "classification"},
                               {"call", "звонок", "call"},
                               {"email", "письмо", "e-mail"},
                               {"message", "сообщение", "message"},
                               {"meeting", "встреча", "meeting"},
                               {"follow_up", "напоминание по КП", "follow-up"},
                               {"check_quote", "проверка КП", "quote check"},
                               {"send_quote", "отправка КП", "sending of the quote"},
                               {"agree_terms", "согласование условий", "agreement of terms"},
                               {"approve_discount", "согласование скидки", "discount approval"},
                               {"repeat_sale", "повторная продажа", "repeat sale"},
                               {"other", "другое", "other"}};

constexpr Word kTaskMembers[] = {{"assignee", "ответственный", "an assignee"},
                                 {"participants", "участники", "participants"},
                                 {"place", "место", "a place"},
                                 {"due", "срок", "a due time"},
                                 {"note", "заметка", "a note"}};

// The sentences, because each state is reached by another deed.
constexpr Word kQuoteStates[] = {
    {"draft", "Подготовьте КП", "Draft the quote"},
    {"submitted", "Отправьте КП на проверку", "Submit the quote for approval"},
    {"approved", "Утвердите КП у руководителя", "Have the quote approved"},
    {"sent", "Отправьте КП клиенту", "Send the quote to the customer"},
    {"accepted", "Получите согласие клиента на КП", "Have the quote accepted by the customer"},
    {"rejected", "Отметьте отказ клиента от КП", "Record that the customer rejected the quote"}};

constexpr Word kInvoiceKinds[] = {{"prepayment", "счёт на предоплату", "prepayment invoice"},
                                  {"interim", "промежуточный счёт", "interim invoice"},
                                  {"final", "итоговый счёт", "final invoice"}};

constexpr Word kInvoiceStates[] = {{"issued", "Выставьте", "Issue"},
                                   {"sent", "Отправьте клиенту", "Send the customer"},
                                   {"paid", "Дождитесь оплаты:", "Wait for payment of"}};

constexpr Word kDocumentKinds[] = {{"contract", "договор", "contract"},
                                   {"acceptance", "акт приёмки", "acceptance document"},
                                   {"other", "документ", "document"}};

constexpr Word kAcknowledgementKinds[] = {{"production",
                                           "Получите подтверждение производства, что работа начата",
                                           "Get production to acknowledge the start of work"}};

constexpr Word kParticipantRoles[] = {{"contact", "контактное лицо", "contact"},
                                      {"decision_maker", "принимает решение", "decision maker"},
                                      {"influencer", "влияет на решение", "influencer"},
                                      {"payer", "платит", "payer"},
                                      {"signatory", "подписывает", "signatory"},
                                      {"user", "пользуется", "user"},
                                      {"other", "другое", "other"}};

constexpr Word kCustomFieldTypes[] = {{"text", "текст", "text"},
                                      {"number", "целое число", "whole number"},
                                      {"date", "дата", "date"},
                                      {"bool", "да или нет", "yes or no"}};

constexpr Word kQuoteChanges[] = {
    {"drafted", "КП подготовлено", "a quote is drafted"},
    {"revised", "КП изменено", "a quote is revised"},
    {"submitted", "КП отправлено на проверку", "a quote is submitted for approval"},
    {"approved", "КП утверждено", "a quote is approved"},
    {"sent", "КП отправлено клиенту", "a quote is sent"},
    {"accepted", "КП принято", "a quote is accepted"},
    {"rejected", "КП отклонено", "a quote is rejected"},
    {"viewed", "клиент открыл КП по ссылке", "the customer has looked at a quote by its link"},
    {"expired", "срок действия КП истёк без ответа", "a quote has expired unanswered"}};

constexpr Word kInvoiceChanges[] = {{"issued", "выставлен", "is issued"},
                                    {"sent", "отправлен", "is sent"},
                                    {"paid", "оплачен", "is paid"},
                                    {"voided", "аннулирован", "is voided"}};

constexpr Word kPaymentChanges[] = {
    {"received", "пришли деньги", "money is received"},
    {"unmatched", "от клиента пришли деньги, не подошедшие ни к одному счёту",
     "money came from the customer that matches no invoice"}};

constexpr Word kUserRoles[] = {{"owner", "владелец", "the owner of the company"},
                               {"supervisor", "руководитель продаж", "a supervisor"},
                               {"seller", "менеджер", "a seller"},
                               {"marketing", "маркетинг", "marketing"},
                               {"integration", "интеграция", "an integration"}};

constexpr Word kRuleActions[] = {
    {"create_task", "поставлена задача", "a task is planned"},
    {"complete_tasks", "закрыты задачи", "tasks are completed"},
    {"reschedule_task", "перенесены задачи", "tasks are put off"},
    {"move_to", "смена этапа", "a move to a stage"},
    {"set_field", "заполнено поле", "a field is set"},
    {"assign", "назначен ответственный", "an owner is assigned"},
    {"add_participant", "добавлен участник", "a participant is added"},
    {"request_approval", "запрошено согласование", "approval is asked for"},
    {"draft_quote", "черновик КП", "a quote is drafted"},
    {"issue_invoice", "выставлен счёт", "an invoice is issued"},
    {"lose", "сделка проиграна", "the deal is lost"},
    {"notify", "уведомление", "somebody is told"},
    {"send_mail", "письмо", "a mail"},
    {"send_message", "сообщение в Telegram", "a message in Telegram"},
    {"send_quote", "КП клиенту", "the quote to the customer"},
    {"send_invoice", "счёт клиенту", "the invoice to the customer"},
    {"send_invitation", "приглашение на встречу", "an invitation to the meeting"},
    {"call_webhook", "вызов вебхука", "a call of a webhook"},
    {"start_pipeline", "сделка в другой воронке", "a deal in another pipeline"}};

constexpr Word kEffectReasons[] = {
    {"rule_removed", "правила больше нет", "the rule is gone"},
    {"rule_off", "правило выключено", "the rule is off"},
    {"deal_missing", "сделки нет", "there is no such deal"},
    {"deal_closed", "сделка закрыта", "the deal is closed"},
    {"deal_reopened", "сделка снова открыта", "the deal was reopened"},
    {"stage_left", "сделка уже не на этом этапе", "the deal has left the stage"},
    {"answered", "клиенту ответили", "the customer was answered"},
    {"next_step_planned", "следующий шаг есть", "a next step was planned"},
    {"task_closed", "задача закрыта", "the task is closed"},
    {"quote_answered", "по КП ответили", "the quote was answered"},
    {"invoice_settled", "счёт оплачен или снят", "the invoice is settled"},
    {"discount_settled", "скидка согласована или изменена", "the discount was settled"},
    {"deadline_moved", "дата изменилась", "the date was moved"},
    {"late", "уже поздно", "it is too late"},
    {"limit_reached", "не чаще, чем разрешено правилом", "no more often than the rule allows"},
    {"wait_timed_out", "не дождались", "what it waited for did not come in time"},
    {"conditions_not_met", "условия не выполнены", "the conditions do not hold"},
    {"loop_stopped", "правила запускали друг друга", "rules set each other off"},
    {"nobody_to_assign", "некого назначить", "there is nobody to assign"},
    {"nobody_to_write", "некому писать", "there is nobody to write to"},
    {"nothing_to_send", "нечего отправлять", "there is nothing to send"},
    {"nothing_to_offer", "у сделки нет суммы для КП", "the deal has no amount to offer"},
    {"nothing_to_invoice", "нечего выставлять", "there is nothing to invoice"},
    {"frequency_cap", "клиенту уже писали достаточно", "the customer was written to enough"},
    {"quiet_hours", "тихие часы", "quiet hours"},
    {"erased", "данные стёрты", "the data were erased"},
    {"no_address", "нет адреса", "there is no address"},
    {"move_not_allowed", "условия этапа не выполнены", "the stage does not allow the move"},
    {"no_chat", "клиент не писал нашему боту", "the customer has not written to our bot"},
    {"blocked", "клиент заблокировал бота", "the customer has blocked the bot"},
    {"rate_limited", "получатель просит слать реже", "the receiver asks for fewer"},
    {"server_not_reached", "сервер недоступен", "the server was not reached"},
    {"no_answer", "ответа не дождались", "no answer came"},
    {"interrupted", "отправку прервал перезапуск", "a restart interrupted it"},
    {"address_refused", "на этот адрес слать нельзя", "this address may not be called"},
    {"dropped", "сотрудник отказался от отправки", "somebody let it be"}};

constexpr FieldWord kFields[] = {
    {"title", FieldType::kText, "Заполните название сделки", "Fill in the title of the deal",
     "название сделки", "the title"},
    {"amount", FieldType::kMoney, "Заполните сумму", "Fill in the amount", "сумма", "the amount"},
    {"work_type", FieldType::kText, "Выберите вид работ", "Choose the type of work", "вид работ",
     "the type of work"},
    {"source", FieldType::kText, "Укажите источник", "Fill in the source", "источник",
     "the source"},
    {"owner", FieldType::kReference, "Назначьте ответственного", "Assign an owner", "ответственный",
     "the owner"},
    {"owner.chosen", FieldType::kReference, "Выберите ответственного", "Choose an owner",
     "выбранный ответственный", "a chosen owner"},
    {"person", FieldType::kReference, "Привяжите контактное лицо", "Link a person",
     "контактное лицо", "the person"},
    {"person.name", FieldType::kText, "Заполните имя контакта", "Fill in the person's name",
     "имя контакта", "the person's name"},
    {"person.phone", FieldType::kText, "Заполните телефон контакта", "Fill in the person's phone",
     "телефон контакта", "the person's phone"},
    {"person.email", FieldType::kText, "Заполните e-mail контакта", "Fill in the person's e-mail",
     "e-mail контакта", "the person's e-mail"},
    {"company", FieldType::kReference, "Привяжите компанию", "Link a company", "компания",
     "the company"},
    {"company.name", FieldType::kText, "Заполните название компании", "Fill in the company's name",
     "название компании", "the company's name"},
    {"company.tax_id", FieldType::kText, "Заполните ИНН компании", "Fill in the company's tax id",
     "ИНН компании", "the company's tax id"},
    {"expected_close_date", FieldType::kDate, "Заполните ожидаемую дату закрытия",
     "Fill in the expected close date", "ожидаемая дата закрытия", "the expected close date"}};

constexpr std::size_t kLongestWord = 64;  // longer is no slip of the pen, and costs its square

// Optimal string alignment: insertions, deletions, changes, swapped neighbours. Both words are at
// most kLongestWord long.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, kLongestWord + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::span<const Word> touch_kinds() { return kTouchKinds; }
std::span<const Word> touch_directions() { return kTouchDirections; }
std::span<const Word> touch_outcomes() { return kTouchOutcomes; }
std::span<const Word> task_kinds() { return kTaskKinds; }
std::span<const Word> task_members() { return kTaskMembers; }
std::span<const Word> quote_states() { return kQuoteStates; }
std::span<const Word> invoice_kinds() { return kInvoiceKinds; }
std::span<const Word> invoice_states() { return kInvoiceStates; }
std::span<const Word> document_kinds() { return kDocumentKinds; }
std::span<const Word> acknowledgement_kinds() { return kAcknowledgementKinds; }
std::span<const Word> participant_roles() { return kParticipantRoles; }
std::span<const Word> custom_field_types() { return kCustomFieldTypes; }
std::span<const Word> quote_changes() { return kQuoteChanges; }
std::span<const Word> invoice_changes() { return kInvoiceChanges; }
std::span<const Word> payment_changes() { return kPaymentChanges; }
std::span<const Word> user_roles() { return kUserRoles; }
std::span<const Word> rule_actions() { return kRuleActions; }
std::span<const Word> effect_reasons() { return kEffectReasons; }
std::span<const FieldWord> field_words() { return kFields; }

const Word* find_word(std::span<const Word> words, std::string_view code) {
  const auto found = std::ranges::find(words, code, &Word::code);
  return found == words.end() ? nullptr : &*found;
}

const FieldWord* find_field(std::string_view path) {
  const auto found = std::ranges::find(kFields, path, &FieldWord::path);
  return found == std::end(kFields) ? nullptr : &*found;
}

std::vector<std::string_view> codes_of(std::span<const Word> words) {
  std::vector<std::string_view> codes;
  for (const Word& word : words) codes.push_back(word.code);
  return codes;
}

FieldType field_type(std::string_view type_name) {
  if (type_name == "number") return FieldType::kNumber;
  if (type_name == "date") return FieldType::kDate;
  if (type_name == "bool") return FieldType::kBool;
  return FieldType::kText;
}

std::string suggestion(std::string_view text, const std::vector<std::string_view>& candidates) {
  std::string_view nearest;
  std::size_t least = kLongestWord;
  for (const std::string_view candidate : candidates) {
    if (text.size() > kLongestWord || candidate.size() > kLongestWord) continue;
    const std::size_t d = distance(text, candidate);
    if (d < least && d <= (std::max(text.size(), candidate.size()) + 1) / 3) {
      least = d;
      nearest = candidate;
    }
  }
  if (!nearest.empty()) return fmt::format("; did you mean '{}'?", nearest);
  if (candidates.empty()) return {};
  return fmt::format("; expected {}{}", candidates.size() > 1 ? "one of: " : "",
                     fmt::join(candidates, ", "));
}

}  // namespace dealog::rules
