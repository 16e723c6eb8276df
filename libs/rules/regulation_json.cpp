// A regulation as the API answers it.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/describe.hpp"
#include "libs/rules/regulation.hpp"
#include "libs/rules/rule_json.hpp"

namespace dealog::rules {
namespace {

namespace json = boost::json;

json::value text_json(const LocalText& text) { return {{"ru", text.ru}, {"en", text.en}}; }

json::value money_json(const Money& money) {
  return {{"amount", money.decimal()}, {"currency", std::string(money.currency.code())}};
}

// Basis points for programs, a decimal string for people: never a float.
json::value percent_json(std::int32_t basis_points) {
  return {{"basis_points", basis_points},
          {"percent", fmt::format("{}.{:02}", basis_points / 100, basis_points % 100)}};
}

json::value limit_json(const TimeLimit& limit) {
  return {{"minutes", limit.amount.count()}, {"business", limit.business}};
}

json::value limit_json(const std::optional<TimeLimit>& limit) {
  return limit ? limit_json(*limit) : json::value(nullptr);
}

json::value strings_json(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

json::value value_json(const FieldValue& value) {
  struct Visitor {
    json::value operator()(const std::string& text) const { return json::value(text); }
    json::value operator()(std::int64_t number) const { return number; }
    json::value operator()(bool yes) const { return yes; }
    json::value operator()(const Money& money) const { return money_json(money); }
    json::value operator()(const Date& date) const { return json::value(date.text()); }
  };
  return std::visit(Visitor{}, value);
}

json::value criteria_json(const std::vector<Criterion>& criteria);

json::object touch_json(const TouchQuery& touch) {
  return {{"kinds", strings_json(touch.kinds)},
          {"directions", strings_json(touch.directions)},
          {"outcomes", strings_json(touch.outcomes)},
          {"answers_customer", touch.answers_customer},
          {"since_entering_stage", touch.since_entering_stage}};
}

json::object task_json(const TaskQuery& task) {
  return {{"kinds", strings_json(task.kinds)},
          {"open", task.open},
          {"in_future", task.in_future},
          {"since_entering_stage", task.since_entering_stage},
          {"with", strings_json(task.with)}};
}

json::object field_json(const Criterion& criterion) {
  json::object object{{"field", criterion.name},
                      {"comparison", std::string(comparison_name(criterion.comparison))}};
  if (criterion.comparison == Comparison::kPresent) return object;
  json::array values;
  for (const FieldValue& value : criterion.values) values.push_back(value_json(value));
  object["values"] = std::move(values);
  return object;
}

json::object parameters_json(const Criterion& criterion) {
  switch (criterion.kind) {
    case CriterionKind::kField:
      return field_json(criterion);
    case CriterionKind::kTouch:
      return touch_json(criterion.touch);
    case CriterionKind::kTask:
      return task_json(criterion.task);
    case CriterionKind::kQuote:
      return {{"state", criterion.state}};
    case CriterionKind::kInvoice:
      return {{"kind", criterion.name.empty() ? json::value(nullptr) : json::value(criterion.name)},
              {"state", criterion.state}};
    case CriterionKind::kDocument:
      return {{"kind", criterion.name}, {"signed", criterion.state == "signed"}};
    case CriterionKind::kAcknowledgement:
      return {{"kind", criterion.name}};
    case CriterionKind::kParticipant:
      return {{"role", criterion.name}};
    case CriterionKind::kDiscount:
      return {{"at_most", percent_json(criterion.basis_points)}};
    case CriterionKind::kPaidShare:
      if (criterion.basis_points < 0) return {{"at_least", "required_prepayment"}};
      return {{"at_least", percent_json(criterion.basis_points)}};
    case CriterionKind::kBalanceCleared:
      return {};
    case CriterionKind::kAll:
    case CriterionKind::kAny:
    case CriterionKind::kNot:
      return {{"criteria", criteria_json(criterion.children)}};
  }
  return {};
}

json::value criterion_json(const Criterion& criterion) {
  return {{"code", criterion.code},
          {"kind", std::string(kind_name(criterion.kind))},
          {"parameters", parameters_json(criterion)},
          {"message",
           text_json({describe(criterion, Language::kRu), describe(criterion, Language::kEn)})}};
}

json::value criteria_json(const std::vector<Criterion>& criteria) {
  json::array array;
  for (const Criterion& criterion : criteria) array.push_back(criterion_json(criterion));
  return array;
}

json::value task_template_json(const TaskTemplate& task) {
  return {{"kind", task.kind},
          {"title", text_json(task.title)},
          {"due", limit_json(task.due)},
          {"when", task.when ? criterion_json(*task.when) : json::value(nullptr)}};
}

json::value stage_json(const Stage& stage) {
  json::array tasks;
  for (const TaskTemplate& task : stage.on_entering) tasks.push_back(task_template_json(task));
  return {{"code", stage.code},
          {"title", text_json(stage.title)},
          {"script", text_json(stage.script)},
          {"limit", limit_json(stage.limit)},
          {"entry", criteria_json(stage.entry)},
          {"exit", criteria_json(stage.exit)},
          {"moves", strings_json(stage.moves)},
          {"automatic_to",
           stage.automatic_to ? json::value(*stage.automatic_to) : json::value(nullptr)},
          {"wins_when", criteria_json(stage.wins_when)},
          {"on_entering", std::move(tasks)}};
}

std::string clock_text(std::chrono::minutes since_midnight) {
  return fmt::format("{:02}:{:02}", since_midnight.count() / 60, since_midnight.count() % 60);
}

json::value hours_json(const std::vector<WorkingHours>& day) {
  json::array array;
  for (const WorkingHours& hours : day) {
    array.push_back({{"from", clock_text(hours.from)}, {"to", clock_text(hours.to)}});
  }
  return array;
}

json::value calendar_json(const BusinessCalendar& calendar) {
  constexpr const char* kDays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                   "friday", "saturday", "sunday"};
  json::object week, exceptions;
  json::array holidays;
  for (std::size_t day = 0; day < calendar.week.size(); ++day) {
    week[kDays[day]] = hours_json(calendar.week[day]);
  }
  for (const Date& date : calendar.holidays) holidays.emplace_back(date.text());
  for (const auto& [date, hours] : calendar.exceptions) exceptions[date.text()] = hours_json(hours);
  return {
      {"time_zone", calendar.time_zone.empty() ? json::value() : json::value(calendar.time_zone)},
      {"week", std::move(week)},
      {"holidays", std::move(holidays)},
      {"exceptions", std::move(exceptions)}};
}

json::value calendars_json(const NamedCalendars& calendars) {
  json::object all;
  for (const auto& [code, calendar] : calendars) all[code] = calendar_json(calendar);
  return all;
}

json::value discounts_json(const DiscountPolicy& policy) {
  json::object roles;
  for (const RoleDiscount& one : policy.roles) roles[one.role] = percent_json(one.basis_points);
  return roles;
}

json::value approval_json(const ApprovalStep& step) {
  return {{"above", percent_json(step.above_basis_points)},
          {"by", step.by},
          {"within", limit_json(step.within)}};
}

template <class Item, class ToJson>
json::array list_json(const std::vector<Item>& items, ToJson to_json_of) {
  json::array array;
  for (const Item& item : items) array.push_back(to_json_of(item));
  return array;
}

json::value mailings_json(const Mailings& mailings) {
  json::object object{{"at_most", nullptr}, {"quiet_hours", nullptr}};
  if (mailings.at_most > 0) {
    object["at_most"] =
        json::object{{"count", mailings.at_most}, {"per", limit_json(mailings.per)}};
  }
  if (mailings.quiet) {
    object["quiet_hours"] = json::object{{"from", clock_text(mailings.quiet->from)},
                                         {"to", clock_text(mailings.quiet->to)}};
  }
  return object;
}

}  // namespace

std::string to_json(const Regulation& regulation) {
  const auto work_type = [](const WorkType& type) -> json::value {
    return {{"code", type.code},
            {"title", text_json(type.title)},
            {"price_from", money_json(type.price_from)},
            {"price_to", money_json(type.price_to)},
            {"average", money_json(type.average)}};
  };
  const auto reason = [](const LossReason& loss) -> json::value {
    return {{"code", loss.code}, {"title", text_json(loss.title)}};
  };
  const auto field = [](const CustomField& custom) -> json::value {
    return {{"code", custom.code}, {"title", text_json(custom.title)}, {"type", custom.type}};
  };
  const auto rule_with_words = [&](const Rule& rule) -> json::value {
    json::object object = rule_json(rule, regulation);
    object["words"] = text_json({describe_rule(rule, Language::kRu, regulation),
                                 describe_rule(rule, Language::kEn, regulation)});
    return object;
  };
  const json::value all{
      {"code", regulation.code},
      {"version", regulation.version},
      {"title", text_json(regulation.title)},
      {"currency", std::string(regulation.currency.code())},
      {"prepayment", percent_json(regulation.prepayment_basis_points)},
      {"discount_without_approval", percent_json(regulation.discount_basis_points)},
      {"discounts", discounts_json(regulation.discounts)},
      {"approval", list_json(regulation.discounts.steps, approval_json)},
      {"below_floor", regulation.discounts.refuse_below_floor ? "refuse" : "approval"},
      {"answer_within", limit_json(regulation.answer_within)},
      {"follow_up",
       regulation.follow_up ? task_template_json(*regulation.follow_up) : json::value(nullptr)},
      {"stages", list_json(regulation.stages, stage_json)},
      {"work_types", list_json(regulation.work_types, work_type)},
      {"loss_reasons", list_json(regulation.loss_reasons, reason)},
      {"custom_fields", list_json(regulation.custom_fields, field)},
      {"rules", list_json(regulation.rules, rule_with_words)},
      {"mailings", mailings_json(regulation.mailings)},
      {"calendar", calendar_json(regulation.calendar)},
      {"calendars", calendars_json(regulation.calendars)}};
  return json::serialize(all);
}

}  // namespace dealog::rules
