// Writes a deal's way through the eleven stages of the web studio: how long people wait, what they
// say, where they give up. Pure: the same draws make the same story.
#pragma once

#include <optional>

#include "services/dealog/demo/story.hpp"
#include "services/dealog/demo/work_days.hpp"

namespace dealog::demo {

class StoryWriter {
 public:
  // A wish makes the deal go straight to its stage, and stop there with its scene; `until` is when
  // the story of all deals ends, for what is planned beyond it.
  StoryWriter(Random random, const WorkDays& days, Timestamp until, std::optional<Wish> wish = {})
      : random_(random), days_(days), until_(until), wish_(std::move(wish)) {}

  Story write(DealSketch sketch, Timestamp opened);

 private:
  using Chapter = bool (StoryWriter::*)();  // false: the story is over

  void write_chapters();
  void arrive();
  // One chapter a stage: from entering it until it is left.
  bool answer();
  bool classify();
  bool arrange_meeting();
  bool meet();
  bool propose();
  bool negotiate();
  void revise();
  // ---- story_money.cpp ----
  bool await_prepayment();
  bool start_work();
  bool produce();
  bool hand_in();
  bool await_rest();
  void after_sale();
  void pay(const char* invoice);
  PaidBy draw_way();

  // ---- story_scenes.cpp ----
  void play_scene(Scene scene);
  void play_money_scene(Scene scene);
  void leave_open();
  void days_pass(std::int64_t days);

  // ---- story_pieces.cpp ----
  void step(std::string what, std::function<Result<void>(DealPlay&)> act);
  // Business minutes pass. Whoever is careful has planned what comes next; a careless one lets the
  // deal lie for days.
  void wait(std::int64_t low, std::int64_t high, std::string title);
  void call(bool connected, std::string note);
  bool dial_until_connected(std::string note);  // false: nobody ever answered
  // Whether the deal is lost here for good. One that is reopened goes on.
  bool lost(int percent, std::initializer_list<const char*> reasons);
  void lose(const char* reason);
  void approve_if_needed(int discount);
  int draw_discount();
  bool careless() { return !wish_ && random_.chance(6); }

  Random random_;
  const WorkDays& days_;
  const Timestamp until_;
  const std::optional<Wish> wish_;
  Story story_;
  Timestamp now_;
  std::size_t next_chapter_ = 0;
  int discount_ = 0;
  bool paid_early_ = false;
};

}  // namespace dealog::demo
