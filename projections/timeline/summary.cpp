#include "projections/timeline/summary.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>

#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/file_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/mailbox_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "dealog/v1/retention_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/event/catalogue.hpp"
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
    {"in", "входящий", "incoming"},
    {"out", "исходящий", "outgoing"},
    {"internal", "внутренний", "internal"},
    {"connected", "разговор состоялся", "connected"},
    {"no_answer", "не ответили", "no answer"},
    {"busy", "занято", "busy"},
    {"voicemail", "автоответчик", "voicemail"},
    {"sent", "отправлено", "sent"},
    {"delivered", "доставлено", "delivered"},
    {"failed", "не удалось", "failed"},
    {"received", "получено", "received"},
    {"held", "состоялась", "held"},
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

// A code that people read; codes of a regulation stay as they are.
class Speech {
 public:
  explicit Speech(Language language) : language_(language) {}
  std::string_view say(std::string_view ru, std::string_view en) const {
    return language_ == Language::kRu ? ru : en;
  }
  std::string word(const std::string& code) const {
    for (const auto& known : kWords) {
      if (known.code == code) return std::string(say(known.ru, known.en));
    }
    return code;
  }
  std::string money(const v1::Money& money) const {
    const Money amount = money_of(money);
    return fmt::format("{} {}", amount.decimal(), amount.currency.code());
  }
  std::string due(const v1::Due& due) const {
    if (!due.due_date().empty()) return due.due_date();
    return due.due_at() == 0 ? std::string() : local_minute({due.due_at()}, due.time_zone());
  }

 private:
  // "2026-03-02 12:15" on the wall of whoever does it; UTC where the zone is not known.
  static std::string local_minute(Timestamp at, const std::string& zone) {
    const auto offset = utc_offset_s(at, zone);
    const std::string text = (at + std::chrono::seconds(offset ? *offset : 0)).rfc3339();
    return text.substr(0, 10) + " " + text.substr(11, 5) + (offset ? "" : " UTC");
  }

  Language language_;
};

using Sentence = std::string (*)(const google::protobuf::Message&, const Speech&);
using Sentences = std::unordered_map<const google::protobuf::Descriptor*, Sentence>;

template <class M>
using Typed = std::string (*)(const M&, const Speech&);

template <class M, Typed<M> F>
void add(Sentences& table) {
  table[M::descriptor()] = [](const google::protobuf::Message& m, const Speech& s) {
    return F(static_cast<const M&>(m), s);
  };
}

#define DEALOG_SENTENCE(Type, expression)                               \
  add<v1::Type, [](const v1::Type& m, const Speech& s) -> std::string { \
    (void)m;                                                            \
    return std::string(expression);                                     \
  }>(table)

std::string stage_sentence(const v1::DealStageChanged& m, const Speech& s) {
  std::string out = fmt::format("{}: {} → {}", s.say("Стадия", "Stage"), m.from(), m.to());
  if (m.automatic()) out += s.say(" (автоматически)", " (by itself)");
  if (m.overridden()) out += s.say(" (в обход условий)", " (overridden)");
  return out;
}

template <class Touch>
std::string touch_words(const Touch& m, const Speech& s) {
  return fmt::format("{}, {}: {}", s.word(m.kind()), s.word(m.direction()), s.word(m.outcome()));
}

std::string touch_sentence(const v1::TouchRecorded& m, const Speech& s) {
  return touch_words(m, s);
}
std::string amended_sentence(const v1::TouchAmended& m, const Speech& s) {
  return fmt::format("{}: {}", s.say("Уточнено", "More is known"), touch_words(m, s));
}

std::string task_sentence(const v1::TaskCreated& m, const Speech& s) {
  const std::string due = s.due(m.due());
  const auto text = fmt::format("{}: {}", s.say("Задача", "Task"), m.kind());
  return due.empty() ? text : fmt::format("{}, {} {}", text, s.say("срок", "due"), due);
}

std::string invoice_sentence(const v1::InvoiceIssued& m, const Speech& s) {
  return fmt::format("{} {} ({}): {}", s.say("Выставлен счёт", "Invoice issued"), m.number(),
                     s.word(m.kind()), s.money(m.amount()));
}

