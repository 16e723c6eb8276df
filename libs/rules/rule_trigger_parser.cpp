#include "libs/rules/rule_trigger_parser.hpp"

#include "libs/base/limits.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/only_key.hpp"
#include "libs/rules/time_parser.hpp"

namespace dealog::rules {
namespace {

// `deal` is one key for four kinds; the others are keys of their own.
struct TriggerWord {
  std::string_view key;
  TriggerKind kind;
};
constexpr TriggerWord kDealWords[] = {{"opened", TriggerKind::kDealOpened},
                                      {"won", TriggerKind::kDealWon},
                                      {"lost", TriggerKind::kDealLost},
                                      {"reopened", TriggerKind::kDealReopened}};
constexpr std::string_view kExpired = "expired";
constexpr TriggerKind kTriggerKeys[] = {
    TriggerKind::kDealOpened,     TriggerKind::kStageEntered,   TriggerKind::kStageLeft,
    TriggerKind::kStageReentered, TriggerKind::kFieldChanged,   TriggerKind::kTouch,
    TriggerKind::kTaskCompleted,  TriggerKind::kQuote,          TriggerKind::kDiscount,
    TriggerKind::kInvoice,        TriggerKind::kPayment,        TriggerKind::kSignal,
    TriggerKind::kNoAnswer,       TriggerKind::kNoNextStep,     TriggerKind::kTaskOverdue,
    TriggerKind::kQuoteSilent,    TriggerKind::kInvoiceOverdue, TriggerKind::kDeadline,
    TriggerKind::kSchedule};
std::string_view trigger_key(TriggerKind kind) {
  return kind == TriggerKind::kDealOpened ? "deal" : trigger_name(kind);
}

class TriggerReader {
 public:
  explicit TriggerReader(const Regulation& regulation) : regulation_(regulation) {}

  RuleTrigger read(const YamlPlace& place) {
    YamlMap map(place, "a trigger: a map such as {stage_entered: meeting} or {deal: won}");
    const auto found = only_key(map, kTriggerKeys, &trigger_key);
    if (!found) return {};
    trigger_.kind = found->first;
    read_kind(found->second);
    return std::move(trigger_);
  }

