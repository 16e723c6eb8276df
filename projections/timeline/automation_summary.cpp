// Sentences about what rules did and about what leaves the process.
#include <algorithm>

#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/rules/reason_words.hpp"
#include "libs/rules/value_words.hpp"
#include "libs/rules/vocabulary.hpp"
#include "projections/timeline/speech.hpp"

namespace dealog::views {
namespace {

std::string word_of(std::span<const rules::Word> words, const std::string& code, const Speech& s) {
  const rules::Word* word = rules::find_word(words, code);
  return word == nullptr ? code : std::string(s.say(word->ru, word->en));
}

// Why nothing was done.
std::string reason(const std::string& code, const Speech& s) {
  return rules::reason_words(code, s.language());
}

template <class Codes>
std::string actions(const Codes& codes, const Speech& s) {
  std::string out;
  for (const auto& code : codes) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", word_of(rules::rule_actions(), code, s));
  }
  return out;
}

// "Rule fired: "Welcome"".
std::string rule_named(std::string_view what, const std::string& rule, const Speech& s) {
  return fmt::format("{} {}", what, rules::in_quotes(s.named(Named::kRule, rule), s.language()));
}

// "rule:silent" is that rule.
std::string automation(const std::string& what, const Speech& s) {
  constexpr std::string_view kRule = "rule:";
  if (what == "automatic_moves")
    return std::string(s.say("автоматические этапы", "automatic stages"));
  if (!what.starts_with(kRule)) return what;
  return rule_named(s.say("правило", "rule"), what.substr(kRule.size()), s);
}

// What a trigger or an effect came to, and of which rule.
template <class M>
std::string ended(std::string_view ru, std::string_view en, const M& m, const Speech& s) {
  constexpr std::string_view kRule = "rule:";
  const std::string of =
      m.effect().starts_with(kRule) ? " (" + automation(m.effect(), s) + ")" : std::string();
  return fmt::format("{}{}: {}", s.say(ru, en), of, reason(m.reason(), s));
}

std::string not_sent(const v1::MessageNotSent& m, const Speech& s) {
  return fmt::format("{} ({}), {}: {}",
                     m.unknown() ? s.say("Неизвестно, дошло ли", "It may have arrived")
                                 : s.say("Не отправлено", "Not sent"),
                     word_of(rules::rule_actions(), m.kind(), s),
                     rule_named(s.say("правило", "rule"), m.rule(), s), reason(m.reason(), s));
}

std::string fired(const v1::RuleFired& m, const Speech& s) {
  std::string done = actions(m.actions(), s);
  if (m.goes_on_at() != 0) {
    done += done.empty() ? s.say("продолжение позже", "goes on later")
                         : s.say(", продолжение позже", ", goes on later");
  }
  return fmt::format("{}: {}", rule_named(s.say("Сработало правило", "Rule fired:"), m.rule(), s),
                     done);
}

std::string simulated(const v1::RuleSimulated& m, const Speech& s) {
  return fmt::format("{}: {}", rule_named(s.say("Проба правила", "Rule tried:"), m.rule(), s),
                     m.refusal().empty() ? actions(m.actions(), s) : reason(m.refusal(), s));
}

std::string mode(const std::string& code, const Speech& s) {
  if (code == "off") return std::string(s.say("выключено", "off"));
  if (code == "simulate") return std::string(s.say("проба", "simulation"));
  return code == "live" ? std::string(s.say("работает", "live")) : code;
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
  add<v1::RuleFired, fired>(table);
  add<v1::RuleSimulated, simulated>(table);
  DEALOG_SENTENCE(
      RuleModeChanged,
      fmt::format("{}: {}", rule_named(s.say("Режим правила", "Mode of the rule"), m.rule(), s),
                  mode(m.mode(), s)));
  DEALOG_SENTENCE(
      ScheduleRan,
      fmt::format("{}: {} {}",
                  rule_named(s.say("Расписание правила", "Schedule of the rule"), m.rule(), s),
                  s.say("сделок", "deals"), m.deals_size()));
  DEALOG_SENTENCE(SignalReceived,
                  fmt::format("{}: {}", s.say("Пришёл сигнал", "A signal came"), m.signal()));
  DEALOG_SENTENCE(PaymentUnmatched,
                  fmt::format("{}: {}",
                              s.say("От клиента пришли деньги, не подошедшие ни к одному счёту",
                                    "Money came from the customer that matches no invoice"),
                              s.money(m.amount())));
  DEALOG_SENTENCE(DealDatesChanged, s.say("Изменены даты сделки", "Dates of the deal changed"));
  DEALOG_SENTENCE(NotificationRaised,
                  fmt::format("{} {}", s.say("Уведомление для", "Notification for"),
                              s.named(Named::kUser, m.user())));
  add<v1::MessageNotSent, not_sent>(table);
  DEALOG_SENTENCE(OwnerChosen,
                  fmt::format("{}: {} ({} {}{})", s.say("Выбран ответственный", "Owner chosen"),
                              s.named(Named::kUser, m.user()), s.say("кандидатов", "candidates"),
                              m.candidates_size(), away_among(m, s)));
  DEALOG_SENTENCE(AutomationStopped,
                  fmt::format("{}: {}", s.say("Автоматика остановлена", "Automation stopped"),
                              automation(m.what(), s)));
  DEALOG_SENTENCE(EffectSkipped, ended("Действие пропущено", "Effect skipped", m, s));
  DEALOG_SENTENCE(EffectFailed, ended("Действие не удалось", "Effect failed", m, s));
}

void add_effect_sentences(Sentences& table) {
  DEALOG_SENTENCE(EffectPlanned, fmt::format("{}: {}", s.say("К отправке", "To be sent"),
                                             word_of(rules::rule_actions(), m.kind(), s)));
  DEALOG_SENTENCE(EffectAttempted,
                  fmt::format("{} {}", s.say("Отправка, попытка", "Sending, try"), m.attempt()));
  DEALOG_SENTENCE(EffectDelivered, s.say("Получатель принял", "The receiver took it"));
  DEALOG_SENTENCE(EffectPostponed, fmt::format("{}: {}", s.say("Отправка отложена", "Put off"),
                                               reason(m.reason(), s)));
  DEALOG_SENTENCE(EffectOutcomeUnknown,
                  fmt::format("{}: {}", s.say("Неизвестно, дошло ли", "It may have arrived"),
                              reason(m.reason(), s)));
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

}  // namespace

void add_automation_sentences(Sentences& table) {
  add_rule_sentences(table);
  add_effect_sentences(table);
}

}  // namespace dealog::views