std::string payment_sentence(const v1::PaymentReceived& m, const Speech& s) {
  std::string out =
      fmt::format("{}: {}", s.say("Получен платёж", "Payment received"), s.money(m.amount()));
  if (!m.invoice_number().empty()) {
    out += fmt::format(", {} {}", s.say("счёт", "invoice"), m.invoice_number());
  }
  return out;
}

void add_deal_sentences(Sentences& table) {
  DEALOG_SENTENCE(DealOpened,
                  fmt::format("{}: {}", s.say("Сделка открыта", "Deal opened"), m.stage()));
  DEALOG_SENTENCE(
      DealStageReported,
      fmt::format("{}: {} → {}", s.say("Сообщено о стадии", "Stage reported"), m.from(), m.to()));
  add<v1::DealStageChanged, stage_sentence>(table);
  DEALOG_SENTENCE(DealDetailsChanged, s.say("Изменены поля сделки", "Deal details changed"));
  DEALOG_SENTENCE(DealOwnerAssigned,
                  fmt::format("{}: {}", s.say("Ответственный", "Owner"), m.owner()));
  DEALOG_SENTENCE(DealCompanyLinked, m.company().empty()
                                         ? s.say("Компания отвязана", "Company unlinked")
                                         : s.say("Привязана компания", "Company linked"));
  DEALOG_SENTENCE(DealParticipantAdded,
                  fmt::format("{}: {}", s.say("Добавлен участник", "Participant added"), m.role()));
  DEALOG_SENTENCE(DealParticipantRemoved, s.say("Участник убран", "Participant removed"));
  DEALOG_SENTENCE(DealWon,
                  fmt::format("{}: {}", s.say("Сделка выиграна", "Deal won"), s.money(m.agreed())));
  DEALOG_SENTENCE(DealLost,
                  fmt::format("{}: {}", s.say("Сделка проиграна", "Deal lost"), m.reason()));
  DEALOG_SENTENCE(DealReopened, s.say("Сделка открыта снова", "Deal reopened"));
  DEALOG_SENTENCE(
      AutomationStopped,
      fmt::format("{}: {}", s.say("Автоматика остановлена", "Automation stopped"), m.what()));
  add<v1::TouchRecorded, touch_sentence>(table);
  add<v1::TouchAmended, amended_sentence>(table);
  add<v1::TaskCreated, task_sentence>(table);
  DEALOG_SENTENCE(TaskCompleted, s.say("Задача выполнена", "Task completed"));
  DEALOG_SENTENCE(
      TaskRescheduled,
      fmt::format("{} {}", s.say("Задача перенесена на", "Task moved to"), s.due(m.due())));
  DEALOG_SENTENCE(TaskReassigned,
                  fmt::format("{}: {}", s.say("Задача передана", "Task reassigned"), m.assignee()));
  DEALOG_SENTENCE(TaskCancelled, s.say("Задача отменена", "Task cancelled"));
  DEALOG_SENTENCE(FileAttached,
                  fmt::format("{}: {}", s.say("Приложен файл", "File attached"), m.media_type()));
  DEALOG_SENTENCE(FileDeleted, s.say("Файл удалён", "File deleted"));
}

