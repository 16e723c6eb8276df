// The whole of a regulation file. Parts that others refer to are read first, wherever they stand
// in the file: lengths of time need the calendar, criteria need custom fields and the policy.
#include <algorithm>
#include <iterator>

#include "libs/base/limits.hpp"
#include "libs/rules/describe.hpp"
#include "libs/rules/policy_parser.hpp"
#include "libs/rules/regulation.hpp"
#include "libs/rules/rule_parser.hpp"
#include "libs/rules/soundness.hpp"
#include "libs/rules/stage_parser.hpp"
#include "libs/rules/time_parser.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

constexpr std::size_t kStages = 100;
constexpr std::size_t kListItems = 500;  // of types of work, of loss reasons

// What every item of a list has: its code and title.
template <class Item>
void parse_code_and_title(YamlMap& map, Item& item) {
  if (const auto code = map.required("code", "a code that is never reused")) {
    item.code = code->code().value_or("");
  }
  if (const auto title = map.required("title", "the title in both languages")) {
    item.title = title->local_text(limits::kTitleBytes).value_or(LocalText{});
  }
}

CustomField parse_custom_field(const YamlPlace& place) {
  CustomField field;
  YamlMap map(place, "a field: a map with code, title and type");
  parse_code_and_title(map, field);
  if (const auto type = map.required("type", "text, number, date or bool")) {
    field.type = type->code().value_or("");
    if (!field.type.empty() && !find_word(custom_field_types(), field.type)) {
      type->error("unknown type of field '" + field.type + "'" +
                  suggestion(field.type, codes_of(custom_field_types())));
    }
  }
  map.finish();
  return field;
}

WorkType parse_work_type(const YamlPlace& place) {
  WorkType type;
  YamlMap map(place, "a type of work: a map with code, title, price_from, price_to and average");
  parse_code_and_title(map, type);
  const auto read_money = [&](std::string_view key, std::string_view says, Money& to) {
    const auto amount = map.required(key, says);
    if (amount) to = amount->money().value_or(Money{});
  };
  read_money("price_from", "the lowest usual price, such as 60000.00 RUB", type.price_from);
  read_money("price_to", "the highest usual price, such as 180000.00 RUB", type.price_to);
  read_money("average", "the average bill, such as 110000.00 RUB", type.average);
  map.finish();
  return type;
}

LossReason parse_loss_reason(const YamlPlace& place) {
  LossReason reason;
  YamlMap map(place, "a loss reason: a map with code and title");
  parse_code_and_title(map, reason);
  map.finish();
  return reason;
}

void parse_settings(YamlMap& map, Regulation& regulation) {
  parse_code_and_title(map, regulation);
  if (const auto currency = map.required("currency", "an ISO 4217 code such as RUB")) {
    const auto code = Currency::parse(currency->is_scalar() ? currency->node().text : "");
    if (code) {
      regulation.currency = *code;
    } else {
      currency->expected("an ISO 4217 currency code such as RUB");
    }
  }
  if (const auto calendar = map.optional("calendar")) {
    regulation.calendar = parse_calendar(*calendar);
  }
  if (const auto calendars = map.optional("calendars")) {
    regulation.calendars = parse_named_calendars(*calendars);
  }
  if (const auto prepayment = map.optional("prepayment")) {
    regulation.prepayment_basis_points =
        prepayment->percent().value_or(regulation.prepayment_basis_points);
  }
  if (const auto discount = map.optional("discount_without_approval")) {
    regulation.discount_basis_points = discount->percent().value_or(0);
  }
  parse_discount_policy(map, regulation);
  if (const auto limit = map.optional("answer_within")) {
    regulation.answer_within = parse_time_limit(*limit, regulation.calendar);
  }
  if (const auto mailings = map.optional("mailings")) {
    regulation.mailings = parse_mailings(*mailings, regulation.calendar);
  }
}

template <class Parse, class Item>
void parse_list(YamlMap& map, std::string_view key, std::size_t max_items, Parse parse,
                std::vector<Item>& to) {
  const auto place = map.optional(key);
  if (!place) return;
  for (const YamlPlace& item : place->list(max_items)) to.push_back(parse(item));
}

void parse_into(const YamlPlace& root, Regulation& regulation) {
  YamlMap map(root, "a regulation: a map with code, title, currency, stages, loss_reasons, …");
  parse_settings(map, regulation);
  parse_list(map, "custom_fields", limits::kCustomFields, parse_custom_field,
             regulation.custom_fields);
  parse_list(map, "work_types", kListItems, parse_work_type, regulation.work_types);
  parse_list(map, "loss_reasons", kListItems, parse_loss_reason, regulation.loss_reasons);
  if (const auto follow_up = map.optional("follow_up")) {
    regulation.follow_up = parse_task_template(*follow_up, regulation);
  }
  const auto parse_one = [&](const YamlPlace& place) { return parse_stage(place, regulation); };
  parse_list(map, "stages", kStages, parse_one, regulation.stages);
  const auto parse_one_rule = [&](const YamlPlace& place) { return parse_rule(place, regulation); };
  parse_list(map, "rules", kRules, parse_one_rule, regulation.rules);
  map.finish();
}

}  // namespace

ParsedRegulation parse_regulation(std::string_view yaml, const Checked& checked) {
  ParsedRegulation parsed;
  IssueReport report;
  const auto tree = yaml::parse(yaml);
  if (!tree) {
    report.error(tree.error().line, tree.error().column, "", tree.error().message);
    parsed.issues = report.take(yaml);
    return parsed;
  }
  const YamlPlace root(*tree, "", report);
  report.remember("", tree->line, tree->column);
  parse_into(root, parsed.regulation);
  if (root.is_map()) {
    // What could not be read has been reported; that something is missing there is no news.
    const IssueReport unread = report;
    const bool graph_is_read = !unread.has_error_among({".moves", ".automatic_to", ".code"});
    auto issues = check_soundness(parsed.regulation, graph_is_read);
    if (checked.against != nullptr) {
      SoundnessIssues missing;
      check_elsewhere(parsed.regulation, *checked.against, checked.only_rule, missing);
      std::ranges::move(missing.take(), std::back_inserter(issues));
    }
    for (RegulationIssue& issue : issues) {
      if (!unread.has_error_inside(issue.path)) report.add(std::move(issue));
    }
  }
  fill_messages(parsed.regulation);
  parsed.issues = report.take(yaml);
  return parsed;
}

}  // namespace dealog::rules
