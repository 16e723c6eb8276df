#include "libs/rules/stage_parser.hpp"

#include "libs/base/limits.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/time_parser.hpp"

namespace dealog::rules {

TaskTemplate parse_task_template(const YamlPlace& place, const Regulation& regulation) {
  TaskTemplate task;
  YamlMap map(place, "a task: a map with kind, title, due and perhaps when");
  if (const auto kind = map.required("kind", "what is to be done, such as call")) {
    task.kind = kind->code().value_or("");
  }
  if (const auto title = map.required("title", "the title in both languages")) {
    task.title = title->local_text(limits::kTitleBytes).value_or(LocalText{});
  }
  if (const auto due = map.required("due", "a length of time such as '2 business days'")) {
    task.due = parse_time_limit(*due, regulation.calendar).value_or(TimeLimit{});
  }
  if (const auto when = map.optional("when")) task.when = parse_criterion(*when, regulation);
  map.finish();
  return task;
}

Stage parse_stage(const YamlPlace& place, const Regulation& regulation) {
  Stage stage;
  YamlMap map(place, "a stage: a map with code, title, exit, moves, …");
  if (const auto code = map.required("code", "a code that is never reused")) {
    stage.code = code->code().value_or("");
  }
  if (const auto title = map.required("title", "the title in both languages")) {
    stage.title = title->local_text(limits::kTitleBytes).value_or(LocalText{});
  }
  if (const auto script = map.optional("script")) {
    stage.script = script->local_text(limits::kNoteBytes).value_or(LocalText{});
  }
  if (const auto limit = map.optional("limit")) {
    stage.limit = parse_time_limit(*limit, regulation.calendar);
  }
  if (const auto entry = map.optional("entry")) stage.entry = parse_criteria(*entry, regulation);
  if (const auto exit = map.optional("exit")) stage.exit = parse_criteria(*exit, regulation);
  if (const auto moves = map.optional("moves")) stage.moves = moves->codes();
  if (const auto automatic = map.optional("automatic_to")) {
    stage.automatic_to = automatic->code().value_or("");
  }
  if (const auto wins = map.optional("wins_when")) {
    stage.wins_when = parse_criteria(*wins, regulation);
  }
  if (const auto tasks = map.optional("on_entering")) {
    for (const YamlPlace& item : tasks->list(kTasksOfStage)) {
      stage.on_entering.push_back(parse_task_template(item, regulation));
    }
  }
  map.finish();
  return stage;
}

}  // namespace dealog::rules