void add_commerce_sentences(Sentences& table) {
  DEALOG_SENTENCE(QuoteDrafted, fmt::format("{}: {}", s.say("Составлено КП", "Quote drafted"),
                                            s.money(m.total())));
  DEALOG_SENTENCE(QuoteRevised, fmt::format("{} {}: {}", s.say("КП, редакция", "Quote, revision"),
                                            m.revision(), s.money(m.total())));
  DEALOG_SENTENCE(QuoteSubmitted, s.say("КП на согласовании", "Quote submitted for approval"));
  DEALOG_SENTENCE(QuoteApproved, s.say("КП согласовано", "Quote approved"));
  DEALOG_SENTENCE(QuoteSent, s.say("КП отправлено", "Quote sent"));
  DEALOG_SENTENCE(QuoteAccepted,
                  fmt::format("{}: {}", s.say("КП принято", "Quote accepted"), s.money(m.total())));
  DEALOG_SENTENCE(QuoteRejected, s.say("КП отклонено", "Quote rejected"));
  DEALOG_SENTENCE(DocumentAdded, fmt::format("{}: {}", s.say("Добавлен документ", "Document added"),
                                             s.word(m.kind())));
  DEALOG_SENTENCE(DocumentSigned,
                  fmt::format("{}: {}", s.say("Подписано", "Signed"), s.word(m.kind())));
  DEALOG_SENTENCE(AcknowledgementGiven,
                  fmt::format("{}: {}", s.say("Подтверждено", "Acknowledged"), s.word(m.kind())));
  add<v1::InvoiceIssued, invoice_sentence>(table);
  DEALOG_SENTENCE(InvoiceSent, s.say("Счёт отправлен", "Invoice sent"));
  DEALOG_SENTENCE(InvoiceVoided, s.say("Счёт аннулирован", "Invoice voided"));
  DEALOG_SENTENCE(PaymentAllocated,
                  fmt::format("{}: {}", s.say("Оплачено", "Paid"), s.money(m.amount())));
  DEALOG_SENTENCE(RefundAllocated,
                  fmt::format("{}: {}", s.say("Возвращено", "Refunded"), s.money(m.amount())));
  add<v1::PaymentReceived, payment_sentence>(table);
  DEALOG_SENTENCE(PaymentMatched,
                  fmt::format("{}: {}", s.say("Платёж отнесён к сделке", "Payment matched"),
                              s.money(m.amount())));
  DEALOG_SENTENCE(
      PaymentRefunded,
      fmt::format("{}: {}", s.say("Возврат платежа", "Payment refunded"), s.money(m.amount())));
}

std::string percent(std::int32_t basis_points) {
  return basis_points % 100 == 0
             ? fmt::format("{} %", basis_points / 100)
             : fmt::format("{}.{:02} %", basis_points / 100, basis_points % 100);
}

void add_price_sentences(Sentences& table) {
  DEALOG_SENTENCE(ProductAdded,
                  fmt::format("{}: {}", s.say("Новый товар", "Product added"), m.code()));
  DEALOG_SENTENCE(ProductPriced, fmt::format("{}: {}", s.say("Цена", "Price"), s.money(m.list())));
  DEALOG_SENTENCE(ProductDescribed, s.say("Описание товара изменено", "Product described anew"));
  DEALOG_SENTENCE(ProductWithdrawn, s.say("Товар больше не продаётся", "Product withdrawn"));
  DEALOG_SENTENCE(ProductOffered, s.say("Товар снова продаётся", "Product sold again"));
  DEALOG_SENTENCE(LinesPriced, m.below_floor()
                                   ? s.say("Цены ниже минимальной", "Prices below the floor")
                                   : s.say("Цены по прайсу", "Priced by the price list"));
  DEALOG_SENTENCE(
      ApprovalRequested,
      fmt::format("{}: {}", s.say("Скидка ждёт согласования", "Discount needs approval"),
                  percent(m.discount_basis_points())));
  DEALOG_SENTENCE(
      ApprovalGiven,
      fmt::format("{}: {}", s.say("Скидку согласовал", "Discount approved by"), m.role()));
  DEALOG_SENTENCE(ApprovalDeclined, s.say("Скидка не согласована", "Discount declined"));
  DEALOG_SENTENCE(
      ApprovalEscalated,
      fmt::format("{}: {}", s.say("Скидку не согласовали в срок", "Approval is late"), m.role()));
}

