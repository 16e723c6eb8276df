#include "libs/rules/describe.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/rules/value_words.hpp"

namespace dealog::rules {
namespace {

std::string sentence(const Criterion& criterion, Language language, const Naming& naming);

std::string_view comparison_text(Comparison comparison, bool date, Language language) {
  switch (comparison) {
    case Comparison::kEqual:
      return pick(language, "нужно", "must be");
    case Comparison::kNotEqual:
      return pick(language, "не должно быть", "must not be");
    case Comparison::kAtLeast:
      return date ? pick(language, "нужно не раньше", "must not be before")
                  : pick(language, "нужно не меньше", "must be at least");
    case Comparison::kAtMost:
      return date ? pick(language, "нужно не позже", "must not be after")
                  : pick(language, "нужно не больше", "must be at most");
    case Comparison::kMore:
      return date ? pick(language, "нужно позже", "must be after")
                  : pick(language, "нужно больше", "must be more than");
    case Comparison::kLess:
      return date ? pick(language, "нужно раньше", "must be before")
                  : pick(language, "нужно меньше", "must be less than");
    case Comparison::kOneOf:
      return pick(language, "нужно одно из", "must be one of");
    case Comparison::kPresent:
      break;
  }
  return "";
}

std::string field_sentence(const Criterion& criterion, Language language, const Naming& naming) {
  const std::string name = field_name(criterion.name, language, naming);
  if (criterion.comparison == Comparison::kPresent) {
    if (const FieldWord* word = find_field(criterion.name)) {
      return std::string(pick(language, word->fill_ru, word->fill_en));
    }
    return fmt::format("{} {}", pick(language, "Заполните", "Fill in"), name);
  }
  std::vector<std::string> values;
  bool date = false;
  for (const FieldValue& value : criterion.values) {
    date = date || std::holds_alternative<Date>(value);
    values.push_back(value_text(value, criterion.name, language, naming));
  }
  return fmt::format("{}{} {} {}", capitalised(name), pick(language, ":", ""),
                     comparison_text(criterion.comparison, date, language),
                     fmt::join(values, ", "));
}

// Contacts that people call by what is to be done.
struct Deed {
  std::string_view kind;
  std::string_view outcome;
  std::string_view ru;
  std::string_view en;
};
constexpr Deed kDeeds[] = {
    {"call", "connected", "Дозвонитесь до клиента", "Reach the customer by phone"},
    {"meeting", "held", "Проведите встречу", "Hold a meeting"}};

const Deed* find_deed(const TouchQuery& query) {
  if (query.kinds.size() != 1 || query.outcomes.size() != 1 || !query.directions.empty() ||
      query.answers_customer) {
    return nullptr;
  }
  const auto found = std::ranges::find_if(kDeeds, [&](const Deed& deed) {
    return deed.kind == query.kinds.front() && deed.outcome == query.outcomes.front();
  });
  return found == std::end(kDeeds) ? nullptr : &*found;
}

std::string touch_sentence(const TouchQuery& query, Language language) {
  const bool ru = language == Language::kRu;
  std::string text;
  if (const Deed* deed = find_deed(query)) {
    text = pick(language, deed->ru, deed->en);
  } else if (query.answers_customer && query.kinds.empty() && query.outcomes.empty()) {
    text = ru ? "Ответьте клиенту" : "Answer the customer";
  } else {
    text = ru ? "Нужен контакт: " : "Record ";
    text += query.kinds.empty() ? (ru ? "любой" : "a contact")
                                : words_or(touch_kinds(), query.kinds, language);
    if (!query.directions.empty()) {
      text += " " + words_or(touch_directions(), query.directions, language);
    }
    if (!query.outcomes.empty()) {
      const std::string outcomes = words_or(touch_outcomes(), query.outcomes, language);
      text += ru ? fmt::format(", результат: {}", outcomes) : " " + outcomes;
    }
    if (query.answers_customer) text += ru ? ", ответ клиенту" : ", as an answer to the customer";
  }
  if (query.since_entering_stage) text += ru ? ", уже на этом этапе" : ", during this stage";
  return text;
}

std::string task_sentence(const TaskQuery& query, Language language) {
  const bool ru = language == Language::kRu;
  const std::string kinds = words_or(task_kinds(), query.kinds, language);
  std::string text = ru ? "Поставьте задачу" : "Plan a task";
  if (!kinds.empty()) text += ru ? fmt::format(" «{}»", kinds) : fmt::format(" \"{}\"", kinds);
  if (query.in_future) text += ru ? " на будущее" : " in the future";
  if (query.since_entering_stage) text += ru ? ", уже на этом этапе" : ", during this stage";
  std::vector<std::string_view> members;
  for (const std::string& code : query.with) {
    const Word* word = find_word(task_members(), code);
    members.push_back(word ? pick(language, word->ru, word->en) : std::string_view(code));
  }
  if (!members.empty()) {
    text += fmt::format("{}{}", ru ? ", в ней должны быть: " : ", with ", fmt::join(members, ", "));
  }
  return text;
}

std::string invoice_sentence(const Criterion& criterion, Language language) {
  const Word* state = find_word(invoice_states(), criterion.state);
  const Word* kind = find_word(invoice_kinds(), criterion.name);
  const std::string_view verb =
      state ? pick(language, state->ru, state->en) : std::string_view(criterion.state);
  const std::string_view what =
      kind ? pick(language, kind->ru, kind->en) : pick(language, "счёт", "invoice");
  return language == Language::kRu ? fmt::format("{} {}", verb, what)
                                   : fmt::format("{} the {}", verb, what);
}

std::string document_sentence(const Criterion& criterion, Language language) {
  const Word* word = find_word(document_kinds(), criterion.name);
  const std::string_view what =
      word ? pick(language, word->ru, word->en) : std::string_view(criterion.name);
  if (criterion.state == "signed") {
    return language == Language::kRu ? fmt::format("Подпишите {}", what)
                                     : fmt::format("Get the {} signed", what);
  }
  return language == Language::kRu ? fmt::format("Добавьте {}", what)
                                   : fmt::format("Add the {}", what);
}

// The sentence that stands in a list for a code itself: a quote's state, an acknowledgement.
std::string listed_sentence(std::span<const Word> words, std::string_view code, Language language) {
  const Word* word = find_word(words, code);
  return std::string(word ? pick(language, word->ru, word->en) : code);
}

std::string paid_sentence(const Criterion& criterion, Language language) {
  if (criterion.basis_points < 0) {
    return std::string(pick(language, "Дождитесь оплаты всей необходимой предоплаты",
                            "Wait until the required prepayment is paid"));
  }
  const std::string share = percent_text(criterion.basis_points, language);
  return language == Language::kRu
             ? fmt::format("Дождитесь оплаты не меньше {} суммы сделки", share)
             : fmt::format("Wait until at least {} of the agreed amount is paid", share);
}

bool asks_presence(const Criterion& criterion) {
  return criterion.kind == CriterionKind::kField && criterion.comparison == Comparison::kPresent;
}

std::string list_sentence(const Criterion& criterion, Language language, const Naming& naming) {
  const bool any = criterion.kind == CriterionKind::kAny;
  std::vector<std::string> parts;
  if (any && std::ranges::all_of(criterion.children, asks_presence)) {
    for (const Criterion& child : criterion.children) {
      parts.push_back(field_name(child.name, language, naming));
    }
    return fmt::format("{} {}",
                       pick(language, "Заполните хотя бы одно:", "Fill in at least one of:"),
                       fmt::join(parts, ", "));
  }
  for (const Criterion& child : criterion.children) {
    parts.push_back(sentence(child, language, naming));
  }
  const std::string_view lead = any ? pick(language, "Выполните хотя бы одно", "Do at least one")
                                    : pick(language, "Выполните всё", "Do all of this");
  return fmt::format("{}: {}", lead, fmt::join(parts, "; "));
}

std::string not_sentence(const Criterion& criterion, Language language, const Naming& naming) {
  if (criterion.children.empty()) return {};
  const Criterion& child = criterion.children.front();
  if (asks_presence(child)) {
    return fmt::format("{} {}", pick(language, "Должно быть пусто:", "Leave empty:"),
                       field_name(child.name, language, naming));
  }
  return fmt::format("{} {}",
                     pick(language, "Не должно быть выполнено:", "This must not be the case:"),
                     sentence(child, language, naming));
}

std::string sentence(const Criterion& criterion, Language language, const Naming& naming) {
  if (const std::string& given = criterion.message.in(language); !given.empty()) return given;
  switch (criterion.kind) {
    case CriterionKind::kField:
      return field_sentence(criterion, language, naming);
    case CriterionKind::kTouch:
      return touch_sentence(criterion.touch, language);
    case CriterionKind::kTask:
      return task_sentence(criterion.task, language);
    case CriterionKind::kQuote:
      return listed_sentence(quote_states(), criterion.state, language);
    case CriterionKind::kInvoice:
      return invoice_sentence(criterion, language);
    case CriterionKind::kDocument:
      return document_sentence(criterion, language);
    case CriterionKind::kAcknowledgement:
      return listed_sentence(acknowledgement_kinds(), criterion.name, language);
    case CriterionKind::kParticipant:
      return fmt::format("{} {}",
                         pick(language, "Добавьте участника с ролью:", "Add a participant:"),
                         listed_sentence(participant_roles(), criterion.name, language));
    case CriterionKind::kDiscount:
      return fmt::format(
          "{} {}{}", pick(language, "Скидка не больше", "Keep the discount within"),
          percent_text(criterion.basis_points, language),
          pick(language, ", иначе утвердите КП у руководителя", ", or have the quote approved"));
    case CriterionKind::kPaidShare:
      return paid_sentence(criterion, language);
    case CriterionKind::kBalanceCleared:
      return std::string(pick(language, "Дождитесь полной оплаты", "Wait until all is paid"));
    case CriterionKind::kAll:
    case CriterionKind::kAny:
      return list_sentence(criterion, language, naming);
    case CriterionKind::kNot:
      return not_sentence(criterion, language, naming);
  }
  return {};
}

void fill_message(Criterion& criterion, const Regulation& regulation) {
  for (Criterion& child : criterion.children) fill_message(child, regulation);
  const bool needs_titles =
      criterion.kind == CriterionKind::kField &&
      (criterion.name.starts_with("custom.") ||
       (criterion.name == "work_type" && criterion.comparison != Comparison::kPresent));
  // The fields of an `any` are listed by name, so such a list needs the titles as well.
  const bool names_fields =
      criterion.kind == CriterionKind::kAny || criterion.kind == CriterionKind::kNot;
  if (!needs_titles && !names_fields) return;
  if (criterion.message.ru.empty()) {
    criterion.message.ru = describe_in(criterion, Language::kRu, regulation);
  }
  if (criterion.message.en.empty()) {
    criterion.message.en = describe_in(criterion, Language::kEn, regulation);
  }
}

}  // namespace

std::string describe(const Criterion& criterion, Language language) {
  return sentence(criterion, language, {});
}

std::string describe_in(const Criterion& criterion, Language language, const Regulation& regulation,
                        const Elsewhere* elsewhere) {
  return sentence(criterion, language, {&regulation, elsewhere});
}

void fill_messages(Regulation& regulation) {
  for (Stage& stage : regulation.stages) {
    for (auto* list : {&stage.entry, &stage.exit, &stage.wins_when}) {
      for (Criterion& criterion : *list) fill_message(criterion, regulation);
    }
    for (TaskTemplate& task : stage.on_entering) {
      if (task.when) fill_message(*task.when, regulation);
    }
  }
  if (regulation.follow_up && regulation.follow_up->when) {
    fill_message(*regulation.follow_up->when, regulation);
  }
  for (Rule& rule : regulation.rules) {
    for (Criterion& criterion : rule.conditions) fill_message(criterion, regulation);
    for (RuleAction& action : rule.actions) {
      if (action.task.when) fill_message(*action.task.when, regulation);
    }
  }
}

}  // namespace dealog::rules