 private:
  void read_kind(const YamlPlace& value) {
    switch (trigger_.kind) {
      case TriggerKind::kDealOpened:
      case TriggerKind::kDealWon:
      case TriggerKind::kDealLost:
      case TriggerKind::kDealReopened:
        return read_deal(value);
      case TriggerKind::kStageEntered:
      case TriggerKind::kStageLeft:
      case TriggerKind::kStageReentered:
      case TriggerKind::kTaskCompleted:
        trigger_.codes = codes_or_any(value);
        return;
      case TriggerKind::kSignal:
        trigger_.codes = some_codes(value);
        return;
      case TriggerKind::kTouch:
        return read_touch(value);
      case TriggerKind::kQuote:
      case TriggerKind::kQuoteExpired:
        return read_quote(value);
      case TriggerKind::kDiscount:
      case TriggerKind::kPayment:
        trigger_.state = value.code().value_or("");
        return;
      case TriggerKind::kInvoice:
        return read_invoice(value);
      case TriggerKind::kNoAnswer:
      case TriggerKind::kNoNextStep:
      case TriggerKind::kQuoteSilent:
        return read_after(value);
      case TriggerKind::kTaskOverdue:
      case TriggerKind::kInvoiceOverdue:
        return read_overdue(value);
      case TriggerKind::kFieldChanged:
        return read_field_changed(value);
      case TriggerKind::kDeadline:
        return read_deadline(value);
      case TriggerKind::kSchedule:
        return read_schedule(value);
    }
  }
  void read_deal(const YamlPlace& value) {
    const auto word = value.code();
    if (!word) return;
    for (const TriggerWord& known : kDealWords) {
      if (known.key != *word) continue;
      trigger_.kind = known.kind;
      return;
    }
    value.expected("opened, won, lost or reopened");
  }
  void read_touch(const YamlPlace& value) {
    YamlMap map(value, "a map with kind, direction, outcome and answers_customer");
    if (const auto kind = map.optional("kind")) trigger_.touch.kinds = kind->codes();
    if (const auto direction = map.optional("direction")) {
      trigger_.touch.directions = direction->codes();
    }
    if (const auto outcome = map.optional("outcome")) trigger_.touch.outcomes = outcome->codes();
    if (const auto answers = map.optional("answers_customer")) {
      trigger_.touch.answers_customer = answers->boolean().value_or(false);
    }
    map.finish();
  }
  // That one expired is what a timer finds; all else happens.
  void read_quote(const YamlPlace& value) {
    trigger_.state = value.code().value_or("");
    if (trigger_.state != kExpired) return;
    trigger_.kind = TriggerKind::kQuoteExpired;
    trigger_.state.clear();
  }
  void read_invoice(const YamlPlace& value) {
    if (value.is_scalar()) {
      trigger_.state = value.code().value_or("");
      return;
    }
    YamlMap map(value, "a state (issued, sent, paid, voided) or a map with kind and state");
    if (const auto kind = map.optional("kind")) trigger_.codes = codes_or_any(*kind);
    if (const auto state = map.required("state", "issued, sent, paid or voided")) {
      trigger_.state = state->code().value_or("");
    }
    map.finish();
  }
  void read_overdue(const YamlPlace& value) {
    if (!value.is_map()) {
      trigger_.codes = codes_or_any(value);
      return;
    }
    YamlMap map(value, "kinds, or a map with kind and by");
    if (const auto kind = map.optional("kind")) trigger_.codes = codes_or_any(*kind);
    if (const auto by = map.optional("by")) read_after(*by);
    map.finish();
  }
  void read_field(const YamlPlace& value) {
    const auto field = value.code(".");
    if (field && *field != "any") trigger_.codes = {*field};
  }
  void read_field_changed(const YamlPlace& value) {
    if (!value.is_map()) return read_field(value);
    YamlMap map(value, "a field such as amount, or a map with field, from and to");
    if (const auto field = map.required("field", "the field, such as work_type")) {
      read_field(*field);
    }
    const std::string field = trigger_.codes.empty() ? std::string() : trigger_.codes.front();
    if (const auto from = map.optional("from")) {
      trigger_.from = parse_field_value(*from, field, regulation_);
    }
    if (const auto to = map.optional("to")) {
      trigger_.to = parse_field_value(*to, field, regulation_);
    }
    map.finish();
  }
  void read_deadline(const YamlPlace& value) {
    if (!value.is_map()) return read_field(value);
    YamlMap map(value, "a date of the deal, or a map with field, before or after, and at");
    if (const auto field = map.required("field", "a date, such as expected_close_date")) {
      read_field(*field);
    }
    const auto before = map.optional("before"), after = map.optional("after");
    if (before && after) before->error("expected before or after, not both");
    trigger_.before = before.has_value();
    if (before || after) read_after(before ? *before : *after);
    if (const auto at = map.optional("at")) {
      trigger_.time_of_day = parse_time_of_day(*at).value_or(std::chrono::minutes(0));
    }
    map.finish();
  }
  void read_schedule(const YamlPlace& value) {
    constexpr std::string_view kForm = "a schedule of five fields such as \"0 9 * * 1-5\"";
    std::string zone = regulation_.calendar.time_zone;
    if (!value.is_map()) return read_cron(value, kForm, zone);
    YamlMap map(value, "a schedule, or a map with cron and zone");
    if (const auto place = map.optional("zone")) {
      constexpr std::string_view kZone = "an IANA time zone such as Europe/Moscow";
      const auto name = place->text(kZone, limits::kCodeBytes);
      if (name && check_time_zone(*name)) {
        zone = *name;
      } else if (name) {
        place->expected(kZone);
      }
    }
    if (const auto cron = map.required("cron", kForm)) read_cron(*cron, kForm, zone);
    map.finish();
  }
  void read_cron(const YamlPlace& value, std::string_view form, const std::string& zone) {
    const auto text = value.text(form, limits::kTitleBytes);
    if (!text) return;
    auto cron = Cron::parse(*text, zone);
    if (!cron) return value.error(cron.error().message);
    trigger_.cron = std::move(*cron);
  }
  void read_after(const YamlPlace& value) {
    trigger_.after = parse_time_limit(value, regulation_.calendar).value_or(TimeLimit{});
  }

  const Regulation& regulation_;
  RuleTrigger trigger_;
};

}  // namespace

RuleTrigger parse_trigger(const YamlPlace& place, const Regulation& regulation) {
  return TriggerReader(regulation).read(place);
}

}  // namespace dealog::rules