void add_document_sentences(Sentences& table) {
  DEALOG_SENTENCE(DocumentIssued,
                  fmt::format("{}: {} № {}", s.say("Выпущен документ", "Document issued"),
                              s.word(m.kind()), m.number()));
  DEALOG_SENTENCE(DocumentLinkCreated,
                  s.say("Создана ссылка на документ", "Link to a document created"));
  DEALOG_SENTENCE(DocumentLinksRevoked,
                  s.say("Ссылки на документ отозваны", "Links to a document revoked"));
  DEALOG_SENTENCE(
      DocumentViewed,
      fmt::format("{}: {}", s.say("Клиент открыл документ", "Customer opened a document"),
                  s.word(m.kind())));
  DEALOG_SENTENCE(LegalEntityRegistered,
                  s.say("Юридическое лицо заведено", "Legal entity registered"));
  DEALOG_SENTENCE(LegalEntityChanged, s.say("Юридическое лицо изменено", "Legal entity changed"));
  DEALOG_SENTENCE(DefaultLegalEntityChosen,
                  s.say("Юридическое лицо продаёт по умолчанию", "Legal entity sells by default"));
  DEALOG_SENTENCE(DocumentTemplatePublished,
                  fmt::format("{} {}: {} {}", s.say("Шаблон", "Template"), m.code(),
                              s.say("версия", "version"), m.version()));
}

void add_party_sentences(Sentences& table) {
  DEALOG_SENTENCE(PersonRegistered, s.say("Контакт заведён", "Person registered"));
  DEALOG_SENTENCE(PersonDetailsChanged, s.say("Контакт изменён", "Person details changed"));
  DEALOG_SENTENCE(PersonContactAdded, s.say("Добавлен способ связи", "Contact added"));
  DEALOG_SENTENCE(PersonContactRemoved, s.say("Убран способ связи", "Contact removed"));
  DEALOG_SENTENCE(MergeSuggested, s.say("Возможно, это один человек с другим контактом",
                                        "May be the same person as another"));
  DEALOG_SENTENCE(PersonMerged, s.say("Контакт объединён с другим", "Merged into another person"));
  DEALOG_SENTENCE(PersonAbsorbed, s.say("Принял другой контакт", "Absorbed another person"));
  DEALOG_SENTENCE(PersonErased, s.say("Личные данные стёрты", "Personal data erased"));
  DEALOG_SENTENCE(CompanyRegistered, s.say("Компания заведена", "Company registered"));
  DEALOG_SENTENCE(CompanyDetailsChanged, s.say("Компания изменена", "Company details changed"));
  DEALOG_SENTENCE(CompanyDecisionMapChanged,
                  s.say("Изменена карта принятия решений", "Decision map changed"));
  DEALOG_SENTENCE(CompanyMerged, s.say("Компания объединена с другой", "Company merged"));
  DEALOG_SENTENCE(UserRegistered,
                  fmt::format("{}: {}", s.say("Сотрудник", "User registered"), m.role()));
  DEALOG_SENTENCE(UserDetailsChanged, s.say("Сотрудник изменён", "User details changed"));
  DEALOG_SENTENCE(UserDeactivated, s.say("Сотрудник отключён", "User deactivated"));
  DEALOG_SENTENCE(AbsenceRecorded, fmt::format("{}: {} – {}", s.say("Отсутствует", "Away"),
                                               m.first_day(), m.last_day()));
  DEALOG_SENTENCE(AbsenceWithdrawn, s.say("Отсутствие отозвано", "Absence withdrawn"));
  DEALOG_SENTENCE(TokenIssued, s.say("Выдан токен", "Token issued"));
  DEALOG_SENTENCE(TokenRevoked, s.say("Токен отозван", "Token revoked"));
}

