#include "projections/timeline/summary.hpp"

#include <vector>

#include <fmt/ranges.h>

#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/file_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/mailbox_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "dealog/v1/retention_events.pb.h"
#include "libs/rules/vocabulary.hpp"
#include "projections/timeline/speech.hpp"

namespace dealog::views {
namespace {

std::string word_of(std::span<const rules::Word> words, const std::string& code, const Speech& s) {
  const rules::Word* word = rules::find_word(words, code);
  return word == nullptr ? code : std::string(s.say(word->ru, word->en));
}

std::string stage_sentence(const v1::DealStageChanged& m, const Speech& s) {
  std::string out = fmt::format("{}: {} → {}", s.say("Стадия", "Stage"),
                                s.named(Named::kStage, m.from()), s.named(Named::kStage, m.to()));
  if (m.automatic()) out += s.say(" (автоматически)", " (by itself)");
  if (m.overridden()) out += s.say(" (в обход условий)", " (overridden)");
  return out;
}

// "Звонок от клиента: не ответили", "Call, incoming: no answer". A meeting is nobody's more than
// the other's, and of another gender.
template <class Touch>
std::string touch_words(const Touch& m, const Speech& s) {
  const bool meeting = m.kind() == "meeting";
  const bool together = meeting || m.kind() == "visit" || m.kind() == "note";
  const std::string direction =
      together ? std::string() : fmt::format("{}{}", s.say(" ", ", "), s.word(m.direction()));
  const std::string outcome = meeting && m.outcome() == "held"
                                  ? std::string(s.say("состоялась", "held"))
                                  : s.word(m.outcome());
  return fmt::format("{}{}: {}", s.word(m.kind()), direction, outcome);
}

std::string touch_sentence(const v1::TouchRecorded& m, const Speech& s) {
  return touch_words(m, s);
}
std::string amended_sentence(const v1::TouchAmended& m, const Speech& s) {
  return fmt::format("{}: {}", s.say("Уточнено", "More is known"), touch_words(m, s));
}

std::string task_sentence(const v1::TaskCreated& m, const Speech& s) {
  const std::string due = s.due(m.due());
  const auto text =
      fmt::format("{}: {}", s.say("Задача", "Task"), word_of(rules::task_kinds(), m.kind(), s));
  return due.empty() ? text : fmt::format("{}, {} {}", text, s.say("срок", "due"), due);
}

std::string field_word(std::string_view field, const Speech& s) {
  const rules::FieldWord* word = rules::find_field(field);
  return word == nullptr ? std::string(field) : std::string(s.say(word->ru, word->en));
}

// The fields, and of those that stand openly what they are now.
std::string details_sentence(const v1::DealDetailsChanged& m, const Speech& s) {
  std::vector<std::string> changes;
  const auto add_value = [&](std::string_view field, const std::string& value) {
    changes.push_back(fmt::format("{} — {}", field_word(field, s), value));
  };
  if (m.title_changed()) changes.push_back(field_word("title", s));
  if (m.has_amount()) add_value("amount", s.money(m.amount()));
  if (m.has_work_type()) add_value("work_type", s.named(Named::kWorkType, m.work_type()));
  if (m.has_source()) add_value("source", m.source());
  if (m.has_expected_close_date()) add_value("expected_close_date", m.expected_close_date());
  for (const auto& code : m.custom_codes()) changes.push_back(s.named(Named::kField, code));
  for (const auto& field : m.cleared()) {
    if (!field.starts_with("custom.")) {
      changes.push_back(fmt::format("{} — {}", field_word(field, s), s.say("убрано", "cleared")));
    }
  }
  const auto what = s.say("Изменены поля сделки", "Deal details changed");
  return changes.empty() ? std::string(what)
                         : fmt::format("{}: {}", what, fmt::join(changes, ", "));
}

std::string participant_sentence(const v1::DealParticipantAdded& m, const Speech& s) {
  std::string out = fmt::format("{}: {}", s.say("Добавлен участник", "Participant added"),
                                word_of(rules::participant_roles(), m.role(), s));
  const std::string name = s.named(Named::kPerson, m.person());
  return name == m.person() ? out : fmt::format("{}, {}", out, name);
}

void add_deal_sentences(Sentences& table) {
  DEALOG_SENTENCE(DealOpened, fmt::format("{}: {}", s.say("Сделка открыта", "Deal opened"),
                                          s.named(Named::kStage, m.stage())));
  DEALOG_SENTENCE(DealStageReported,
                  fmt::format("{}: {} → {}", s.say("Сообщено о стадии", "Stage reported"),
                              s.named(Named::kStage, m.from()), s.named(Named::kStage, m.to())));
  add<v1::DealStageChanged, stage_sentence>(table);
  add<v1::DealDetailsChanged, details_sentence>(table);
  DEALOG_SENTENCE(DealOwnerAssigned, fmt::format("{}: {}", s.say("Ответственный", "Owner"),
                                                 s.named(Named::kUser, m.owner())));
  DEALOG_SENTENCE(DealCompanyLinked, m.company().empty()
                                         ? s.say("Компания отвязана", "Company unlinked")
                                         : s.say("Привязана компания", "Company linked"));
  add<v1::DealParticipantAdded, participant_sentence>(table);
  DEALOG_SENTENCE(DealParticipantRemoved, s.say("Участник убран", "Participant removed"));
  DEALOG_SENTENCE(DealWon,
                  fmt::format("{}: {}", s.say("Сделка выиграна", "Deal won"), s.money(m.agreed())));
  DEALOG_SENTENCE(DealLost, fmt::format("{}: {}", s.say("Сделка проиграна", "Deal lost"),
                                        s.named(Named::kLossReason, m.reason())));
  DEALOG_SENTENCE(DealReopened, s.say("Сделка открыта снова", "Deal reopened"));
  add<v1::TouchRecorded, touch_sentence>(table);
  add<v1::TouchAmended, amended_sentence>(table);
  add<v1::TaskCreated, task_sentence>(table);
  DEALOG_SENTENCE(TaskCompleted, s.say("Задача выполнена", "Task completed"));
  DEALOG_SENTENCE(
      TaskRescheduled,
      fmt::format("{} {}", s.say("Задача перенесена на", "Task moved to"), s.due(m.due())));
  DEALOG_SENTENCE(TaskReassigned, fmt::format("{}: {}", s.say("Задача передана", "Task reassigned"),
                                              s.named(Named::kUser, m.assignee())));
  DEALOG_SENTENCE(TaskCancelled, s.say("Задача отменена", "Task cancelled"));
  DEALOG_SENTENCE(FileAttached,
                  fmt::format("{}: {}", s.say("Приложен файл", "File attached"), m.media_type()));
  DEALOG_SENTENCE(FileDeleted, s.say("Файл удалён", "File deleted"));
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
  DEALOG_SENTENCE(UserRegistered, fmt::format("{}: {}", s.say("Сотрудник", "User registered"),
                                              word_of(rules::user_roles(), m.role(), s)));
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
                  s.named(Named::kPipeline, m.pipeline()), s.say("версия", "version"),
                  m.version()));
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
  DEALOG_SENTENCE(FactCorrected,
                  fmt::format("{}: {}", s.say("Исправлено поле", "Field corrected"), m.field()));
  DEALOG_SENTENCE(FactRetracted, s.say("Факт отозван", "Fact retracted"));
}

const Sentences& sentences() {
  static const Sentences kSentences = [] {
    Sentences table;
    add_deal_sentences(table);
    add_commerce_sentences(table);
    add_party_sentences(table);
    add_intake_sentences(table);
    add_automation_sentences(table);
    return table;
  }();
  return kSentences;
}

}  // namespace

std::string summary_of(const RecordedEvent& event, Language language, const EventNames* names) {
  const auto found = sentences().find(event.payload->GetDescriptor());
  return found == sentences().end() ? std::string()
                                    : found->second(*event.payload, Speech(language, event, names));
}

}  // namespace dealog::views