void add_intake_sentences(Sentences& table) {
  DEALOG_SENTENCE(
      RegulationPublished,
      fmt::format("{} {}, {} {}", s.say("Опубликован регламент", "Regulation published:"),
                  m.pipeline(), s.say("версия", "version"), m.version()));
  DEALOG_SENTENCE(
      SourceConnected,
      fmt::format("{}: {}", s.say("Источник подключён", "Source connected"), m.provider()));
  DEALOG_SENTENCE(SourceChanged, s.say("Источник изменён", "Source changed"));
  DEALOG_SENTENCE(SourceRemoved, s.say("Источник отключён", "Source removed"));
  DEALOG_SENTENCE(DeliveryReceived, s.say("Получена доставка", "Delivery received"));
  DEALOG_SENTENCE(DeliveryRepeated, s.say("Доставка повторилась", "Delivery repeated"));
  DEALOG_SENTENCE(DeliveryAccepted, s.say("Доставка разобрана", "Delivery accepted"));
  DEALOG_SENTENCE(
      DeliveryQuarantined,
      fmt::format("{}: {}", s.say("Доставка в карантине", "Delivery quarantined"), m.code()));
  DEALOG_SENTENCE(DeliveryIgnored,
                  fmt::format("{}: {}", s.say("Доставка пропущена", "Delivery ignored"), m.code()));
  DEALOG_SENTENCE(DeliveryReplayed, s.say("Доставка разбирается снова", "Delivery replayed"));
  DEALOG_SENTENCE(
      CallReported,
      fmt::format("{}: {}", s.say("АТС сообщила о звонке", "Call reported"), m.state()));
  DEALOG_SENTENCE(CallLinked, s.say("Звонок отнесён к сделке", "Call linked to its deal"));
  DEALOG_SENTENCE(FetchRequested,
                  fmt::format("{}: {}", s.say("Запрошено у источника", "To be fetched"), m.what()));
  DEALOG_SENTENCE(FetchFailed,
                  fmt::format("{}: {}", s.say("Источник не ответил", "Fetch failed"), m.code()));
  DEALOG_SENTENCE(FetchCompleted, s.say("Источник ответил", "Fetched"));
  DEALOG_SENTENCE(CallRecordingReady, s.say("Есть запись разговора", "The call has a recording"));
  DEALOG_SENTENCE(FileFetchRequested,
                  fmt::format("{}: {}", s.say("Запрошен файл", "File to be fetched"), m.what()));
  DEALOG_SENTENCE(FileFetched, s.say("Файл получен", "File fetched"));
  DEALOG_SENTENCE(FetchRetried, s.say("Запрошено ещё раз", "Fetch retried"));
  DEALOG_SENTENCE(BccAddressIssued, s.say("Выдан адрес для скрытой копии", "Bcc address issued"));
  DEALOG_SENTENCE(MailboxRead, s.say("Почтовый ящик прочитан дальше", "Mailbox read on"));
  DEALOG_SENTENCE(
      MailboxFailed,
      fmt::format("{}: {}", s.say("Почтовый ящик не читается", "Mailbox cannot be read"),
                  m.code()));
  DEALOG_SENTENCE(MailboxConnected, s.say("Почтовый ящик читается", "Mailbox is read"));
  DEALOG_SENTENCE(
      RawBodiesExpired,
      fmt::format("{}: {}", s.say("Тела доставок удалены по сроку", "Bodies expired"), m.bodies()));
  DEALOG_SENTENCE(EffectSkipped,
                  fmt::format("{}: {}", s.say("Действие пропущено", "Effect skipped"), m.reason()));
  DEALOG_SENTENCE(EffectFailed,
                  fmt::format("{}: {}", s.say("Действие не удалось", "Effect failed"), m.reason()));
  DEALOG_SENTENCE(FactCorrected,
                  fmt::format("{}: {}", s.say("Исправлено поле", "Field corrected"), m.field()));
  DEALOG_SENTENCE(FactRetracted, s.say("Факт отозван", "Fact retracted"));
}

template <class Events>
std::string listed(const Events& words) {
  std::string out;
  for (const auto& word : words) out += fmt::format("{}{}", out.empty() ? "" : ", ", word);
  return out;
}

// Who is away was passed over, or all were away.
std::string away_among(const v1::OwnerChosen& m, const Speech& s) {
  if (m.all_absent()) return std::string(s.say(", все отсутствуют", ", all away"));
  const auto away = std::ranges::count_if(
      m.candidates(), [](const auto& candidate) { return candidate.absent_until() != 0; });
  if (away == 0) return {};
  return fmt::format(", {} {}", s.say("отсутствуют", "away"), away);
}

void add_rule_sentences(Sentences& table) {
  DEALOG_SENTENCE(
      RuleFired, fmt::format("{} {}: {}{}", s.say("Сработало правило", "Rule fired:"), m.rule(),
                             listed(m.actions()),
                             m.goes_on_at() == 0 ? "" : s.say(", продолжение позже", ", goes on")));
  DEALOG_SENTENCE(RuleSimulated,
                  fmt::format("{} {}: {}", s.say("Проба правила", "Rule tried:"), m.rule(),
                              m.refusal().empty() ? listed(m.events()) : m.refusal()));
  DEALOG_SENTENCE(
      RuleModeChanged,
      fmt::format("{} {}: {}", s.say("Режим правила", "Mode of the rule"), m.rule(), m.mode()));
  DEALOG_SENTENCE(ScheduleRan,
                  fmt::format("{} {}: {} {}", s.say("Расписание правила", "Schedule of the rule"),
                              m.rule(), s.say("сделок", "deals"), m.deals_size()));
  DEALOG_SENTENCE(DealDatesChanged, s.say("Изменены даты сделки", "Dates of the deal changed"));
  DEALOG_SENTENCE(NotificationRaised,
                  fmt::format("{} {}", s.say("Уведомление для", "Notification for"), m.user()));
  DEALOG_SENTENCE(
      OwnerChosen,
      fmt::format("{}: {} ({} {}{})", s.say("Выбран ответственный", "Owner chosen"), m.user(),
                  s.say("кандидатов", "candidates"), m.candidates_size(), away_among(m, s)));
}

void add_effect_sentences(Sentences& table) {
  DEALOG_SENTENCE(EffectPlanned,
                  fmt::format("{}: {}", s.say("К отправке", "To be sent"), m.kind()));
  DEALOG_SENTENCE(EffectAttempted,
                  fmt::format("{} {}", s.say("Отправка, попытка", "Sending, try"), m.attempt()));
  DEALOG_SENTENCE(EffectDelivered, s.say("Получатель принял", "The receiver took it"));
  DEALOG_SENTENCE(EffectPostponed,
                  fmt::format("{}: {}", s.say("Отправка отложена", "Put off"), m.reason()));
  DEALOG_SENTENCE(
      EffectOutcomeUnknown,
      fmt::format("{}: {}", s.say("Неизвестно, дошло ли", "It may have arrived"), m.reason()));
  DEALOG_SENTENCE(EffectRetried, s.say("Отправить ещё раз", "To be sent again"));
  DEALOG_SENTENCE(BacklogReleased,
                  fmt::format("{}: {}", s.say("Очередь отпущена", "Let go"), m.channel()));
  DEALOG_SENTENCE(WebhookEndpointCreated,
                  fmt::format("{}: {}", s.say("Адрес для вебхуков", "Webhook endpoint"), m.code()));
  DEALOG_SENTENCE(WebhookEndpointChanged, s.say("Адрес изменён", "Endpoint changed"));
  DEALOG_SENTENCE(WebhookSecretRotated, s.say("Новый секрет", "New secret"));
  DEALOG_SENTENCE(WebhookEndpointDisabled,
                  fmt::format("{}: {}", s.say("Адрес выключен", "Endpoint disabled"), m.reason()));
  DEALOG_SENTENCE(WebhookEndpointEnabled, s.say("Адрес включён", "Endpoint enabled"));
  DEALOG_SENTENCE(WebhookReplayRequested,
                  fmt::format("{}: {}", s.say("Отправить заново", "Sent anew"), m.effects()));
}

#undef DEALOG_SENTENCE

const Sentences& sentences() {
  static const Sentences kSentences = [] {
    Sentences table;
    add_deal_sentences(table);
    add_commerce_sentences(table);
    add_price_sentences(table);
    add_document_sentences(table);
    add_party_sentences(table);
    add_intake_sentences(table);
    add_rule_sentences(table);
    add_effect_sentences(table);
    return table;
  }();
  return kSentences;
}

}  // namespace

std::string summary_of(const RecordedEvent& event, Language language) {
  const auto found = sentences().find(event.payload->GetDescriptor());
  return found == sentences().end() ? std::string()
                                    : found->second(*event.payload, Speech(language));
}

}  // namespace dealog::views
